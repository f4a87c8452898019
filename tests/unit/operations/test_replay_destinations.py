"""Where to go in a replay, as people say it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from console.domain.landmarks import Landmark, LandmarkKind
from console.errors import InvalidInput, NotFound
from console.operations.replay.destinations import after, before, destination, waypoints

BEGIN = datetime(2026, 11, 22, 23, 50, tzinfo=UTC)
END = BEGIN + timedelta(hours=3)


def at(second: float) -> datetime:
    return BEGIN + timedelta(seconds=second)


def attempt(second: float, pair: int, number: int, *, begins: bool = True) -> Landmark:
    text = f"pair {pair} {'begins' if begins else 'ends'} attempt {number}"
    return Landmark(at(second), LandmarkKind.ATTEMPT, pair, text, number, begins=begins)


def route(second: float, pair: int, name: str, *, begins: bool = True) -> Landmark:
    text = f"pair {pair} {'begins' if begins else 'finishes'} {name}"
    return Landmark(at(second), LandmarkKind.ROUTE, pair, text, route=name, begins=begins)


LANDMARKS = (
    attempt(1, 1, 1),
    attempt(1.5, 2, 1),
    route(20, 1, "RouteScenario_0"),
    route(30, 2, "RouteScenario_17"),
    attempt(60, 2, 1, begins=False),
    attempt(62.5, 2, 2),
    route(90, 2, "RouteScenario_17"),
    route(120, 1, "RouteScenario_7", begins=False),
)


def found(text: str) -> datetime:
    return destination(text, BEGIN, END, LANDMARKS)


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("23:55", 300),
        ("23:55:30", 330),
        ("00:10", 1200),
        ("1:00:05", 4205),
        ("22:00", -6600),
        ("+90", 90),
        ("+90s", 90),
        ("+5m", 300),
        ("+1h30m", 5400),
        ("+2m05s", 125),
        (" +2m ", 120),
        ("2026-11-23T00:00:00Z", 600),
        ("2026-11-23T02:00:00+01:00", 4200),
        ("2026-11-23 00:00:00", 600),
    ],
)
def test_a_time_is_one_of_day_one_after_the_begin_or_a_whole_one(text: str, second: float) -> None:
    assert found(text) == at(second)


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("attempt 2.2", 62.5),
        ("attempt:2.1", 1.5),
        ("attempt=1.1", 1),
        ("route RouteScenario_17", 30),
        ("route 17", 30),
        ("route:0", 20),
        ("route 7", 120),
    ],
)
def test_an_attempt_and_a_route_are_where_they_begin_else_where_they_are_first_told(
    text: str, second: float
) -> None:
    assert found(text) == at(second)


@pytest.mark.parametrize("text", ["attempt 3.1", "attempt 2.9", "route 99", "route Route"])
def test_what_the_recording_does_not_tell_of_is_not_found(text: str) -> None:
    with pytest.raises(NotFound, match="is told by this recording"):
        found(text)


@pytest.mark.parametrize("text", ["", "later", "25:00", "+", "+1x", "attempt 2", "route", "12"])
def test_what_is_no_place_is_told_with_the_forms_that_are(text: str) -> None:
    with pytest.raises(InvalidInput, match="is no place in a recording") as refused:
        found(text)
    assert "attempt 2.1" in refused.value.fix


def test_what_comes_together_is_one_waypoint_at_its_last() -> None:
    first, second, third = waypoints(LANDMARKS, LandmarkKind.ATTEMPT)
    assert (first.at, str(first)) == (at(1.5), "pair 1 begins attempt 1; pair 2 begins attempt 1")
    assert (second.at, str(second)) == (at(60), "pair 2 ends attempt 1")
    assert third.at == at(62.5)


def test_of_many_that_come_together_the_first_are_told_and_the_rest_counted() -> None:
    many = [attempt(1, number, 1) for number in range(1, 8)]
    (one,) = waypoints(many, LandmarkKind.ATTEMPT)
    assert str(one).endswith("pair 4 begins attempt 1, and 3 more")


def test_the_next_and_the_one_before_are_never_the_one_where_one_is() -> None:
    those = waypoints(LANDMARKS, LandmarkKind.ROUTE)
    assert [each.at for each in those] == [at(20), at(30), at(90), at(120)]
    assert after(those, at(30)) == those[2]
    assert before(those, at(30)) == those[0]
    assert after(those, at(120)) is None
    assert before(those, at(20)) is None
    assert before(those, at(500)) == those[3]
