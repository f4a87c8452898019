"""When an attempt was, of a pair and of each half, and what was said or written in it. Pure.

By times of the node's clock, which supervisors tell in whole seconds, cut. What carries no time may
belong to any attempt.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from console.diagnosis.scene import SeenLine, half_of
from console.domain.pod_times import Run
from console.domain.progress import EndedAttempt
from console.domain.spans import shifted

_SLACK = timedelta(seconds=2)
"""A kubelet's and a supervisor's times are cut to whole seconds."""
_SECOND = timedelta(seconds=1)
_AFTERWARDS = timedelta(seconds=30)
"""A kubelet tells of a death some seconds later."""


def span_of(
    ends: tuple[EndedAttempt, ...], attempt: int | None
) -> tuple[datetime | None, datetime | None]:
    """From the end of the one before to a moment after its own; None where that is not known."""
    since, until = _bounds(ends, attempt)
    return since, shifted(until, _AFTERWARDS) if until else None


def _bounds(
    ends: tuple[EndedAttempt, ...], attempt: int | None
) -> tuple[datetime | None, datetime | None]:
    """The end of the one before that told one, and its own."""
    if attempt is None:
        return None, None
    before = [each.at for each in ends if each.attempt < attempt and each.at]
    own = [each.at for each in ends if each.attempt == attempt and each.at]
    return max(before, default=None), max(own, default=None)


class HalfSpan(msgspec.Struct, frozen=True, gc=False):
    """After the end of a half's attempt before, to its own end; None where that is not known."""

    since: datetime | None
    until: datetime | None

    def holds(self, began: datetime) -> bool:
        """Whether a run that began then is of the attempt. Ends are told in whole seconds, cut."""
        after = self.since is None or began > self.since
        return after and (self.until is None or began < shifted(self.until, _SECOND))


def half_span(ends: tuple[EndedAttempt, ...], half: str, attempt: int | None) -> HalfSpan:
    """Of one half; where it told no end of its own, that of its pair counts."""
    own = tuple(each for each in ends if each.half == half)
    spans = [_bounds(each, attempt) for each in (own, ends)]
    return HalfSpan(*(one or other for one, other in zip(*spans, strict=True)))


def was_said_in(line: SeenLine, ends: tuple[EndedAttempt, ...], attempt: int | None) -> bool:
    """Whether a line is of that attempt, by the ends of its own half."""
    if line.at is None:
        return True
    span = half_span(ends, half_of(line.container), attempt)
    until = shifted(span.until, _AFTERWARDS) if span.until else None
    return (span.since is None or line.at >= span.since) and (until is None or line.at <= until)


def ending_within(
    ends: Iterable[EndedAttempt], half: str, run: Run, attempt: int | None = None
) -> EndedAttempt | None:
    """What the half's supervisor wrote in that run; `attempt`: its number, where that is known.

    It cannot have written before the run began: that was the one before, of some seconds ago. Of
    the very second, for one may begin in the second in which the other ended, it is the run's own
    if it is of its attempt, or of one of which nobody knows.
    """
    last = shifted(run.finished_at, _SLACK) if run.finished_at else None
    for each in ends:
        if each.half == half and each.at is not None and (last is None or each.at <= last):
            same = attempt is None or each.attempt == attempt
            if each.at > run.started_at or (each.at == run.started_at and same):
                return each
    return None
