"""Which piece of a timeline is looked at, and where one goes in it. Pure, and knows no drawing."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

import msgspec

from console.diagnosis.lanes import SpanKind
from console.diagnosis.timeline import PairTimeline
from console.domain.spans import shifted

SHORTEST = 5.0
"""Seconds that fill the screen at the least."""
_FACTOR = 2.0


class TimeWindow(msgspec.Struct, frozen=True, gc=False):
    """From `since` to before `until`; never without a length."""

    since: datetime
    until: datetime

    @property
    def seconds(self) -> float:
        return max((self.until - self.since).total_seconds(), 0.001)

    def column(self, at: datetime, width: int) -> int | None:
        """Where it stands in so many columns; None outside. The very end is in the last one."""
        place = (at - self.since).total_seconds() / self.seconds * width
        if not 0 <= place <= width:
            return None
        return min(int(place + 1e-9), width - 1)

    def time(self, column: float, width: int) -> datetime:
        """When that column begins."""
        return shifted(self.since, self.seconds * column / width)


class StopKind(StrEnum):
    """What one goes to, from one to the next."""

    DEATH = "death"
    ATTEMPT = "attempt"
    ROUTE = "route"
    EVENT = "event"


def whole(timelines: tuple[PairTimeline, ...]) -> TimeWindow:
    """All of them; they share their reach, and what has just begun gets a little more."""
    first = timelines[0]
    least = shifted(first.since, SHORTEST)
    return TimeWindow(first.since, max(first.until, least))


def zoomed(window: TimeWindow, every: TimeWindow, at: datetime, *, closer: bool) -> TimeWindow:
    """Half as long or twice, with that time where it was; never more than there is."""
    seconds = window.seconds / _FACTOR if closer else window.seconds * _FACTOR
    seconds = min(max(seconds, SHORTEST), every.seconds)
    share = min(max((at - window.since).total_seconds() / window.seconds, 0.0), 1.0)
    return _within(every, shifted(at, -seconds * share), seconds)


def showing(window: TimeWindow, every: TimeWindow, at: datetime) -> TimeWindow:
    """The same where it shows that time; else moved, with the time in its middle."""
    if window.since <= at <= window.until:
        return _within(every, window.since, window.seconds)
    return _within(every, shifted(at, -window.seconds / 2), window.seconds)


def _within(every: TimeWindow, since: datetime, seconds: float) -> TimeWindow:
    seconds = min(seconds, every.seconds)
    latest = shifted(every.until, -seconds)
    begin = max(min(since, latest), every.since)
    return TimeWindow(begin, shifted(begin, seconds))


def stops(timelines: tuple[PairTimeline, ...], kind: StopKind) -> list[datetime]:
    """The times of that kind, each once, the earliest first."""
    return sorted({at for each in timelines for at in _stops(each, kind)})


def _stops(of: PairTimeline, kind: StopKind) -> Iterator[datetime]:
    match kind:
        case StopKind.DEATH:
            yield from (each.at for each in of.deaths)
        case StopKind.EVENT:
            yield from (each.at for each in of.marks)
        case StopKind.ROUTE:
            yield from (
                s.since for lane in of.lanes for s in lane.spans if s.kind is SpanKind.ROUTE
            )
        case StopKind.ATTEMPT:
            begun: set[int] = set()
            for span in of.lanes[1].spans:
                if span.attempt is not None and span.attempt not in begun:
                    begun.add(span.attempt)
                    yield span.since


def beside(times: list[datetime], at: datetime, *, forward: bool) -> datetime | None:
    """The next one or the one before; None where there is none."""
    if forward:
        place = bisect_right(times, at)
        return times[place] if place < len(times) else None
    place = bisect_left(times, at)
    return times[place - 1] if place else None
