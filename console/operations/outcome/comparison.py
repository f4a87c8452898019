"""Two or more results held against each other, route by route. Pure.

The first one is what the others are held against. What cannot be compared is refused with its
reason; what one of them lacks is named, and counts in no mean.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import msgspec

from console.domain.board import BoardSnapshot
from console.domain.pairing import drive_of
from console.domain.progress import FinishedRoute
from console.errors import InvalidInput
from console.operations.outcome.view import ResultsView, results
from console.results.leaderboard import find
from console.results.version_rules import QUALIFIER

LEAST, MOST = 2, 26
"""A letter stands for each, and a screen follows each."""
SAME_LENGTH = 0.01
"""Two drives of one route tell its length alike, but for how it was rounded."""


class NotComparable(InvalidInput):
    """Deltas of these would say nothing."""


class ComparedResult(msgspec.Struct, frozen=True):
    """One of them, and where it is from."""

    name: str
    view: ResultsView
    origin: str = ""
    """Where that is not the cluster: a recording, a file."""
    track: str = ""
    """Empty where nobody has told it."""
    versions: tuple[str, ...] = ()
    """Of the Leaderboard, of which it may be each; empty for the one of `view`."""

    @property
    def may_be(self) -> frozenset[str]:
        """The versions that it may be of; none where nobody knows."""
        told = self.versions or (self.view.leaderboard,)
        return frozenset(name for name in told if find(name))


def as_it_stands(board: BoardSnapshot, origin: str = "", name: str = "") -> ComparedResult:
    """What that submission has by now."""
    plan = board.job.plan if board.job else None
    return ComparedResult(
        name or board.name, results(board), origin, plan.track if plan is not None else ""
    )


class RouteMeans(msgspec.Struct, frozen=True):
    """Drives taken together: the repetitions of one route, or all routes in common."""

    drives: int
    composed: float
    route: float
    penalty: float
    infractions: tuple[tuple[str, float], ...]
    """How often a drive had each kind in the mean, or all routes together; those that occurred."""
    length: float = 0.0
    """Metres; 0 where no drive could tell it."""
    statuses: tuple[str, ...] = ()
    successes: float = 0.0
    """Percent of the drives."""

    @property
    def count(self) -> float:
        """Infractions of every kind."""
        return sum(times for _, times in self.infractions)

    def times(self, kind: str) -> float:
        """Of one kind."""
        return dict(self.infractions).get(kind, 0.0)


class ComparedRoute(msgspec.Struct, frozen=True):
    """One route in every result, in their order; None where it is missing."""

    name: str
    each: tuple[RouteMeans | None, ...]

    @property
    def everywhere(self) -> bool:
        """No result lacks it."""
        return None not in self.each

    @property
    def unlike(self) -> bool:
        """The results tell lengths of it that cannot be one route's."""
        told = [means.length for means in self.each if means and means.length]
        return bool(told) and max(told) - min(told) > SAME_LENGTH * max(told) + 1

    @property
    def common(self) -> bool:
        """It counts in the means."""
        return self.everywhere and not self.unlike


