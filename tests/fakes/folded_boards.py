"""One submission as a cluster tells of it, event by event, and the board that comes of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from console.domain.board import BoardSnapshot
from console.domain.events import Event, ProgressReported, RouteFinished
from console.domain.facts import (
    ContainerExit,
    ContainerFacts,
    ContainerState,
    JobCondition,
    JobFacts,
    PodFacts,
)
from console.domain.folding import fold
from console.domain.progress import (
    EndedAttempt,
    FinishedRoute,
    MergeStatus,
    PairProgress,
    ProgressReport,
)
from console.domain.submission import Images, PairPlan, SubmissionPlan
from console.results.drives import Drives
from console.results.leaderboard import V2_0

T0 = datetime(2026, 11, 22, 10, tzinfo=UTC)
SUBSETS = ("0-4", "5-9", "10-14", "15-19")
PLAN = SubmissionPlan(
    "demo", "races", Drives(V2_0, 1, SUBSETS), 8,
    tuple(map(PairPlan.usual, (1, 2, 3, 4))),
    "n0nce", Images("l", "s", "a", "p"),
)  # fmt: skip
JOB = JobFacts("demo", "races", "uid-1", T0, 8, active=1, leaderboard="2.0", plan=PLAN)
RUNNING, WAITING, ENDED = ContainerState.RUNNING, ContainerState.WAITING, ContainerState.TERMINATED


def at(second: float) -> datetime:
    return T0 + timedelta(seconds=second)


def containers(
    state: ContainerState = RUNNING, **special: ContainerFacts
) -> tuple[ContainerFacts, ...]:
    init = ContainerFacts(
        "private-contents", ENDED, ended=ContainerExit(0, "Completed", T0), init=True
    )
    named = {each.name: each for each in special.values()}
    return (init, *(named.get(name, ContainerFacts(name, state)) for name in PLAN.containers))


def pod(phase: str = "Running", uid: str = "pod-1", **more: Any) -> PodFacts:
    more.setdefault("containers", containers())
    return PodFacts(
        "demo-x1y2z",
        "races",
        uid,
        "demo",
        phase,
        node="n1",
        created_at=more.pop("created_at", T0),
        **more,
    )


def condition(kind: str, reason: str = "") -> JobCondition:
    return JobCondition(kind, True, reason)


def board_of(*events: Event) -> BoardSnapshot:
    board = BoardSnapshot("races", "demo")
    for event in events:
        board = fold(board, event)
    return board


def report(
    second: float, *pairs: PairProgress, status: MergeStatus = MergeStatus.RUNNING, done: int = 0
) -> ProgressReported:
    return ProgressReported(
        at(second), ProgressReport(int(second), at(second), status, done, 20, pairs)
    )


def driving(
    pair: int, attempt: int, route: str, ended: tuple[EndedAttempt, ...] = ()
) -> PairProgress:
    return PairProgress(pair, attempt, "ready", "driving", 0, 5, route, ended)


def finished(
    pair: int,
    route: int,
    status: str = "Completed",
    score: float = 100.0,
    infractions: tuple[tuple[str, tuple[str, ...]], ...] = (),
) -> RouteFinished:
    return RouteFinished(
        at(50),
        FinishedRoute(pair, f"RouteScenario_{route}", 0, status, score, score, 1.0, infractions),
    )
