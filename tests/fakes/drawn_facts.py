"""Jobs and pods in any state that a list can tell, for properties of what is made of them."""

from __future__ import annotations

from datetime import UTC, datetime

from fakes.jobs import composed_with
from hypothesis import strategies as st
from msgspec.structs import replace

from console.domain.facts import (
    ContainerExit,
    ContainerFacts,
    ContainerState,
    JobCondition,
    JobFacts,
    PodFacts,
)
from console.specs.plan import plan_of

AT = datetime(2026, 11, 22, tzinfo=UTC)
PLAN = plan_of(composed_with({}, namespace="races").manifest)
UNKNOWN = PLAN.drives._replace(subsets=("", *PLAN.drives.subsets[1:]))
UNKNOWN_ROUTES = replace(PLAN, drives=UNKNOWN)
NAMES = ("private-contents", *PLAN.containers, "proxy")
REASONS = st.sampled_from(["", "Evicted", "ImagePullBackOff", "CrashLoopBackOff", "Error"])
COUNTS = st.integers(0, 2)

conditions = st.lists(
    st.builds(
        JobCondition,
        st.sampled_from(["Complete", "SuccessCriteriaMet", "Failed", "FailureTarget", "Suspended"]),
        st.booleans(),
        st.sampled_from(["", "BackoffLimitExceeded", "DeadlineExceeded"]),
        since=st.sampled_from([AT, None]),
    ),
    max_size=3,
).map(tuple)
jobs = st.builds(
    JobFacts,
    *map(st.just, ("run", "races", "u1", AT)),
    st.sampled_from([0, 3, 8]),
    conditions,
    COUNTS,
    COUNTS,
    COUNTS,
    COUNTS,
    suspended=st.booleans(),
    cancelled=st.booleans(),
    deleting=st.booleans(),
    leaderboard=st.sampled_from(["", "1.0"]),
    plan=st.sampled_from([PLAN, UNKNOWN_ROUTES, None]),
)
exits = st.builds(ContainerExit, st.sampled_from([0, 4]), REASONS, st.just(AT), st.just(AT))
states = st.sampled_from([*ContainerState])


@st.composite
def pods(draw: st.DrawFn, uid: str = "p1", created_at: datetime = AT) -> PodFacts:
    """Some of the containers, each in some state."""
    containers = tuple(
        ContainerFacts(
            name,
            state := draw(states),
            draw(COUNTS),
            reason=draw(REASONS) if state is ContainerState.WAITING else "",
            ended=draw(exits) if state is ContainerState.TERMINATED else None,
            init=name == "private-contents",
        )
        for name in NAMES
        if draw(st.booleans())
    )
    phase = draw(st.sampled_from(["Pending", "Running", "Succeeded", "Failed"]))
    return PodFacts(
        *(f"run-{uid}", "races", uid, "run", phase, containers),
        reason=draw(REASONS),
        node=draw(st.sampled_from(["", "node-1"])),
        created_at=created_at,
        deleting=draw(st.booleans()),
        owner=draw(st.sampled_from(["", "u1"])),
    )
