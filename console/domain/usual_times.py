"""What the routes of a submission usually take: median and spread of earlier drives of them. Pure.

Only drives of the same routes count: same version, image of the private contents and file. Of a
route that nobody has recorded nothing is known, and the Leaderboard's own time limits are no guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from console.domain.drive_times import DriveTimes

FEW = 4
"""Drives of which the quartiles say nothing yet: their extremes count, and a quarter more."""
MANY = 20
"""Drives of which the longest is one that hardly any goes beyond; of fewer, a quarter more is."""
SLOW_FROM = 5
"""Drives before which none is called slow."""
_WIDER = 0.25
_NEARLY_ALL = 0.95
_MUCH_LONGER = 1.25


class Usual(msgspec.Struct, frozen=True, gc=False):
    """Seconds of one kind of thing that was timed before."""

    low: float
    median: float
    high: float
    """Half of those before lay between these two."""
    longest: float
    count: int
    slow: float | None = None
    """What takes longer has taken longer than 19 of 20, and a quarter longer than the median; None
    where too few are known."""

    def scaled(self, factor: float) -> Usual:
        """The same of one that is that much slower."""
        slow = None if self.slow is None else self.slow * factor
        low, median, high = self.low * factor, self.median * factor, self.high * factor
        return Usual(low, median, high, self.longest * factor, self.count, slow)


class UsualTimes(msgspec.Struct, frozen=True, gc=False):
    """Of the routes that one submission drives."""

    routes: Mapping[str, Usual] = {}
    boot: Usual | None = None
    submissions: int = 0
    """How many told them."""


NOTHING_RECORDED = UsualTimes()


def usual(seconds: Iterable[float]) -> Usual | None:
    """None of nothing."""
    told = sorted(seconds)
    if not told:
        return None
    median, longest = quantile(told, 0.5), told[-1] * (1 if len(told) >= MANY else 1 + _WIDER)
    slow = None
    if len(told) >= SLOW_FROM:
        slow = max(quantile(told, _NEARLY_ALL), median * _MUCH_LONGER)
    if len(told) < FEW:
        return Usual(told[0] * (1 - _WIDER), median, longest, longest, len(told), slow)
    return Usual(quantile(told, 0.25), median, quantile(told, 0.75), longest, len(told), slow)


def quantile(ordered: Sequence[float], part: float) -> float:
    """Between the two values that are nearest to it."""
    place = (len(ordered) - 1) * part
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def usual_times(told: Iterable[DriveTimes]) -> UsualTimes:
    """Of submissions that drove the same routes."""
    every = tuple(told)
    routes: dict[str, list[float]] = {}
    for each in every:
        for route, seconds in each.drives:
            routes.setdefault(route, []).append(seconds)
    known = {route: found for route, own in routes.items() if (found := usual(own)) is not None}
    return UsualTimes(known, usual(boot for each in every for boot in each.boots), len(every))
