"""A container's log as it was at a time: the same view, ended there. Never reads all of it.

A line without a time of its own, as a gap, has that of the next line that has one; at the end of
the log, that of the one before.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from msgspec.structs import replace

from console.domain.events import LastLine
from console.domain.spans import FIRST
from console.operations.ports.recorder import LogLine, LogView
from console.operations.recording.tail import LOOKED_THROUGH, last_words, moment_of

NEVER = datetime.max.replace(tzinfo=UTC)
NEIGHBOURS = 64
"""Lines among which one has a time."""
_NEAR = 16
"""Lines that one look ahead reads."""


class CutLog:
    """See `LogView`. `present()` is the time at which it ends; it may go back.

    At `end`, that of the recording, it is whole, whatever a clock that jumped has said in between.
    """

    def __init__(
        self, whole: LogView, present: Callable[[], datetime], end: datetime = NEVER
    ) -> None:
        self._whole, self._present, self._end = whole, present, end
        self._known: tuple[datetime | None, int] = (None, 0)
        """The last time that was asked for, and the lines until then."""
        self._total = 0
        """Lines of the whole log when the end of what was known of it was reached last."""
        self._turn = threading.Lock()

    def line_count(self) -> int:
        """Lines that were there at the present."""
        at = self._present()
        with self._turn:
            before, count = self._known
            if count == self._total or at >= self._end:
                self._total = self._whole.line_count()
            if at >= self._end:
                count = self._total
            elif before is None:
                count = self._first_after(at, 0, self._total)
            elif at > before:
                count = self._forward(at, count)
            elif at < before:
                count = self._first_after(at, 0, count)
            self._known = (at, count)
            return count

    def lines(self, start: int, stop: int) -> list[LogLine]:
        """Lines start..stop-1, fewer at the end."""
        return self._whole.lines(start, min(stop, self.line_count()))

    def counting(self) -> Iterator[int]:
        """The whole log has to be counted before it is known where this one ends."""
        for _ in self._whole.counting():
            yield 0
        yield self.line_count()

    def newest(self, wanted: int) -> list[LogLine]:
        """None while they are not counted: the end of the whole log is of another time."""
        count = self._known[1]
        return self._whole.lines(max(count - wanted, 0), count) if count else []

    def search(self, pattern: str, *, ignore_case: bool = True) -> Iterator[list[int]]:
        """Of the lines that were there when the search began. Raises re.error."""
        count = self.line_count()
        for some in self._whole.search(pattern, ignore_case=ignore_case):
            yield some[: bisect_left(some, count)]
            if some and some[-1] >= count:
                return

    def _forward(self, at: datetime, start: int) -> int:
        """From a line that was there: most often the end is near, and one reading finds it."""
        total = self._total
        near = self._whole.lines(start, min(start + _NEAR, total))
        later = _later(near, at)
        if later is not None:
            return start + later
        low, step = start, NEIGHBOURS
        while low + step < total and self._there(low + step, at):
            low, step = low + step, 2 * step
        return self._first_after(at, low, min(low + step, total))

    def _first_after(self, at: datetime, low: int, high: int) -> int:
        """The first line of low..high-1 that is later, else high."""
        while low < high:
            middle = (low + high) // 2
            if self._there(middle, at):
                low = middle + 1
            else:
                high = middle
        return low

    def _there(self, line: int, at: datetime) -> bool:
        """Whether it was written by then; what tells no time is not kept back."""
        said = _time(self._whole.lines(line, line + 1))
        if said is None:
            said = _time(self._whole.lines(line + 1, min(line + NEIGHBOURS, self._total)))
        if said is None:
            said = _time(self._whole.lines(max(line - NEIGHBOURS, 0), line)[::-1])
        return said is None or said <= at


def _later(lines: list[LogLine], at: datetime) -> int | None:
    """The place of the first that is later, and of those before it that come with it."""
    place = 0
    for number, line in enumerate(lines, start=1):
        said = moment_of(line.at)
        if said is None:
            continue
        if said > at:
            return place
        place = number
    return None


def _time(lines: list[LogLine]) -> datetime | None:
    return next((at for line in lines if (at := moment_of(line.at)) is not None), None)


class NewestLine:
    """The last words of a container at a time, for its board."""

    def __init__(self, container: str, whole: LogView, end: datetime = NEVER) -> None:
        self.line: LastLine | None = None
        self._container, self._at = container, FIRST
        self._log, self._count = CutLog(whole, lambda: self._at, end), 0

    def read(self, at: datetime) -> bool:
        """As of then; whether it is another line than before."""
        self._at = at
        count = self._log.line_count()
        if count == self._count:
            return False
        before, self._count = self.line, count
        newest = self._log.lines(max(count - LOOKED_THROUGH, 0), count)
        found = last_words(self._container, newest, self._at)
        # Known since it was said: what is shown does not change with the time of the look.
        said = found.said_at if found is not None else None
        self.line = replace(found, at=said) if found is not None and said is not None else found
        return self.line != before
