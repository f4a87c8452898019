"""Times that never go back, of things whose order is known though a clock may have jumped. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime


def never_back(times: Sequence[datetime | None]) -> list[datetime | None]:
    """A time for each, in the order that they have; None only where none has any.

    Most times fit into one order: they stay. What a clock said that was wrong for a while, and what
    has no time, takes that of the one before it; at the beginning, of the first that stays.
    """
    kept = set(_longest_order(times))
    current = next((times[place] for place in sorted(kept)), None)
    told: list[datetime | None] = []
    for place, time in enumerate(times):
        if place in kept:
            current = time
        told.append(current)
    return told


def _longest_order(times: Sequence[datetime | None]) -> list[int]:
    """Places of the longest run of times, gaps allowed, in which none is before the last."""
    ends: list[datetime] = []
    """The earliest time with which an order of that length can end."""
    places: list[int] = []
    before: dict[int, int | None] = {}
    for place, time in enumerate(times):
        if time is None:
            continue
        length = bisect_right(ends, time)
        before[place] = places[length - 1] if length else None
        ends[length:] = [time, *ends[length + 1 :]] if length < len(ends) else [time]
        places[length:] = [place, *places[length + 1 :]] if length < len(places) else [place]
    found: list[int] = []
    last = places[-1] if places else None
    while last is not None:
        found.append(last)
        last = before[last]
    return found[::-1]
