"""Routes are shared out over pairs: each exactly once, in their order, and nobody has none."""

from __future__ import annotations

import random

import pytest

from console.domain.partition import by_count, by_duration

SHAPES = [(routes, pairs) for pairs in (1, 2, 3, 4, 8, 16) for routes in (16, 20, 90, 220)]


def names(count: int) -> list[str]:
    return [str(number * 7 % 1000) for number in range(count)]


@pytest.mark.parametrize(("count", "pairs"), SHAPES)
def test_each_route_has_one_pair_and_every_pair_has_routes(count: int, pairs: int) -> None:
    dice, routes = random.Random(count * pairs), names(count)
    seconds = {route: dice.choice((5.0, 60.0, 900.0)) for route in routes if dice.random() > 0.2}
    for parts in (by_count(routes, pairs), by_duration(routes, pairs, seconds)):
        assert [route for part in parts for route in part] == routes
        assert len(parts) == pairs
        assert all(parts)


def test_by_count_no_pair_has_two_more_than_another() -> None:
    assert [len(part) for part in by_count(names(20), 4)] == [5, 5, 5, 5]
    assert [len(part) for part in by_count(names(20), 3)] == [7, 7, 6]
    assert [len(part) for part in by_count(names(20), 16)] == [2] * 4 + [1] * 12


def test_by_duration_the_pair_that_takes_longest_takes_as_little_as_can_be() -> None:
    seconds = {"0": 100.0, "7": 1.0, "14": 1.0, "21": 1.0, "28": 1.0, "35": 50.0, "42": 50.0}
    parts = by_duration(names(7), 2, seconds)
    assert (
        parts == (("0", "7", "14"), ("21", "28", "35", "42"))
        or sum(seconds[route] for route in parts[1]) <= 102
    )
    assert max(sum(seconds[route] for route in part) for part in parts) == 102


def test_a_route_that_nobody_timed_takes_what_half_of_the_others_take() -> None:
    parts = by_duration(["0", "1", "2", "3"], 2, {"0": 10.0, "1": 10.0, "2": 10.0})
    assert parts == (("0", "1"), ("2", "3"))
    assert by_duration(["0", "1", "2", "3"], 2, {}) == by_count(["0", "1", "2", "3"], 2)


def test_as_many_pairs_as_routes_have_one_each_however_long_they_take() -> None:
    assert by_duration(["0", "1", "2"], 3, {"0": 1.0, "1": 500.0}) == (("0",), ("1",), ("2",))
