"""At what times the drives of a pod were at which stage, by the lines of their evaluator. Pure.

Collected as they are written: nobody reads a log of millions of lines again to know it. They are
the agent's word, as every line of its container; they split what was driven, and decide nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from console.domain.spans import shifted
from console.domain.ticks import Stage

MOST = 2_000
"""Marks of one container that are kept: more than any Leaderboard has. An agent may print any."""
REPORTED_EARLY = timedelta(seconds=2)
"""By so much a report of logcopy may be older than the line that it follows: it tells seconds."""


class StageMark(msgspec.Struct, frozen=True, gc=False):
    """A line that begins a stage of a drive, or after which no route runs."""

    at: datetime
    """When it was written, by its node's clock."""
    stage: Stage | None = None
    """None: no route runs any more."""
    exact: bool = True
    """It began then; else it was only found to be so, by a tick."""


Marks = tuple[StageMark, ...]
Stages = tuple[tuple[str, Marks], ...]
"""By container, the oldest first."""


class StageSpan(msgspec.Struct, frozen=True, gc=False):
    """From when to when a drive was got ready."""

    stage: Stage
    since: datetime
    until: datetime

    def within(self, since: datetime, until: datetime) -> float:
        """Seconds of it between these."""
        seconds = (min(self.until, until) - max(self.since, since)).total_seconds()
        return max(seconds, 0.0)


def with_marks(stages: Stages, container: str, told: Iterable[StageMark]) -> Stages:
    """With those that are new; a log is read again by whoever takes over."""
    known = dict(stages)
    before = known.get(container, ())
    news = [each for each in dict.fromkeys(told) if each not in before]
    if not news or len(before) >= MOST:
        return stages
    known[container] = tuple(sorted((*before, *news), key=lambda each: each.at)[:MOST])
    return tuple(known.items())


def both(present: Stages, recorded: Stages) -> Stages:
    """What two have heard of the same containers."""
    for container, marks in present:
        recorded = with_marks(recorded, container, marks)
    return recorded


def spans(
    marks: Iterable[StageMark], finishes: Iterable[datetime], until: datetime
) -> tuple[StageSpan, ...] | None:
    """How long the drives of one run of an agent were got ready; None where something of it was
    not heard. `finishes`: when it was told that they were finished."""
    drive: list[StageMark] = []
    """What was heard of the one under way."""
    found, overs = [], []
    for mark in marks:
        if not _follows(drive, mark):
            return None
        if drive and mark.exact:
            found += _ready(drive[-1], mark.at)
            overs += [mark.at] if mark.stage is None else []
        if mark.exact:
            drive = [] if mark.stage is None else [*drive, mark]
    found += _ready(drive[-1], until) if drive else []
    heard = bool(drive or overs) and _all_heard(overs, finishes)
    return tuple(found) if heard else None


def _follows(known: list[StageMark], mark: StageMark) -> bool:
    """Each stage comes once a drive, and it runs after all others."""
    if mark.stage is None:
        return True
    runs = bool(known) and known[-1].stage is Stage.RUNNING
    if not mark.exact:
        return runs
    return not runs and mark.stage not in [each.stage for each in known]


def _ready(mark: StageMark, until: datetime) -> list[StageSpan]:
    """What that mark begins, unless the route runs then."""
    if mark.stage is None or mark.stage is Stage.RUNNING:
        return []
    return [StageSpan(mark.stage, mark.at, until)]


def _all_heard(overs: list[datetime], finishes: Iterable[datetime]) -> bool:
    """Of each drive that is told to be finished its end was heard before."""
    told = sorted(shifted(at, REPORTED_EARLY) for at in finishes)
    return all(bisect_right(overs, at) > place for place, at in enumerate(told))
