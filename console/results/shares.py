"""Which routes of a file each partial stands for, where nobody has said how they were shared.

The routes file alone tells what there is to drive; the partials are evidence of who drove what.
Takes ids and what the partials tell; opens nothing. Standard-library Python 3.7.
"""

from __future__ import annotations

from console.results.named_tuple import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Optional, Sequence, Tuple

    Told = Tuple[Sequence[str], Optional[int]]


def shares(ids: Sequence[str], told: Sequence[Told], repetitions: int) -> list[list[str]]:
    """The ids of each partial, in file order; one share more for what none of them stands for.

    `told`: of each the routes of its records, and how many drives it announces. A route is of the
    first partial that tells of it. One that has not driven all that it announces goes on behind its
    last route: an evaluator drives in the order of the file.
    """
    places = {route: place for place, route in reversed(list(enumerate(ids)))}
    free = set(places.values())
    chosen: list[list[int]] = []
    for routes, _ in told:
        mine = {places[route] for route in routes if route in places} & free
        free -= mine
        chosen.append(sorted(mine))
    for (routes, total), own in zip(told, chosen):
        # Where another partial has its routes already, it is a second telling of them.
        wanted = (total or 0) // repetitions - len(own) if len(own) == len(routes) else 0
        own += _following(own, free, wanted)
        free -= set(own)
    found = [[ids[place] for place in own] for own in chosen]
    left = [ids[place] for place in sorted(free)]
    return [*found, left] if left else found


def _following(own: Sequence[int], free: set[int], wanted: int) -> list[int]:
    """The next places that are free, in one piece with what is there; the first ones of none."""
    found: list[int] = []
    at = own[-1] + 1 if own else min(free, default=0)
    while len(found) < wanted and at in free:
        found.append(at)
        at += 1
    return found
