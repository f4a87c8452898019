"""When an attempt was: from the end of the one before to its own, of a pair and of each half. Pure.

By times of the node's clock, which supervisors tell in whole seconds, cut. What carries no time may
belong to any attempt.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from console.diagnosis.scene import SeenLine, half_of
from console.domain.progress import EndedAttempt

_SECOND = timedelta(seconds=1)
_AFTERWARDS = timedelta(seconds=30)
"""A kubelet tells of a death some seconds later."""


def span_of(
    ends: tuple[EndedAttempt, ...], attempt: int | None
) -> tuple[datetime | None, datetime | None]:
    """From the end of the one before to a moment after its own; None where that is not known."""
    since, until = _bounds(ends, attempt)
    return since, until + _AFTERWARDS if until else None


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
        return after and (self.until is None or began < self.until + _SECOND)


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
    until = span.until + _AFTERWARDS if span.until else None
    return (span.since is None or line.at >= span.since) and (until is None or line.at <= until)
