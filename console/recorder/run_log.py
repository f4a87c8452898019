"""One run's file as numbered lines while it grows. Thread-safe; memory does not grow with the text.

The index holds one number for a block of log: how many lines came before. A line is found by
bisection and one read; nothing is decoded but what is asked for. A compressed log tells the index.
"""

from __future__ import annotations

import bisect
import contextlib
import itertools
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from console.recorder import finding, log_source
from console.recorder.log_source import LogSource

if TYPE_CHECKING:
    from console.recorder.sought import Sought

_COUNTED_AT_ONCE = 4 * 1024 * 1024
_SLICE = 128 * 1024
"""Bytes that are searched at once: for so long, a fifth of a millisecond, no other thread runs."""


class RunLog:
    """One spool file as numbered lines. A line counts once its newline is on disk."""

    def __init__(self, path: Path, run: int, pod: str = "") -> None:
        """`path`: of the file that grows; it may be compressed by now, or become so."""
        self.path, self.run, self.pod = path, run, pod
        self._turn = threading.Lock()
        self._open()

    def _open(self) -> None:
        self._source = log_source.opened(self.path)
        self._block = self._source.block
        *full, last = [0, *itertools.accumulate(self._source.newlines())]
        self._before = full or [0]
        """Lines before block i; the last block is still open."""
        self._tail_lines = last - self._before[-1]
        self._indexed = self._source.size() if full else 0
        """Bytes counted: up to and with a newline, for a torn line behind it may be cut off."""

    def counting(self) -> Iterator[int]:
        """What `count` does, some megabytes at a time: lines so far."""
        while True:
            so_far, whole = self._count(_COUNTED_AT_ONCE)
            yield so_far
            if whole:
                return

    def count(self) -> int:
        """Lines on disk now. The first time it reads all of them: a second for a gigabyte."""
        return self._count(None)[0]

    def _count(self, most: int | None) -> tuple[int, bool]:
        """Lines, after at the most so many bytes more; whether these are all."""
        with self._turn:
            return self._counted(most)

    def _counted(self, most: int | None) -> tuple[int, bool]:
        if self._source.replaced():
            # Removed as a whole it stays readable here for as long as somebody looks at it.
            with contextlib.suppress(FileNotFoundError):
                self._open()
        size = self._source.size()
        # A writer cuts a torn line when it takes over; what was counted beyond is no longer there.
        if size < self._indexed:
            self._before, self._tail_lines, self._indexed = [0], 0, 0
        if size > self._indexed:
            end = _end_of_lines(self._source, size, self._indexed)
            self._count_to(end if most is None else min(end, self._indexed + most))
            size = end
        return self._before[-1] + self._tail_lines, self._indexed >= size

    def _count_to(self, end: int) -> None:
        while self._indexed < end:
            room = self._block - self._indexed % self._block
            piece = self._source.read(min(room, end - self._indexed), self._indexed)
            self._tail_lines += piece.count(b"\n")
            self._indexed += len(piece)
            if self._indexed % self._block == 0:
                self._before.append(self._before[-1] + self._tail_lines)
                self._tail_lines = 0

    def lines(self, start: int, stop: int) -> list[bytes]:
        """Lines start..stop-1 without their newlines."""
        with self._turn:
            count, _ = self._counted(None)
            stop = min(stop, count)
            if start >= stop:
                return []
            source, block, offset = self._source, self._block, self._offset(start)
        found: list[bytes] = []
        rest = b""
        while len(found) < stop - start:
            piece = source.read(block, offset)
            if not piece:
                break
            offset += len(piece)
            *whole, rest = (rest + piece).split(b"\n")
            found += whole
        return found[: stop - start]

    def newest(self, wanted: int) -> list[bytes]:
        """The last lines, at the most so many; reads no more than those, and counts nothing."""
        source, block = self._source, self._source.block
        start, pieces, newlines = _end_of_lines(source, source.size(), 0), [], 0
        while start > 0 and newlines <= wanted:
            begin = max(start - block, 0)
            pieces.append(source.read(start - begin, begin))
            newlines += pieces[-1].count(b"\n")
            start = begin
        found = b"".join(reversed(pieces)).split(b"\n")[:-1]
        return found[max(len(found) - wanted, 0) :]

    def _offset(self, line: int) -> int:
        """Where that line begins; it is counted."""
        if line == 0:
            return 0
        block = bisect.bisect_left(self._before, line) - 1
        offset = block * self._block
        piece = self._source.read(self._block, offset)
        rest = piece.split(b"\n", line - self._before[block])[-1]
        return offset + len(piece) - len(rest)

    def search(self, sought: Sought) -> Iterator[list[int]]:
        """Numbers of the lines whose text matches, in order: a list for each slice of the file."""
        self.count()
        with self._turn:
            source, block, end, before = self._source, self._block, self._indexed, self._before
        step, number, rest = max(_SLICE // block, 1) * block, 0, b""
        for offset in range(0, end, step):
            piece = rest + source.read(min(step, end - offset), offset)
            cut = piece.rfind(b"\n") + 1
            yield finding.hits(sought, piece[:cut], number)
            rest = piece[cut:]
            if offset + step < end:
                # What is left is of the line that goes on in the next block: as many are before it.
                number = before[(offset + step) // block]


def _end_of_lines(source: LogSource, size: int, least: int) -> int:
    """Where the last whole line ends, `least` where none ends behind it."""
    end = size
    while end > least:
        start = max(end - source.block, least)
        newest = source.read(end - start, start).rfind(b"\n")
        if newest >= 0:
            return start + newest + 1
        end = start
    return least
