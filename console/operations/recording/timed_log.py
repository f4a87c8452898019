"""One log of several that are merged: where in it a time is, by times noted here and there.

Of each `CHUNK` lines the first one's time is kept; a chunk is read as a whole, and a few are kept.
A line without a time has that of the line before, and no line is earlier than the one before it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from console.operations.ports.recorder import LogLine, LogView
from console.operations.recording.log_times import NEIGHBOURS, sortable

CHUNK = 512
"""Lines of which one time is kept, where they are read together: in half a millisecond."""
SPARSE = 64
"""The same where each line is read by itself."""
_KEPT = 4


class TimedLog:
    """Not thread-safe: whoever merges sees to that."""

    def __init__(self, container: str, view: LogView, chunk: int = CHUNK) -> None:
        self.container, self.view, self.chunk = container, view, chunk
        self.count = 0
        """Lines, as far as their times are known here."""
        self.marks: list[str] = []
        """The times of each chunk's first line, never back."""
        self._chunks: dict[int, _Chunk] = {}

    def grow(self) -> Iterator[int]:
        """Take in what is new, a chunk at a time: lines so far. It may have become shorter, too."""
        there = self.view.line_count()
        if there < self.count:
            self.count = there
            del self.marks[-(-there // self.chunk) :]
            self._chunks.clear()
        while self.count < there:
            if self.count % self.chunk == 0:
                self.marks.append(self._mark(self.count, there))
            self.count = min((self.count // self.chunk + 1) * self.chunk, there)
            yield self.count

    def _mark(self, line: int, there: int) -> str:
        before = self.marks[-1] if self.marks else ""
        times = _times(self.view.lines(line, line + 1))
        times = times or _times(self.view.lines(line, min(line + NEIGHBOURS, there)))
        return max(before, times[0]) if times else before

    def bounds(self, time: str, *, after: bool) -> tuple[int, int]:
        """Between what numbers of lines `before` is, without reading any."""
        chunks = (bisect_right if after else bisect_left)(self.marks, time)
        return max(chunks - 1, 0) * self.chunk, min(chunks * self.chunk, self.count)

    def before(self, time: str, *, after: bool) -> int:
        """How many lines are before that time; `after`: those of that very time, too."""
        bisect = bisect_right if after else bisect_left
        chunk = bisect(self.marks, time) - 1
        return 0 if chunk < 0 else chunk * self.chunk + bisect(self._chunk(chunk).times, time)

    def between(self, first: int, stop: int) -> Iterator[tuple[str, int, LogLine]]:
        """(time, number, line) of those lines."""
        while first < stop:
            chunk, place = divmod(first, self.chunk)
            read = self._chunk(chunk)
            end = min(stop - chunk * self.chunk, self.chunk)
            numbers = range(first, chunk * self.chunk + end)
            yield from zip(read.times[place:end], numbers, read.lines[place:end], strict=False)
            first = chunk * self.chunk + end

    def _chunk(self, number: int) -> _Chunk:
        """What was used last is thrown away last."""
        first = number * self.chunk
        chunk = self._chunks.pop(number, None) or _Chunk()
        missing = min(first + self.chunk, self.count) - first - len(chunk.lines)
        if missing > 0:
            begin = first + len(chunk.lines)
            read = self.view.lines(begin, begin + missing)
            chunk = _Chunk([*chunk.lines, *read], self.marks[number])
        self._chunks[number] = chunk
        if len(self._chunks) > _KEPT:
            del self._chunks[next(iter(self._chunks))]
        return chunk


class _Chunk:
    """Some lines with their times, none before `first`. That a clock leapt ahead hurts nobody: the
    next chunk's first time is what it is."""

    def __init__(self, lines: list[LogLine] | None = None, first: str = "") -> None:
        self.lines = lines or []
        self.times: list[str] = []
        now = first
        for line in self.lines:
            time = sortable(line.at) if line.at else ""
            if time > now:
                now = time
            self.times.append(now)


def _times(lines: list[LogLine]) -> list[str]:
    return [time for line in lines if (time := sortable(line.at))]
