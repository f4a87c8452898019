"""Which routes each of so many pairs drives: all of them, in their order, each exactly once. Pure.

A pair's routes stand beside each other in the order of the whole: so a merged result needs no other
order than the routes file's. Knows no subset expression and no recording.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from statistics import median

Parts = tuple[tuple[str, ...], ...]
_NARROWINGS = 50
"""Halvings of a span of seconds, after which nobody measures the rest."""


def by_count(routes: Sequence[str], pairs: int) -> Parts:
    """As many for each pair as for the others; the first ones take what is left over."""
    least, more = divmod(len(routes), pairs)
    sizes = (least + (number < more) for number in range(pairs))
    ends = (0, *accumulate(sizes))
    return tuple(tuple(routes[first:last]) for first, last in pairwise(ends))


def by_duration(routes: Sequence[str], pairs: int, seconds: Mapping[str, float]) -> Parts:
    """So that the pair that takes longest takes as little as can be.

    `seconds` by route; one that nobody has timed takes what half of the others take. Where nobody
    has timed any, by count.
    """
    known = [seconds[route] for route in routes if route in seconds]
    if not known:
        return by_count(routes, pairs)
    usual = median(known)
    costs = [seconds.get(route, usual) for route in routes]
    # No part can be shorter than the longest route, and one pair alone takes them all.
    low, high = max(costs), sum(costs)
    for _ in range(_NARROWINGS):
        middle = (low + high) / 2
        if len(_ends(costs, middle, pairs)) <= pairs:
            high = middle
        else:
            low = middle
    ends = (0, *_ends(costs, high, pairs))
    return tuple(tuple(routes[first:last]) for first, last in pairwise(ends))


def _ends(costs: Sequence[float], most: float, pairs: int) -> list[int]:
    """Where each part ends of which none takes more than `most`; at least `pairs` of them."""
    ends: list[int] = []
    spent = 0.0
    for place, cost in enumerate(costs):
        # What follows must have a route for each pair that has none.
        last_chance = len(costs) - place <= pairs - len(ends) - 1
        if place and (spent + cost > most or (last_chance and spent)):
            ends.append(place)
            spent = 0.0
        spent += cost
    return [*ends, len(costs)]
