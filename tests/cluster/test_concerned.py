"""Which submission an event is given to, and how many are remembered for that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from console.cluster import concerned, wire
from console.cluster.concerned import Concerned
from console.cluster.watching import Seen
from console.domain.events import JobSeen
from console.domain.facts import ClusterEvent, JobFacts

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def seen(name: str) -> JobSeen:
    return JobSeen(NOW, JobFacts(name, "races", f"uid-{name}", NOW, 8))


def told(known: Concerned, pod: str, at: datetime = NOW) -> list[str]:
    facts = ClusterEvent(f"event-{pod}", "Normal", "Started", "", 1, at, f"Pod/{pod}")
    about = wire.Reference(kind="Pod", name=pod, namespace="races")
    return [name for _, name, _ in known.events(Seen((facts, about)))]


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> Concerned:
    """One that remembers two Jobs at most, and has seen three."""
    monkeypatch.setattr(concerned, "MOST_KNOWN", 2)
    known = Concerned()
    for name in ("first", "second", "third"):
        known.learn("races", name, seen(name))
    return known


def test_the_job_that_was_learned_first_makes_room_for_a_new_one(two: Concerned) -> None:
    assert told(two, "first-abcde") == []
    assert told(two, "second-abcde") == ["second"]
    assert told(two, "third-abcde") == ["third"]


def test_what_was_said_of_a_pod_before_the_job_was_made_is_a_namesakes() -> None:
    known = Concerned()
    known.learn("races", "first", seen("first"))
    assert told(known, "first-abcde", NOW - timedelta(minutes=1)) == []
    assert told(known, "first-fghij", NOW - timedelta(seconds=1)) == ["first"]


def test_a_job_that_is_seen_again_is_known_again_with_what_came_meanwhile(two: Concerned) -> None:
    told(two, "first-abcde")
    caught_up = two.learn("races", "first", seen("first"))
    assert [name for _, name, _ in caught_up] == ["first"]
    assert told(two, "first-fghij") == ["first"]
