"""Several logs as one, in the order of time: a `LogView` that is entered at any line. Thread-safe.

Nothing is sorted as a whole. The noted times of all logs cut the merged one into segments of a few
hundred lines; which segment a line is in is found by bisection, and that one is read and sorted.
Lines of one time stay in the order of the logs. A line that comes late takes its place in time.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from console.operations.ports.recorder import LogLine, LogView
from console.operations.recording.log_times import first_at, sortable
from console.operations.recording.merged_order import in_order
from console.operations.recording.timed_log import CHUNK, TimedLog

_SEGMENTS_KEPT = 6

_Cut = tuple[str, int, int]
"""A noted time, which log it is of, and the number of that line there."""
_Places = tuple[int, ...]
"""How many lines of each log are before a cut."""
_Placed = tuple[str, int, int, LogLine]
"""Time, log, number in that log, line: in this order lines are merged."""


class MergedLog:
    """See `LogView`. Each line names its container."""

    def __init__(self, logs: Mapping[str, LogView], chunk: int = CHUNK) -> None:
        self._logs = tuple(TimedLog(name, view, chunk) for name, view in logs.items())
        self._chunk = chunk
        self._turn = threading.RLock()
        self._cuts: list[_Cut] = []
        self._segments: dict[tuple[_Places, _Places], list[_Placed]] = {}

    @property
    def containers(self) -> tuple[str, ...]:
        """Whose logs they are."""
        return tuple(log.container for log in self._logs)

    def view_of(self, container: str) -> LogView:
        """That container's log alone."""
        return next(log.view for log in self._logs if log.container == container)

    # --- counting

    def counting(self) -> Iterator[int]:
        """Lines so far, of log after log; then their times are noted."""
        before = 0
        for log in self._logs:
            so_far = 0
            for so_far in log.view.counting():
                yield before + so_far
            before += so_far
        for log in self._logs:
            growing = log.grow()
            while self._step(growing):
                yield before
        self.line_count()

    def _step(self, growing: Iterator[int]) -> bool:
        with self._turn:
            return next(growing, None) is not None

    def line_count(self) -> int:
        """Lines of all logs."""
        with self._turn:
            for log in self._logs:
                for _ in log.grow():
                    pass
            if len(self._cuts) != sum(len(log.marks) for log in self._logs):
                self._cuts = sorted(
                    (time, place, number * self._chunk)
                    for place, log in enumerate(self._logs)
                    for number, time in enumerate(log.marks)
                )
            return sum(log.count for log in self._logs)

    # --- lines

    def lines(self, start: int, stop: int) -> list[LogLine]:
        """Lines start..stop-1, fewer at the end."""
        found: list[LogLine] = []
        with self._turn:
            index = self._segment_of(start)
            while len(found) < stop - start and index < len(self._cuts):
                first, placed = self._segment(index)
                skip = max(start - first, 0)
                wanted = placed[skip : skip + stop - start - len(found)]
                found += [self._named(each) for each in wanted]
                index += 1
        return found

    def newest(self, wanted: int) -> list[LogLine]:
        """The last lines, at the most so many: without counting, and without noted times."""
        ends = (
            [replace(line, container=log.container) for line in log.view.newest(wanted)]
            for log in self._logs
        )
        return list(deque(in_order(ends), maxlen=wanted))

    def from_time(self, at: str) -> int:
        """The first line that is not before that time; the last one when all are."""
        count = self.line_count()
        with self._turn:
            before = sum(log.before(sortable(at), after=False) for log in self._logs)
        return min(before, max(count - 1, 0))

    def place_of(self, container: str, number: int) -> int:
        """Which line here is that line of that container's log."""
        self.line_count()
        place = self.containers.index(container)
        with self._turn:
            for index in self._segments_with(place, number // self._chunk):
                first, placed = self._segment(index)
                for here, each in enumerate(placed):
                    if each[1:3] == (place, number):
                        return first + here
        return 0

    def _named(self, placed: _Placed) -> LogLine:
        return replace(placed[3], container=self._logs[placed[1]].container)

    # --- segments: between two cuts that follow each other

    def _segment_of(self, line: int) -> int:
        """The one that the line is in. First by what is known unread, then exactly."""
        last = bisect_right(self._cuts, line, key=lambda cut: self._bound(cut, 0))
        first = max(bisect_right(self._cuts, line, key=lambda cut: self._bound(cut, 1)) - 1, 0)
        exactly = bisect_right(
            self._cuts, line, lo=first, hi=last, key=lambda cut: sum(self._places(cut))
        )
        return max(exactly - 1, 0)

    def _bound(self, cut: _Cut, which: int) -> int:
        """At least (0) or at most (1) so many lines are before it."""
        time, own, number = cut
        return sum(
            number if place == own else log.bounds(time, after=place < own)[which]
            for place, log in enumerate(self._logs)
        )

    def _places(self, cut: _Cut) -> _Places:
        time, own, number = cut
        return tuple(
            number if place == own else log.before(time, after=place < own)
            for place, log in enumerate(self._logs)
        )

    def _segment(self, index: int) -> tuple[int, list[_Placed]]:
        """The number of its first line, and its lines in order."""
        begin = self._places(self._cuts[index])
        if index + 1 < len(self._cuts):
            end = self._places(self._cuts[index + 1])
        else:
            end = tuple(log.count for log in self._logs)
        placed = self._segments.pop((begin, end), None)
        if placed is None:
            placed = self._sorted(begin, end)
        self._segments[begin, end] = placed
        if len(self._segments) > _SEGMENTS_KEPT:
            del self._segments[next(iter(self._segments))]
        return sum(begin), placed

    def _sorted(self, begin: _Places, end: _Places) -> list[_Placed]:
        placed = [
            (time, place, number, line)
            for place, log in enumerate(self._logs)
            for time, number, line in log.between(begin[place], end[place])
        ]
        # No two have the same place: lines themselves are never compared.
        placed.sort()
        return placed

    # --- searching

    def search(self, pattern: str, *, ignore_case: bool = True) -> Iterator[list[int]]:
        """Raises re.error. All logs are searched, then the hits of each segment put in order."""
        hits = []
        for log in self._logs:
            own = bytearray(log.view.line_count())
            for some in log.view.search(pattern, ignore_case=ignore_case):
                for number in some:
                    own[number : number + 1] = b"\1"
                yield []
            hits.append(own)
        self.line_count()
        with self._turn:
            segments = self._segments_of(hits)
        for index in segments:
            with self._turn:
                yield self._hits_in(index, hits) if index < len(self._cuts) else []

    def _segments_of(self, hits: Sequence[bytearray]) -> list[int]:
        """Those in which one may be."""
        found: set[int] = set()
        for place, own in enumerate(hits):
            for chunk in range(len(self._logs[place].marks)):
                if 1 in own[chunk * self._chunk : (chunk + 1) * self._chunk]:
                    found.update(self._segments_with(place, chunk))
        return sorted(found)

    def _segments_with(self, place: int, chunk: int) -> range:
        """Those in which lines of that log's chunk are."""
        marks = self._logs[place].marks
        first = bisect_left(self._cuts, (marks[chunk], place, chunk * self._chunk))
        if chunk + 1 == len(marks):
            return range(first, len(self._cuts))
        return range(
            first, bisect_left(self._cuts, (marks[chunk + 1], place, (chunk + 1) * self._chunk))
        )

    def _hits_in(self, index: int, hits: Sequence[bytearray]) -> list[int]:
        """A line that came since is none."""
        first, placed = self._segment(index)
        return [
            first + here
            for here, (_, place, number, _) in enumerate(placed)
            if number < len(hits[place]) and hits[place][number]
        ]


def from_time(view: LogView, count: int, at: str) -> int:
    """The first line of any log that is not before that time; the last one when all are."""
    return (
        view.from_time(at) if isinstance(view, MergedLog) else first_at(view, count, sortable(at))
    )
