"""Which events of a node are told to a submission, and from when to when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.diagnosis.catalogue import catalogue
from console.domain.board import BoardSnapshot
from console.domain.events import ClusterEventSeen
from console.domain.facts import (
    ClusterEvent,
    ContainerExit,
    ContainerFacts,
    ContainerState,
    PodFacts,
)
from console.domain.folding import EVENTS_KEPT, NODE_EVENTS_KEPT, fold
from console.domain.node_events import Stay, befallen, is_telling, of_stays, stay_of

PLACED = datetime(2026, 11, 22, 10, tzinfo=UTC)


def at(second: float) -> datetime:
    return PLACED + timedelta(seconds=second)


def event(reason: str = "NodeNotReady", second: float = 5, **more: Any) -> ClusterEvent:
    told: dict[str, Any] = {
        "uid": f"{reason}-{second}", "type": "Normal", "message": "", "count": 1,
        "about": "Node/gpu-1",
    }  # fmt: skip
    return ClusterEvent(**{**told, "reason": reason, "last_seen": at(second), **more})


@pytest.mark.parametrize(
    "reason",
    ["NodeNotReady", "NodeHasDiskPressure", "SpotInterruption", "ScaleDown", "NodeReady"],
)
def test_what_may_end_a_pod_is_told_though_it_is_no_warning(reason: str) -> None:
    assert is_telling(event(reason))


@pytest.mark.parametrize("reason", ["SystemOOM", "Rebooted", "ReasonOfAControllerThatNobodyKnows"])
def test_a_warning_is_told_whatever_its_reason(reason: str) -> None:
    assert is_telling(event(reason, type="Warning"))


@pytest.mark.parametrize(
    "reason",
    ["NodeHasSufficientMemory", "NodeHasNoDiskPressure", "RegisteredNode", "Synced"],
)
def test_what_a_healthy_node_says_is_not_told(reason: str) -> None:
    assert not is_telling(event(reason))


def test_a_warning_of_each_start_is_not_told() -> None:
    assert not is_telling(event("InvalidDiskCapacity", type="Warning"))


def test_only_a_kubelet_that_starts_is_told() -> None:
    assert is_telling(event("Starting", message="Starting kubelet."))
    assert not is_telling(event("Starting", message=""))


def reasons_of_nodes() -> Iterator[tuple[str, str]]:
    """Each reason by which a cause is known from an event of a sample about a node."""
    for cause in catalogue().causes:
        for sample in cause.samples:
            for told in sample.get("events", []):
                if told.get("about") == "node":
                    yield told["reason"], told.get("message", "")


def test_no_cause_waits_for_an_event_that_is_held_back() -> None:
    samples = list(reasons_of_nodes())
    assert ("Starting", "Starting kubelet.") in samples
    for reason, message in samples:
        assert is_telling(event(reason, message=message)), reason


@pytest.mark.parametrize(("second", "told"), [(-1, False), (0, False), (1, True), (9000, True)])
def test_of_a_pod_that_lives_everything_since_its_placing_is_told(second: int, told: bool) -> None:
    assert (befallen(event(second=second), Stay("gpu-1", PLACED)) is not None) is told


@pytest.mark.parametrize(("second", "told"), [(99, True), (160, True), (161, False)])
def test_of_a_pod_that_has_ended_the_minute_after_is_told_too(second: int, told: bool) -> None:
    assert (befallen(event(second=second), Stay("gpu-1", PLACED, at(100))) is not None) is told


def test_what_is_counted_up_later_is_told_as_it_was_first() -> None:
    often = event(second=4000, first_seen=at(50), count=7)
    own = befallen(often, Stay("gpu-1", PLACED, at(100)))
    assert own is not None
    assert (own.last_seen, own.count) == (at(50), 1)


def test_what_was_before_and_after_a_pod_is_not_its_own() -> None:
    often = event(second=4000, first_seen=at(-50), count=7)
    assert befallen(often, Stay("gpu-1", PLACED, at(100))) is None


def pod(phase: str = "Running", **more: Any) -> PodFacts:
    ended = ContainerExit(137, "Error", at(100))
    half = ContainerFacts("agent-1", ContainerState.TERMINATED, ended=ended)
    logcopy = ContainerFacts("logcopy", ContainerState.RUNNING)
    facts: dict[str, Any] = {"node": "gpu-1", "placed_at": PLACED, "containers": (half, logcopy)}
    return PodFacts("demo-x", "races", "pod-1", "demo", phase, **{**facts, **more})


def test_a_pod_stays_from_its_placing_to_the_end_of_its_containers() -> None:
    assert stay_of(pod(), at(500)) == Stay("gpu-1", PLACED)
    assert stay_of(pod("Failed"), at(500)) == Stay("gpu-1", PLACED, at(100))
    assert stay_of(pod("Failed", containers=()), at(500)) == Stay("gpu-1", PLACED, at(500))
    assert stay_of(pod("Pending", node=""), at(500)) is None


def test_two_pods_on_one_node_have_an_event_once() -> None:
    stays = [Stay("gpu-1", PLACED), Stay("gpu-1", at(1)), Stay("gpu-2", PLACED)]
    both, routine = event(), event("NodeHasSufficientMemory")
    assert of_stays([both, routine], stays, "gpu-1") == [both]


def test_a_node_that_is_unwell_pushes_no_event_of_the_pod_off_the_board() -> None:
    board = BoardSnapshot("races", "demo")
    own = event("Started", 1, about="Pod/demo-x agent-1")
    for each in (own, *(event(second=2 + number) for number in range(EVENTS_KEPT))):
        board = fold(board, ClusterEventSeen(PLACED, each))
    assert board.events[0] == own
    assert [each.last_seen for each in board.events[1:]] == [
        at(2 + number) for number in range(EVENTS_KEPT - NODE_EVENTS_KEPT, EVENTS_KEPT)
    ]
