"""What routes usually take: the middle of earlier drives, wider where few are known."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.drive_times import DriveTimes
from console.domain.usual_times import (
    FEW,
    MANY,
    SLOW_FROM,
    UsualTimes,
    quantile,
    usual,
    usual_times,
)

SECONDS = st.floats(0.1, 1e5)
SOME = st.lists(SECONDS, min_size=1, max_size=60)


def test_of_nothing_nothing_is_usual() -> None:
    assert usual([]) is None
    assert usual_times([]) == UsualTimes()


def test_one_drive_is_a_quarter_to_both_sides_and_not_precise() -> None:
    one = usual([100.0])
    assert one is not None
    assert (one.low, one.median, one.high, one.count) == (75.0, 100.0, 125.0, 1)


def test_half_of_many_drives_lay_between_the_two_ends_that_are_told() -> None:
    found = usual(range(1, 102))
    assert found is not None
    assert (found.low, found.median, found.high, found.longest) == (26.0, 51.0, 76.0, 101.0)


@given(SOME)
def test_the_ends_are_in_order_and_the_middle_lies_between_them(seconds: list[float]) -> None:
    found = usual(seconds)
    assert found is not None
    assert found.low <= found.median <= found.high <= found.longest
    assert found.longest >= max(seconds)
    assert found.count == len(seconds)


@given(SOME, SECONDS)
def test_a_drive_that_took_longer_makes_none_of_them_less(
    seconds: list[float], more: float
) -> None:
    before = usual(seconds)
    after = usual([*seconds[:-1], seconds[-1] + more])
    assert before is not None
    assert after is not None
    for name in ("low", "median", "high", "longest"):
        one, other = getattr(before, name), getattr(after, name)
        assert one <= other or math.isclose(one, other)


@given(SOME)
def test_the_order_in_which_they_were_driven_says_nothing(seconds: list[float]) -> None:
    assert usual(seconds) == usual(reversed(seconds))


@pytest.mark.parametrize("count", [1, FEW, SLOW_FROM - 1])
def test_of_few_drives_nobody_says_what_is_slow(count: int) -> None:
    found = usual([100.0] * count)
    assert found is not None
    assert found.slow is None


def test_slow_is_what_took_longer_than_nearly_all_and_much_longer_than_the_middle() -> None:
    alike, spread = usual([100.0] * 40), usual([float(each) for each in range(1, 101)])
    assert alike is not None
    assert spread is not None
    assert alike.slow == 125.0
    assert spread.slow == pytest.approx(95.05)


def test_of_many_drives_the_longest_is_what_it_was() -> None:
    few, many = usual([100.0] * (MANY - 1)), usual([100.0] * MANY)
    assert few is not None
    assert many is not None
    assert (few.longest, many.longest) == (125.0, 100.0)


@given(SOME, st.floats(0.1, 10))
def test_a_slower_one_takes_that_much_longer_in_all(seconds: list[float], factor: float) -> None:
    found = usual(seconds)
    assert found is not None
    scaled = found.scaled(factor)
    assert scaled.median == pytest.approx(found.median * factor)
    assert scaled.count == found.count
    assert (scaled.slow is None) is (found.slow is None)


@given(SOME, st.floats(0, 1), st.floats(0, 1))
def test_a_greater_part_lies_no_lower(seconds: list[float], one: float, other: float) -> None:
    ordered, (less, more) = sorted(seconds), sorted((one, other))
    low, high = quantile(ordered, less), quantile(ordered, more)
    assert low <= high or math.isclose(low, high)
    assert ordered[0] <= quantile(ordered, one) <= ordered[-1] * (1 + 1e-9)


def test_all_submissions_together_tell_what_a_route_takes() -> None:
    told = [
        DriveTimes("routes", (("RouteScenario_0", 10.0), ("RouteScenario_1", 70.0)), (5.0,)),
        DriveTimes("routes", (("RouteScenario_0", 30.0), ("RouteScenario_0", 20.0)), (7.0, 9.0)),
    ]
    found = usual_times(told)
    assert found.submissions == 2
    assert {route: (each.median, each.count) for route, each in found.routes.items()} == {
        "RouteScenario_0": (20.0, 3),
        "RouteScenario_1": (70.0, 1),
    }
    assert found.boot is not None
    assert (found.boot.median, found.boot.count) == (7.0, 3)
