"""The Leaderboard's subset expressions (`0-4,7`): their grammar, and what they select from a file.

A range goes from one id to another by their places in the routes file; nobody knows its size
without that file. Opens nothing. The one reader of subsets: the merge, the workers, the checks of
a Job and the boards all ask here.
"""

from __future__ import annotations

from collections import Counter

from console.results.named_tuple import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Sequence

MOST_ROUTES = 10_000
MOST_DRIVES = 10_000
"""Routes times repetitions of one submission; a typing error must not fill the memory."""
MOST_PAIRS = 64
ROUTE = "RouteScenario_"
"""What an evaluator writes before an id of the routes file."""

_LONGEST_ID = 9
"""Digits."""
_QUOTED = 60


class PlanError(ValueError):
    """Routes, subsets or repetitions that no evaluator would drive as they stand."""


class Subset(NamedTuple):
    """One expression. `parts`: (first, last) of each range, twice the same for a single id."""

    expression: str
    parts: tuple[tuple[str, str], ...]
    """Empty: all routes of the file."""

    @property
    def named(self) -> tuple[str, ...]:
        """The ids that are written in it, each once a part."""
        return tuple(name for part in self.parts for name in dict.fromkeys(part))

    @property
    def has_ranges(self) -> bool:
        """Whether only the routes file tells how many routes it selects."""
        return not self.parts or any(first != last for first, last in self.parts)

    @property
    def ranges_of_one(self) -> tuple[str, ...]:
        """`3-3`, which Leaderboard 1.0 and the commit of the 2.0 image refuse."""
        written = self.expression.replace(" ", "").split(",")
        return tuple(part for part in written if "-" in part and len(set(part.split("-"))) == 1)

    def select(self, ids: Sequence[str]) -> list[str]:
        """The routes that an evaluator drives of a file with these ids. Raises PlanError."""
        if not self.parts:
            return list(ids)
        places: dict[str, int] = {}
        for place, route in enumerate(ids):
            places.setdefault(route, place)
        chosen: set[int] = set()
        for first, last in self.parts:
            chosen_here = range(_place(first, places), _place(last, places) + 1)
            if not chosen_here:
                raise PlanError(f"route {last} comes before route {first} in the routes file")
            if not chosen.isdisjoint(chosen_here):
                raise PlanError(f"the subset {quoted(self.expression)} selects a route twice")
            chosen.update(chosen_here)
        return [ids[place] for place in sorted(chosen)]

    def fits(self, ids: Sequence[str]) -> bool:
        """Whether a file can have made it select exactly these routes, in this order."""
        try:
            return bool(ids) and self.select(ids) == list(ids)
        except PlanError:
            return False


def parse(expression: str) -> Subset:
    """The expression's parts. Raises PlanError for what the evaluators refuse with any file."""
    written = expression.replace(" ", "")
    if not written:
        return Subset(expression, ())
    if written.count(",") >= MOST_ROUTES:
        raise PlanError(f"the subset {quoted(expression)} has more than {MOST_ROUTES} parts")
    subset = Subset(expression, tuple(_part(part, expression) for part in written.split(",")))
    twice = [name for name, times in Counter(subset.named).items() if times > 1]
    if twice:
        raise PlanError(f"the subset {quoted(expression)} selects route {twice[0]} twice")
    return subset


def parse_all(subsets: Sequence[str]) -> list[Subset]:
    """The subsets of all pairs. Raises PlanError."""
    if len(subsets) > MOST_PAIRS:
        raise PlanError(f"there are {len(subsets)} subsets; {MOST_PAIRS} pairs at most")
    return [parse(expression) for expression in subsets]


def as_numbers(subset: Subset) -> list[range] | None:
    """The subset read as numbers, which is right for a file that counts upwards without gaps.

    None where it cannot be read so: all routes, a range that runs backwards, ids such as `007`.
    """
    spans = [range(int(first), int(last) + 1) for first, last in subset.parts]
    spelled = all(str(int(name)) == name for name in subset.named)
    return spans if spans and spelled and all(spans) else None


def overlap(spans: Sequence[range]) -> int | None:
    """The first number that is in two of them."""
    ends = sorted((span.start, span.stop) for span in spans)
    return next((b[0] for a, b in zip(ends, ends[1:]) if b[0] < a[1]), None)


def gaps(spans: Sequence[range]) -> list[range]:
    """The numbers from 0 to the last one that none of them has."""
    found, free = [], 0
    for start, stop in sorted((span.start, span.stop) for span in spans):
        if start > free:
            found.append(range(free, start))
        free = max(free, stop)
    return found


def without_file(subsets: Sequence[Subset]) -> list[tuple[str, ...] | None]:
    """The routes of each subset as far as they are known without the routes file, else None.

    Single ids are what they say, in the order in which they are said: a launch that has seen its
    file names them in the file's. Of ranges this is known only where all subsets together are the
    numbers from 0, each exactly once: such a launch says itself how its file is numbered.
    """
    told = [as_numbers(subset) for subset in subsets]
    spans = [span for own in told if own is not None for span in own]
    counted = (
        all(own is not None for own in told)
        and overlap(spans) is None
        and not gaps(spans)
        and sum(map(len, spans)) <= MOST_ROUTES
    )
    return [_known(subset, own, counted) for subset, own in zip(subsets, told)]


def _known(subset: Subset, own: list[range] | None, counted: bool) -> tuple[str, ...] | None:
    if not subset.has_ranges:
        return subset.named
    if not counted or own is None:
        return None
    return tuple(str(number) for number in sorted(n for span in own for n in span))


def written(ids: Sequence[str]) -> str:
    """An expression for these routes of a file; ranges only where the numbers have no gap."""
    runs: list[list[str]] = []
    for route in ids:
        if runs and int(runs[-1][1]) + 1 == int(route):
            runs[-1][1] = route
        else:
            runs.append([route, route])
    return ",".join(first if first == last else f"{first}-{last}" for first, last in runs)


def spelled(ids: Sequence[str]) -> str:
    """An expression that names each of these routes: it says by itself which they are."""
    return ",".join(ids)


def numbered(subsets: Sequence[Subset]) -> list[str] | None:
    """The routes of all of them, where they are the numbers from 0, each once; None elsewhere."""
    told = without_file(subsets)
    whole = sorted((route for own in told for route in own or ("",)), key=lambda id: (len(id), id))
    return whole if whole == [str(number) for number in range(len(whole))] else None


def is_id(text: str) -> bool:
    """Whether a route can have it for its id in a routes file."""
    return len(text) <= _LONGEST_ID and text.isascii() and text.isdigit()


def quoted(text: str) -> str:
    """Foreign text for a message: bounded, without control characters."""
    cut = text if len(text) <= _QUOTED else f"{text[:_QUOTED]}..."
    return repr(cut)


def _part(part: str, expression: str) -> tuple[str, str]:
    bounds = part.split("-")
    if len(bounds) > 2 or not all(map(is_id, bounds)):
        what = f"{quoted(part)} is neither an id nor first-last" if part else "one part is empty"
        raise PlanError(f"{what} in the subset {quoted(expression)}")
    return bounds[0], bounds[-1]


def _place(route: str, places: dict[str, int]) -> int:
    if route not in places:
        raise PlanError(f"route {route} is not in the routes file")
    return places[route]
