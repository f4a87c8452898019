"""What of a submission's failures is looked at: which pair, piece of time and moment. Pure.

A key gives another selection; what is shown follows from it. Without a moment of its own it is at
the end of all that is known, and goes along with it.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec.structs import replace

from console.diagnosis.timeline import Death, DeathRole, PairTimeline
from console.domain.spans import shifted
from console.presentation.time_window import (
    StopKind,
    TimeWindow,
    beside,
    showing,
    stops,
    whole,
    zoomed,
)

Timelines = tuple[PairTimeline, ...]
_ECHOES = (DeathRole.INDUCED, DeathRole.STOPPED)


class InspectedMoment(msgspec.Struct, frozen=True):
    """What is selected."""

    pair: int
    every: bool = False
    """All pairs are drawn."""
    at: datetime | None = None
    """None: the end."""
    window: TimeWindow | None = None
    """None: all of the time."""

    def of(self, timelines: Timelines) -> Timelines:
        """Those that are drawn."""
        return timelines if self.every else (self.chosen(timelines),)

    def chosen(self, timelines: Timelines) -> PairTimeline:
        """The pair's."""
        return next((each for each in timelines if each.number == self.pair), timelines[0])

    def time(self, timelines: Timelines) -> datetime:
        """The moment itself."""
        return self.at or self.chosen(timelines).until

    def seen(self, timelines: Timelines) -> TimeWindow:
        """The piece of time that is drawn."""
        every = whole(timelines)
        return showing(self.window, every, self.time(timelines)) if self.window else every

    def deaths(self, timelines: Timelines) -> tuple[Death, ...]:
        """Of the pair, at that very moment."""
        at = self.time(timelines)
        return tuple(each for each in self.chosen(timelines).deaths if each.at == at)

    def attempt(self, timelines: Timelines) -> int | None:
        """The attempt of the pair that the moment is in, or ends."""
        if deaths := self.deaths(timelines):
            return deaths[0].ending.attempt
        at = self.time(timelines)
        spans = [lane.at(at) for lane in self.chosen(timelines).lanes]
        return next((each.attempt for each in spans if each and each.attempt), None)


def first_look(timelines: Timelines, pair: int = 0) -> InspectedMoment:
    """At the last death that was no echo: of that pair, or, for 0, of the one with most of them."""
    failed = [each for each in timelines if _own_deaths(each)]
    worst = max(failed, key=lambda each: (len(_own_deaths(each)), -each.number), default=None)
    number = pair or (worst or timelines[0]).number
    return on_pair(InspectedMoment(number), timelines, number)


def on_pair(moment: InspectedMoment, timelines: Timelines, number: int) -> InspectedMoment:
    """Another pair, at its last death; all of the time, if that was looked at."""
    chosen = replace(moment, pair=number)
    own = _own_deaths(chosen.chosen(timelines))
    return replace(chosen, at=own[-1].at if own else None)


def next_pair(moment: InspectedMoment, timelines: Timelines, step: int) -> InspectedMoment:
    """Around the ends."""
    numbers = [each.number for each in timelines]
    here = numbers.index(moment.pair) if moment.pair in numbers else 0
    return on_pair(moment, timelines, numbers[(here + step) % len(numbers)])


def moved(
    moment: InspectedMoment, timelines: Timelines, columns: int, width: int
) -> InspectedMoment:
    """So many columns on; what leaves the window is followed by it."""
    every, window = whole(timelines), moment.seen(timelines)
    at = shifted(moment.time(timelines), columns * window.seconds / max(width, 1))
    return placed(moment, timelines, min(max(at, every.since), moment.chosen(timelines).until))


def placed(moment: InspectedMoment, timelines: Timelines, at: datetime) -> InspectedMoment:
    """At that time."""
    every, window = whole(timelines), moment.seen(timelines)
    window = showing(window, every, at)
    return replace(moment, at=at, window=None if window == every else window)


def closer(moment: InspectedMoment, timelines: Timelines, *, closer: bool) -> InspectedMoment:
    """Zoomed in or out around the moment."""
    every = whole(timelines)
    window = zoomed(moment.seen(timelines), every, moment.time(timelines), closer=closer)
    return replace(moment, window=None if window == every else window)


def stepped(
    moment: InspectedMoment, timelines: Timelines, kind: StopKind, *, forward: bool
) -> InspectedMoment | None:
    """To the next of that kind or the one before; None where there is none.

    Where all pairs are drawn it goes to whichever pair has it.
    """
    times = stops(moment.of(timelines), kind)
    at = beside(times, moment.time(timelines), forward=forward)
    if at is None:
        return None
    if moment.every and kind is StopKind.DEATH:
        hit = next(each for each in timelines if any(death.at == at for death in each.deaths))
        moment = replace(moment, pair=hit.number)
    return placed(moment, timelines, at)


def _own_deaths(timeline: PairTimeline) -> list[Death]:
    """Those that died first; where none is known to have, all that were no echo."""
    first = [each for each in timeline.deaths if each.role is DeathRole.FIRST]
    return first or [each for each in timeline.deaths if each.role not in _ECHOES]
