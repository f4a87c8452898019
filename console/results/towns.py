"""The towns in which the launched routes of a routes file lie. Opens no file."""

from __future__ import annotations

from collections import Counter

from console.results.named_tuple import TYPE_CHECKING
from console.results.routes_file import NAME, routes
from console.results.subsets import parse_all

if TYPE_CHECKING:
    from typing import Sequence


def launched_towns(
    content: bytes | str, subsets: Sequence[str], name: str = NAME
) -> dict[str, int]:
    """Town -> how many of the routes that the pairs' subsets choose, most first.

    Raises PlanError for a file that cannot be read or does not hold what is launched.
    """
    all_routes = routes(content, name)
    ids = [each.id for each in all_routes]
    town_of = {each.id: each.town for each in all_routes}
    chosen = (route for subset in parse_all(subsets) for route in subset.select(ids))
    return dict(Counter(town_of[route] for route in chosen).most_common())
