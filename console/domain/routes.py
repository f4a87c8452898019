"""Which routes a pair drives: subset expressions, how they split, the ids they stand for.

Reads a subset as numbers, for display and for partition checks. Knows no routes file: the
Leaderboard itself selects by position in its file, which is the same for ids in file order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from console.errors import InvalidInput

MOST_ROUTES = 10_000
"""More routes than any Leaderboard has; a typing error must not fill the memory."""

_PART = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")


def parse_subset(expression: str) -> tuple[int, ...]:
    """The route numbers of `0-4,7`, in the order written.

    Raises InvalidInput for an empty or malformed part, a range that runs backwards, a route
    selected twice, and for more than MOST_ROUTES routes. An empty expression means *all routes*
    to the Leaderboard; how many these are is not known here, so it is refused.
    """
    chosen: list[int] = []
    for part in "".join(expression.split()).split(","):
        first, last = _bounds(part, expression)
        if len(chosen) + last - first >= MOST_ROUTES:
            raise _refused(expression, f"{part} selects more than {MOST_ROUTES} routes.")
        chosen.extend(range(first, last + 1))
    if twice := [route for route, times in Counter(chosen).items() if times > 1]:
        raise _refused(expression, f"Route {twice[0]} is selected twice.")
    return tuple(chosen)


def _bounds(part: str, expression: str) -> tuple[int, int]:
    match = _PART.fullmatch(part)
    if match is None:
        why = f"{part!r} is neither a number nor first-last." if part else "One part is empty."
        raise _refused(expression, why)
    first = int(match[1])
    last = first if match[2] is None else int(match[2])
    if last < first:
        raise _refused(expression, f"{part} runs backwards.")
    return first, last


def _refused(expression: str, why: str) -> InvalidInput:
    return InvalidInput(
        f"{expression!r} is not a subset of routes.",
        why=why,
        fix="Write numbers and ranges, separated by commas: 0-4 or 0-2,7,9.",
    )


def format_subset(routes: Iterable[int]) -> str:
    """The shortest expression for these routes, in numeric order: `0-2,7`.

    A run of one is written as a number: the older evaluators refuse `3-3`.
    """
    runs: list[list[int]] = []
    for route in sorted(routes):
        if runs and route == runs[-1][1] + 1:
            runs[-1][1] = route
        else:
            runs.append([route, route])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def split(total: int, pairs: int) -> tuple[str, ...]:
    """Subset expressions for routes 0..total-1, in file order, as even as can be.

    Raises InvalidInput where a pair would be left without a route.
    """
    if not 0 < pairs <= total:
        raise InvalidInput(
            f"{total} routes cannot be split over {pairs} pairs.",
            why="Each pair needs at least one route.",
        )
    base, larger = divmod(total, pairs)
    sizes = [base + (pair < larger) for pair in range(pairs)]
    starts = [sum(sizes[:pair]) for pair in range(pairs)]
    return tuple(
        format_subset(range(start, start + size)) for start, size in zip(starts, sizes, strict=True)
    )


def partition_faults(subsets: Sequence[str]) -> tuple[str, ...]:
    """One sentence for each way in which the pairs' subsets are not a partition of 0..n-1."""
    owners: dict[int, tuple[int, ...]] = {}
    for pair, expression in enumerate(subsets, start=1):
        for route in parse_subset(expression):
            owners[route] = (*owners.get(route, ()), pair)
    faults = []
    for pairs in sorted({pairs for pairs in owners.values() if len(pairs) > 1}):
        shared = (route for route, held in owners.items() if held == pairs)
        names = ", ".join(map(str, pairs[:-1])) + f" and {pairs[-1]}"
        faults.append(f"Driven by pairs {names}: {format_subset(shared)}.")
    if missing := set(range(max(owners, default=-1) + 1)) - set(owners):
        faults.append(f"Driven by no pair: {format_subset(missing)}.")
    return tuple(faults)


def route_ids(subset: str) -> tuple[str, ...]:
    """The ids of a subset's routes as the Leaderboard names them: `RouteScenario_<number>`."""
    return tuple(f"RouteScenario_{route}" for route in parse_subset(subset))


def record_ids(subset: str, *, repetitions: int, suffixed: bool) -> tuple[str, ...]:
    """The `route_id` of every record that a pair owes, in the order it drives them.

    Leaderboard 2.x suffixes each repetition (`_rep0`); in 1.0 all repetitions share one id, so
    the id is repeated here as often as it must occur.
    """
    return tuple(
        f"{route}_rep{repetition}" if suffixed else route
        for route in route_ids(subset)
        for repetition in range(repetitions)
    )
