"""What a submission was launched to drive: routes per pair, in the order of the evaluator.

Joins subset expressions with the ids of a routes file; knows no checkpoint and opens no file.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Sequence

from console.results.leaderboard import Leaderboard
from console.results.routes_file import NAME, route_ids
from console.results.subsets import (
    MOST_DRIVES,
    MOST_ROUTES,
    PlanError,
    Subset,
    as_numbers,
    parse_all,
    quoted,
    without_file,
)

__all__ = ["STANDARD_SUBSETS", "PairPlan", "Plan", "PlanError", "launched", "route_ids"]

STANDARD_SUBSETS = "0-4;5-9;10-14;15-19"


@dataclass(frozen=True)
class PairPlan:
    """The routes of one pair (`RouteScenario_<id>`), in the order in which they are driven."""

    pair: int
    routes: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """All pairs of one submission. Each route is driven `repetitions` times in a row.

    `positions_known` is false when the order was taken from the numbers because no routes file
    could be read; then a record's index says nothing about its route. `certain` is false where
    even the number of routes is a guess then.
    """

    leaderboard: Leaderboard
    repetitions: int
    pairs: tuple[PairPlan, ...]
    positions_known: bool = False
    certain: bool = True
    file_routes: int | None = None
    """How many routes the routes file has; None where nobody has read it."""

    @property
    def routes(self) -> int:
        """How many routes were launched, each counted once."""
        return sum(len(pair.routes) for pair in self.pairs)

    @property
    def total(self) -> int:
        """Number of (route, repetition) pairs that a complete result holds."""
        return self.repetitions * self.routes

    def keys(self, pair: PairPlan) -> list[tuple[str, int]]:
        """(route, repetition) of one pair in driving order."""
        return [(route, number) for route in pair.routes for number in range(self.repetitions)]

    def route_id(self, route: str, repetition: int) -> str:
        """How a record of this version names that drive."""
        return self.leaderboard.route_id(route, repetition)


def launched(
    leaderboard: Leaderboard,
    subsets: str,
    repetitions: int,
    routes_xml: bytes | str | None = None,
    routes_name: str = NAME,
) -> Plan:
    """The plan of a launch. `subsets`: one expression a pair, separated by `;`.

    With the content of a routes file ranges go by position in it, else by number. Raises
    PlanError; nothing is expanded before routes times repetitions are known to be few enough.
    """
    asked = parse_all(subsets)
    if routes_xml is None:
        chosen = by_number(asked, repetitions)
        certain = all(routes is not None for routes in without_file(asked))
        return plan_for(leaderboard, repetitions, chosen, certain=certain)
    ids = route_ids(routes_xml, routes_name)
    chosen = by_position(asked, ids, routes_name)
    return plan_for(leaderboard, repetitions, chosen, file_routes=len(ids))


def plan_for(
    leaderboard: Leaderboard,
    repetitions: int,
    chosen: Sequence[Sequence[str]],
    *,
    certain: bool = True,
    file_routes: int | None = None,
) -> Plan:
    """The plan that drives these ids, pair by pair, of a file with that many. Raises PlanError."""
    _refuse_many(sum(map(len, chosen)), repetitions)
    counted = Counter(route for own in chosen for route in own)
    twice = next((route for route, times in counted.items() if times > 1), None)
    if twice is not None:
        raise PlanError(f"RouteScenario_{twice} is in the subsets of two pairs")
    pairs = tuple(
        PairPlan(number, tuple(f"RouteScenario_{route}" for route in own))
        for number, own in enumerate(chosen, 1)
    )
    return Plan(leaderboard, repetitions, pairs, file_routes is not None, certain, file_routes)


def _refuse_many(routes: int, repetitions: int) -> None:
    if not 1 <= repetitions <= MOST_DRIVES:
        raise PlanError(f"repetitions is {repetitions}, expected 1 to {MOST_DRIVES}")
    if routes * repetitions > MOST_DRIVES:
        what = f"{routes} routes times {repetitions} repetitions are {routes * repetitions} drives"
        raise PlanError(f"{what}; {MOST_DRIVES} at most")


def by_position(asked: Sequence[Subset], ids: list[str], name: str = NAME) -> list[list[str]]:
    """What each subset selects of a file with these ids. Raises PlanError."""
    chosen = [subset.select(ids) for subset in asked]
    counted = Counter(ids)
    twice = next((route for own in chosen for route in own if counted[route] > 1), None)
    if twice is not None:
        raise PlanError(f"{name} has route {twice} more than once; no result can tell them apart")
    return chosen


def by_number(asked: Sequence[Subset], repetitions: int = 1) -> list[list[str]]:
    """The subsets read as numbers, ascending. Raises PlanError where that cannot be."""
    spans = [as_numbers(subset) for subset in asked]
    for subset, own in zip(asked, spans):
        if own is None:
            raise PlanError(unknowable(subset))
        if sum(map(len, own)) > MOST_ROUTES:
            what = f"the subset {quoted(subset.expression)}, read as numbers, has more than"
            raise PlanError(f"{what} {MOST_ROUTES} routes")
    _refuse_many(sum(len(span) for own in spans if own for span in own), repetitions)
    return [_ascending(subset, own or []) for subset, own in zip(asked, spans)]


def _ascending(subset: Subset, spans: list[range]) -> list[str]:
    numbers = {number for span in spans for number in span}
    if len(numbers) < sum(map(len, spans)):
        raise PlanError(f"the subset {quoted(subset.expression)} selects a route twice")
    return [str(number) for number in sorted(numbers)]


def unknowable(subset: Subset) -> str:
    """Why a subset cannot be expanded without the routes file."""
    if not subset.parts:
        return "an empty subset means all routes of the routes file, and that file is not there"
    what = f"which routes {quoted(subset.expression)} selects depends on their order in the routes"
    return f"{what} file, and that file is not there"
