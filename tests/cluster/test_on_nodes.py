"""To which submissions an event of a node is given, and how many are remembered for that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from console.cluster import on_nodes, wire
from console.cluster.concerned import Concerned, Told
from console.cluster.on_nodes import OnNodes
from console.cluster.watching import Seen
from console.domain.events import ClusterEventSeen, JobSeen, PodSeen, PodVanished
from console.domain.facts import ClusterEvent, JobFacts, PodFacts

PLACED = datetime(2026, 11, 22, 10, tzinfo=UTC)


def at(second: float) -> datetime:
    return PLACED + timedelta(seconds=second)


def pod(job: str, node: str = "gpu-1", phase: str = "Running", owner: str = "") -> PodFacts:
    name = f"{job}-abcde"
    return PodFacts(
        name, "races", f"uid-{name}", job, phase, node=node, placed_at=PLACED, owner=owner
    )


def event(second: float = 5, uid: str = "event-1", reason: str = "NodeNotReady") -> ClusterEvent:
    return ClusterEvent(uid, "Normal", reason, "", 1, at(second), "Node/gpu-1", at(second))


def given(told: list[Told]) -> list[tuple[str, str]]:
    assert all(isinstance(each, ClusterEventSeen) for _, _, each in told)
    return [(name, each.event.reason) for _, name, each in told]  # type: ignore[union-attr]


def heard(known: Concerned, facts: ClusterEvent, node: str = "gpu-1") -> list[tuple[str, str]]:
    """By the watch of nodes."""
    return given(known.node_events(Seen((facts, wire.Reference(kind="Node", name=node)))))


def shown(known: Concerned, facts: PodFacts, second: float = 1) -> list[tuple[str, str]]:
    return given(known.learn("races", facts.job, PodSeen(at(second), facts)))


@pytest.fixture
def known() -> Concerned:
    return Concerned()


def test_every_submission_on_the_node_is_told_and_no_other(known: Concerned) -> None:
    for each in (pod("demo"), pod("demo-1"), pod("demo-2", "gpu-2")):
        shown(known, each)
    assert heard(known, event()) == [("demo", "NodeNotReady"), ("demo-1", "NodeNotReady")]
    assert heard(known, event(), "gpu-3") == []
    assert heard(known, event(reason="RegisteredNode")) == []


def test_what_a_controller_writes_into_the_submissions_namespace_is_told_too(
    known: Concerned,
) -> None:
    shown(known, pod("demo"))
    about = wire.Reference(kind="Node", name="gpu-1", namespace="")
    assert given(known.events(Seen((event(), about)))) == [("demo", "NodeNotReady")]


def test_what_came_before_its_pod_was_known_is_told_with_it(known: Concerned) -> None:
    assert heard(known, event(5)) == heard(known, event(-5, "event-2", "SystemOOM")) == []
    assert shown(known, pod("demo")) == [("demo", "NodeNotReady")]
    assert shown(known, pod("demo")) == []


def test_a_pod_that_is_gone_is_told_of_the_minute_after(known: Concerned) -> None:
    shown(known, pod("demo"))
    assert known.on_nodes
    known.learn("races", "demo", PodVanished(at(100), "uid-demo-abcde"))
    assert not known.on_nodes
    assert heard(known, event(150)) == [("demo", "NodeNotReady")]
    assert heard(known, event(170, "event-2")) == []


def test_a_pod_that_ends_is_told_of_no_later_troubles_of_its_node(known: Concerned) -> None:
    shown(known, pod("demo"))
    shown(known, pod("demo", phase="Failed"), 100)
    assert not known.on_nodes
    assert heard(known, event(170)) == []


def test_what_is_counted_up_after_the_end_is_not_told_again(known: Concerned) -> None:
    shown(known, pod("demo"))
    assert heard(known, event(50)) == [("demo", "NodeNotReady")]
    shown(known, pod("demo", phase="Failed"), 100)
    assert heard(known, replace(event(50), last_seen=at(900), count=9)) == []


def test_a_pod_that_an_earlier_namesake_left_behind_is_nobodys(known: Concerned) -> None:
    known.learn("races", "demo", JobSeen(PLACED, JobFacts("demo", "races", "uid-2", PLACED, 8)))
    shown(known, pod("demo", owner="uid-1"))
    assert heard(known, event()) == []
    shown(known, replace(pod("demo", owner="uid-2"), uid="another"))
    assert heard(known, event()) == [("demo", "NodeNotReady")]


def test_a_submission_with_two_pods_on_the_node_is_told_once(known: Concerned) -> None:
    shown(known, pod("demo"))
    shown(known, replace(pod("demo"), uid="another"))
    assert heard(known, event()) == [("demo", "NodeNotReady")]


def test_the_pod_that_was_seen_first_makes_room_for_a_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(on_nodes, "MOST_PLACED", 2)
    known = OnNodes()
    for name in ("first", "second", "third"):
        list(known.learn(("races", name), PodSeen(PLACED, pod(name))))
    told = [name for (_, name), _ in known.told("gpu-1", event())]
    assert told == ["second", "third"]


def test_few_events_wait_for_a_pod(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_nodes, "MOST_RECENT", 2)
    known = OnNodes()
    for second in (1, 2, 3):
        list(known.told("gpu-1", event(second, f"event-{second}")))
    waited = known.learn(("races", "demo"), PodSeen(PLACED, pod("demo")))
    assert [each.uid for each in waited] == ["event-2", "event-3"]
