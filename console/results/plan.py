"""What a submission was launched to drive: routes per pair, in the order of the evaluator.

Joins subset expressions with the ids of a routes file; knows no checkpoint and opens no file.
"""

from __future__ import annotations

from collections import Counter

from console.results.drives import Drives
from console.results.named_tuple import TYPE_CHECKING, NamedTuple
from console.results.routes_file import NAME, route_ids
from console.results.subsets import (
    MOST_DRIVES,
    MOST_ROUTES,
    ROUTE,
    PlanError,
    Subset,
    as_numbers,
    parse_all,
    quoted,
    without_file,
)
from console.results.version_rules import Leaderboard

if TYPE_CHECKING:
    from typing import Sequence

__all__ = ["PairRoutes", "Plan", "PlanError", "launched", "route_ids"]


class PairRoutes(NamedTuple):
    """The routes of one pair (`RouteScenario_<id>`), in the order in which they are driven."""

    pair: int
    routes: tuple[str, ...]


class Plan(NamedTuple):
    """All pairs of one submission, and which routes their subsets select.

    `positions_known` is false when the order was taken from the numbers because no routes file
    could be read; then a record's index says nothing about its route. `certain` is false where
    even the number of routes is a guess then.
    """

    drives: Drives
    pairs: tuple[PairRoutes, ...]
    positions_known: bool = False
    certain: bool = True
    file_routes: int | None = None
    """How many routes the routes file has; None where nobody has read it."""

    @property
    def leaderboard(self) -> Leaderboard:
        return self.drives.leaderboard

    @property
    def repetitions(self) -> int:
        return self.drives.repetitions

    @property
    def routes(self) -> int:
        """How many routes were launched, each counted once."""
        return sum(len(pair.routes) for pair in self.pairs)

    @property
    def total(self) -> int:
        """Number of (route, repetition) pairs that a complete result holds."""
        return self.repetitions * self.routes

    def keys(self, pair: PairRoutes) -> list[tuple[str, int]]:
        """(route, repetition) of one pair in driving order."""
        return [(route, number) for route in pair.routes for number in range(self.repetitions)]

    def merged_places(self) -> dict[str, int]:
        """Where the first drive of each route stands in a merged file: by the routes' numbers,
        whichever pair drives them."""
        routes = {route for pair in self.pairs for route in pair.routes}
        in_order = sorted(routes, key=_number)
        return {route: place * self.repetitions for place, route in enumerate(in_order)}

    def route_id(self, route: str, repetition: int) -> str:
        """How a record of this version names that drive."""
        return self.leaderboard.route_id(route, repetition)


def _number(route: str) -> tuple[int, str]:
    """Two spellings of one number stand in one order too."""
    return int(route[len(ROUTE) :]), route


def launched(
    drives: Drives, routes_xml: bytes | str | None = None, routes_name: str = NAME
) -> Plan:
    """The plan of a launch.

    With the content of a routes file ranges go by position in it, else by number. Raises
    PlanError; nothing is expanded before routes times repetitions are known to be few enough.
    """
    asked = parse_all(drives.subsets)
    if routes_xml is None:
        chosen = by_number(asked, drives.repetitions)
        return plan_for(drives, chosen, certain=None not in without_file(asked))
    ids = route_ids(routes_xml, routes_name)
    return plan_for(drives, by_position(asked, ids, routes_name), file_routes=len(ids))


def plan_for(
    drives: Drives,
    chosen: Sequence[Sequence[str]],
    *,
    certain: bool = True,
    file_routes: int | None = None,
) -> Plan:
    """The plan that drives these ids, pair by pair, of a file with that many. Raises PlanError."""
    _refuse_many(sum(map(len, chosen)), drives.repetitions)
    counted = Counter(route for own in chosen for route in own)
    twice = next((route for route, times in counted.items() if times > 1), None)
    if twice is not None:
        raise PlanError(f"{ROUTE}{twice} is in the subsets of two pairs")
    pairs = tuple(
        PairRoutes(number, tuple(f"{ROUTE}{route}" for route in own))
        for number, own in enumerate(chosen, 1)
    )
    return Plan(drives, pairs, file_routes is not None, certain, file_routes)


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
