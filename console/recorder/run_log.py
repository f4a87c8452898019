"""One run's file as numbered lines while it grows. Thread-safe; memory does not grow with the text.

The index holds one number for 64 KiB of log: how many lines came before. A line is found by
bisection and one read; nothing is decoded but what is asked for.
"""

from __future__ import annotations

import bisect
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from console.recorder import finding
from console.recorder.sought import Sought

BLOCK = 64 * 1024
_COUNTED_AT_ONCE = 64 * BLOCK
_SLICE = 2
"""Blocks that are searched at once: for so long, a fifth of a millisecond, no other thread runs."""


class RunLog:
    """One spool file as numbered lines. A line counts once its newline is on disk."""

    def __init__(self, path: Path, run: int, pod: str = "") -> None:
        self.path, self.run, self.pod = path, run, pod
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._before = [0]
        """Lines before block i; the last block is still open."""
        self._tail_lines = 0
        self._indexed = 0
        """Bytes counted: up to and with a newline, for a torn line behind it may be cut off."""
        self._turn = threading.Lock()

    def __del__(self) -> None:
        os.close(self._descriptor)

    def _size(self) -> int:
        return os.fstat(self._descriptor).st_size

    def _read(self, length: int, offset: int) -> bytes:
        return os.pread(self._descriptor, length, offset)

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
            size = self._size()
            # A writer cuts a torn line when it takes over; what was counted beyond is no longer
            # there.
            if size < self._indexed:
                self._before, self._tail_lines, self._indexed = [0], 0, 0
            if size > self._indexed:
                end = self._end_of_lines(size, self._indexed)
                self._count_to(end if most is None else min(end, self._indexed + most))
                size = end
            return self._before[-1] + self._tail_lines, self._indexed >= size

    def _end_of_lines(self, size: int, least: int = 0) -> int:
        """Where the last whole line ends, `least` where none ends behind it."""
        end = size
        while end > least:
            start = max(end - BLOCK, least)
            newest = self._read(end - start, start).rfind(b"\n")
            if newest >= 0:
                return start + newest + 1
            end = start
        return least

    def _count_to(self, end: int) -> None:
        while self._indexed < end:
            room = BLOCK - self._indexed % BLOCK
            piece = self._read(min(room, end - self._indexed), self._indexed)
            self._tail_lines += piece.count(b"\n")
            self._indexed += len(piece)
            if self._indexed % BLOCK == 0:
                self._before.append(self._before[-1] + self._tail_lines)
                self._tail_lines = 0

    def lines(self, start: int, stop: int) -> list[bytes]:
        """Lines start..stop-1 without their newlines."""
        stop = min(stop, self.count())
        if start >= stop:
            return []
        offset = self._offset(start)
        found: list[bytes] = []
        rest = b""
        while len(found) < stop - start:
            piece = self._read(BLOCK, offset)
            if not piece:
                break
            offset += len(piece)
            *whole, rest = (rest + piece).split(b"\n")
            found += whole
        return found[: stop - start]

    def newest(self, wanted: int) -> list[bytes]:
        """The last lines, at the most so many; reads no more than those, and counts nothing."""
        end = self._end_of_lines(self._size())
        start, pieces, newlines = end, [], 0
        while start > 0 and newlines <= wanted:
            begin = max(start - BLOCK, 0)
            pieces.append(self._read(start - begin, begin))
            newlines += pieces[-1].count(b"\n")
            start = begin
        found = b"".join(reversed(pieces)).split(b"\n")[:-1]
        return found[max(len(found) - wanted, 0) :]

    def _offset(self, line: int) -> int:
        """Where that line begins."""
        if line == 0:
            return 0
        with self._turn:
            block = bisect.bisect_left(self._before, line) - 1
            skip = line - self._before[block]
        offset = block * BLOCK
        piece = self._read(BLOCK, offset)
        place = -1
        for _ in range(skip):
            place = piece.index(b"\n", place + 1)
        return offset + place + 1

    def search(self, sought: Sought) -> Iterator[list[int]]:
        """Numbers of the lines whose text matches, in order: a list for each slice of the file."""
        self.count()
        with self._turn:
            end, before = self._indexed, self._before
        number, rest = 0, b""
        for block in range(0, -(-end // BLOCK), _SLICE):
            offset = block * BLOCK
            piece = rest + self._read(min(_SLICE * BLOCK, end - offset), offset)
            cut = piece.rfind(b"\n") + 1
            yield finding.hits(sought, piece[:cut], number)
            rest = piece[cut:]
            if offset + _SLICE * BLOCK < end:
                # What is left is of the line that goes on in the next block: as many are before it.
                number = before[block + _SLICE]
