"""A submission of three pairs with a pod each, as facts: for tests of what is made of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from console.domain.facts import (
    ContainerExit,
    ContainerFacts,
    ContainerState,
    IndexedJob,
    JobFacts,
    PodFacts,
)
from console.domain.submission import Images, Layout, PairPlan, SubmissionPlan
from console.results.drives import Drives
from console.results.leaderboard import V2_0

T0 = datetime(2026, 11, 22, 10, tzinfo=UTC)
PAIRS = (1, 2, 3)
UID = "0b6f1c2e-job"
PLAN = SubmissionPlan(
    "demo", "races", Drives(V2_0, 1, ("0-1", "2-3", "4-5")), 3,
    tuple(replace(PairPlan.usual(1), number=pair, gpu=None) for pair in PAIRS),
    "n0nce", Images("l", "s", "a", "p"), layout=Layout.POD_PER_PAIR,
)  # fmt: skip
JOB = JobFacts(
    "demo", "races", UID, T0, 6, active=3, leaderboard="2.0", plan=PLAN, indexes=IndexedJob(3)
)
RUNNING, WAITING, ENDED = ContainerState.RUNNING, ContainerState.WAITING, ContainerState.TERMINATED


def at(second: float) -> datetime:
    return T0 + timedelta(seconds=second)


def exit_of(code: int, second: float, began: float = 0) -> ContainerExit:
    return ContainerExit(code, "Error" if code else "Completed", at(second), at(began))


def part(
    pair: int,
    failures: int = 0,
    phase: str = "Running",
    *,
    node: str = "",
    second: float = 0,
    state: ContainerState = RUNNING,
    ended: ContainerExit | None = None,
    uid: str = "",
) -> PodFacts:
    """The pod of that pair after so many that failed, as the cluster's edge tells it."""

    def facts(own: str, sidecar: bool = False) -> ContainerFacts:
        name = f"{own}-{pair}"
        return ContainerFacts(name, state, started_at=at(second), own_name=own, sidecar=sidecar)

    init = ContainerFacts(
        f"private-contents-{pair}", ENDED, ended=exit_of(0, second), init=True,
        own_name="private-contents",
    )  # fmt: skip
    end = ended or (exit_of(1, second + 50, second) if phase == "Failed" else None)
    agent = replace(facts("agent"), ended=end, state=ENDED if end else state)
    return PodFacts(
        f"demo-{pair - 1}-{failures}abcd",
        "races",
        uid or f"{pair}{failures}aaaaaa-pod",
        "demo",
        phase,
        (init, facts("simulator", sidecar=True), facts("logcopy", sidecar=True), agent),
        node=node or f"node-{pair}",
        created_at=at(second),
        owner=UID,
        placed_at=at(second),
        initialized_at=at(second),
        index=pair - 1,
        failures=failures,
    )