class ResultComparison(msgspec.Struct, frozen=True):
    """Results that can be compared, at least two."""

    versions: tuple[str, ...]
    results: tuple[ComparedResult, ...]
    routes: tuple[ComparedRoute, ...]
    """Every route that one of them has."""
    means: tuple[RouteMeans, ...]
    """Of each over the routes in common; the infractions of all of these together."""

    @property
    def measures(self) -> tuple[str, ...]:
        """What all of these versions have."""
        known = [find(name) for name in self.versions]
        counted = all(version and version.counts_successes for version in known)
        return tuple(name for name in MEASURES if counted or name != SUCCESS)

    @property
    def common(self) -> tuple[ComparedRoute, ...]:
        """The routes that all of them have."""
        return tuple(route for route in self.routes if route.common)

    @property
    def unlike(self) -> tuple[str, ...]:
        """Routes of one name that are not one route: they count in no mean."""
        return tuple(each.name for each in self.routes if each.unlike)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Infractions that occurred in one of them, as its Leaderboard orders them."""
        version = find(self.versions[0])
        seen = {kind for means in self.means for kind, _ in means.infractions}
        ordered = version.infractions if version else ()
        return tuple(kind for kind in ordered if kind in seen)

    def missing(self, index: int) -> tuple[str, ...]:
        """The routes that others have and this one lacks."""
        return tuple(route.name for route in self.routes if route.each[index] is None)


SUCCESS = "success rate"
"""Of versions alone that count successes."""
Measure = Callable[[RouteMeans], float]
MEASURES: dict[str, Measure] = {
    "driving score": lambda means: means.composed,
    "route completion": lambda means: means.route,
    "infraction penalty": lambda means: means.penalty,
    "infractions": lambda means: means.count,
    SUCCESS: lambda means: means.successes,
}


def delta(
    each: Sequence[RouteMeans | None], index: int, of: Measure, base: int = 0
) -> float | None:
    """By how much the one is above the other; None where one of them is missing."""
    one, other = each[index], each[base]
    return None if one is None or other is None else of(one) - of(other)


def compare(entered: Sequence[ComparedResult]) -> ResultComparison:
    """All against the first. Raises NotComparable."""
    if len(entered) < LEAST:
        raise NotComparable("There is one result: a comparison needs two.")
    if refused := too_many(len(entered)):
        raise NotComparable(refused)
    versions = _versions(entered)
    _refuse_other_routes(entered)
    compared = ResultComparison(versions, tuple(entered), _routes(entered), ())
    common = compared.common
    if not common:
        raise _nothing_common(compared)
    means = tuple(
        _together([route.each[index] for route in common]) for index in range(len(entered))
    )
    return msgspec.structs.replace(compared, means=means)


def too_many(count: int) -> str:
    """Why so many cannot be compared at once; empty where they can."""
    return f"{count} are too many: {MOST} results are compared at once." if count > MOST else ""


def _versions(entered: Sequence[ComparedResult]) -> tuple[str, ...]:
    for each in entered:
        if not each.may_be:
            told = each.view.leaderboard or "?"
            raise NotComparable(
                f"{each.name} is of a Leaderboard that this console does not know: {told}."
            )
    common = frozenset.intersection(*(each.may_be for each in entered))
    if not common:
        told = ", ".join(f"{each.name} of {' or '.join(sorted(each.may_be))}" for each in entered)
        raise NotComparable(
            f"Results of different Leaderboards cannot be compared: {told}.",
            why="They score the same drive differently.",
        )
    return tuple(sorted(common))


def _refuse_other_routes(entered: Sequence[ComparedResult]) -> None:
    qualifiers = [each.name for each in entered if each.track.endswith(QUALIFIER)]
    others = [each.name for each in entered if each.track and not each.track.endswith(QUALIFIER)]
    if qualifiers and others:
        raise NotComparable(
            f"{qualifiers[0]} is of a qualifier, {others[0]} is not: they cannot be compared.",
            why="Its routes are those of a file of their own, though they have the same names.",
        )
    for each in entered:
        if not each.view.rows:
            raise NotComparable(f"{each.name} has no finished route to compare.")


def _nothing_common(compared: ResultComparison) -> NotComparable:
    if compared.unlike:
        return NotComparable(
            "No route of one is a route of the others: those of one name differ in length.",
            why=f"So do {listed(compared.unlike)}: they are from different routes files.",
        )
    told = (
        f"{result.name} has {listed(_own(compared, index))}"
        for index, result in enumerate(compared.results)
    )
    return NotComparable("No route is in all of them.", why=f"{'; '.join(told)}.")


def _own(compared: ResultComparison, index: int) -> tuple[str, ...]:
    return tuple(route.name for route in compared.routes if route.each[index] is not None)


def listed(routes: Sequence[str], most: int = 5) -> str:
    """`RouteScenario_1, RouteScenario_2 and 3 more`."""
    more = f" and {len(routes) - most} more" if len(routes) > most else ""
    return ", ".join(routes[:most]) + more


def _routes(entered: Sequence[ComparedResult]) -> tuple[ComparedRoute, ...]:
    told = [_by_route(each.view.rows) for each in entered]
    names = sorted({name for own in told for name in own}, key=in_natural_order)
    return tuple(
        ComparedRoute(name, tuple(_means(own[name]) if name in own else None for own in told))
        for name in names
    )


def in_natural_order(name: str) -> tuple[object, ...]:
    """`RouteScenario_9` comes before `RouteScenario_10`.

    By the count of figures and then by them: a record may carry more than `int` takes.
    """
    return tuple(
        (0, len(number), number) if (number := _number(each)) else (1, 0, each)
        for each in re.split(r"([0-9]+)", name)
        if each
    )


def _number(part: str) -> str:
    """Without the zeros before it; empty for what is no number."""
    return part.lstrip("0") or "0" if part.isdecimal() and part.isascii() else ""


def _by_route(rows: Iterable[FinishedRoute]) -> dict[str, list[FinishedRoute]]:
    found: dict[str, list[FinishedRoute]] = defaultdict(list)
    for row in rows:
        found[drive_of(row.route_id)[0]].append(row)
    return found


def _means(drives: Sequence[FinishedRoute]) -> RouteMeans:
    """Over the repetitions of one route."""
    times: dict[str, int] = {}
    for drive in drives:
        for kind, entries in drive.infractions:
            if entries:
                times[kind] = times.get(kind, 0) + len(entries)
    count = len(drives)
    return RouteMeans(
        count,
        sum(drive.score_composed for drive in drives) / count,
        sum(drive.score_route for drive in drives) / count,
        sum(drive.score_penalty for drive in drives) / count,
        tuple((kind, number / count) for kind, number in times.items()),
        max(drive.route_length for drive in drives),
        tuple(drive.status for drive in drives),
        100 * sum(drive.succeeded for drive in drives) / count,
    )


def _together(routes: Sequence[RouteMeans | None]) -> RouteMeans:
    """Each route counts alike, however often it was driven."""
    there = [each for each in routes if each is not None]
    times: dict[str, float] = {}
    for each in there:
        for kind, number in each.infractions:
            times[kind] = times.get(kind, 0.0) + number
    return RouteMeans(
        sum(each.drives for each in there),
        sum(each.composed for each in there) / len(there),
        sum(each.route for each in there) / len(there),
        sum(each.penalty for each in there) / len(there),
        tuple(times.items()),
        sum(each.length for each in there),
        successes=sum(each.successes for each in there) / len(there),
    )
