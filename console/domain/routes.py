"""Which routes the pairs of a launch drive, as far as the Job itself tells it.

The subset expressions are read where the Leaderboard's are: `console.results.subsets`. A range
goes by the order of the routes file, which no Job holds; what that leaves open is None, and
nothing is refused that some routes file makes right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from console.errors import InvalidInput
from console.results.subsets import (
    MOST_PAIRS,
    PlanError,
    Subset,
    as_numbers,
    gaps,
    overlap,
    parse,
)

_SHOWN = 5
Routes = tuple[str, ...]


def parse_subset(expression: str) -> Subset:
    """The parts of `0-4,7`. Raises InvalidInput for what every evaluator refuses."""
    try:
        return parse(expression)
    except PlanError as error:
        raise InvalidInput(
            f"{expression[:60]!r} is not a subset of routes.",
            why=f"{str(error)[0].upper()}{str(error)[1:]}.",
            fix="Write ids and ranges of the routes file, separated by commas: 0-4 or 0-2,7,9.",
        ) from error


def selection_faults(subsets: Sequence[str]) -> Iterator[str]:
    """A sentence for each way in which no routes file can make the subsets right."""
    if len(subsets) > MOST_PAIRS:
        yield f"There are {len(subsets)} pairs; {MOST_PAIRS} are the most."
    owners: dict[str, int] = {}
    for pair, subset in enumerate(map(parse_subset, subsets), start=1):
        if not subset.parts and len(subsets) > 1:
            yield f"Pair {pair} drives all routes, for its subset is empty; so does nobody else."
        for route in subset.named:
            if owners.setdefault(route, pair) != pair:
                yield f"Route {route} is driven by pairs {owners[route]} and {pair}."


def doubts(subsets: Sequence[str]) -> Iterator[str]:
    """What is wrong if the routes file counts upwards from 0 without gaps, as the public ones do.

    A file with another order can make it right. Who names each route by itself means just these.
    """
    asked = [parse_subset(subset) for subset in subsets]
    told = [as_numbers(subset) for subset in asked]
    if not any(subset.has_ranges for subset in asked):
        return
    spans = [span for own in told for span in own or ()]
    twice = overlap(spans)
    if twice is not None:
        yield f"Route {twice} is in two ranges if the routes file counts upwards."
    elif all(told) and (free := gaps(spans)):
        shown = ", ".join(_span(each) for each in free[:_SHOWN])
        more = f" and {len(free) - _SHOWN} more" if len(free) > _SHOWN else ""
        yield f"No pair drives route {shown}{more} if the routes file has them."


def _span(numbers: range) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}-{numbers[-1]}"
