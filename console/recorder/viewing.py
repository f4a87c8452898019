"""Reading spools line by line while they grow. Thread-safe; memory does not grow with the text.

The index holds one number for 64 KiB of log: how many lines came before. A line is found by
bisection and one read; nothing is decoded but what is asked for.
"""

from __future__ import annotations

import bisect
import os
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from console.domain.facts import attempt_of
from console.operations.ports.recorder import LogLine
from console.recorder.spooling import GAP

BLOCK = 64 * 1024
SEARCH_BLOCK = 1024 * 1024
LONGEST_SHOWN = 2 * 1024 * 1024
"""Bytes of one line that are decoded; spools hold no longer one."""


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

    def count(self) -> int:
        """Lines on disk now."""
        with self._turn:
            size = os.fstat(self._descriptor).st_size
            # A writer cuts a torn line when it takes over; what was counted beyond is no longer
            # there.
            if size < self._indexed:
                self._before, self._tail_lines, self._indexed = [0], 0, 0
            if size > self._indexed:
                self._count_to(self._end_of_lines(size))
            return self._before[-1] + self._tail_lines

    def _end_of_lines(self, size: int) -> int:
        """Where the last whole line ends; what is counted already at the least."""
        end = size
        while end > self._indexed:
            start = max(end - BLOCK, self._indexed)
            newest = os.pread(self._descriptor, end - start, start).rfind(b"\n")
            if newest >= 0:
                return start + newest + 1
            end = start
        return self._indexed

    def _count_to(self, end: int) -> None:
        while self._indexed < end:
            room = BLOCK - self._indexed % BLOCK
            piece = os.pread(self._descriptor, min(room, end - self._indexed), self._indexed)
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
            piece = os.pread(self._descriptor, BLOCK, offset)
            if not piece:
                break
            offset += len(piece)
            *whole, rest = (rest + piece).split(b"\n")
            found += whole
        return found[: stop - start]

    def _offset(self, line: int) -> int:
        """Where that line begins."""
        if line == 0:
            return 0
        with self._turn:
            block = bisect.bisect_left(self._before, line) - 1
            skip = line - self._before[block]
        offset = block * BLOCK
        piece = os.pread(self._descriptor, BLOCK, offset)
        place = -1
        for _ in range(skip):
            place = piece.index(b"\n", place + 1)
        return offset + place + 1

    def search(self, pattern: re.Pattern[bytes]) -> Iterator[int]:
        """Numbers of the lines whose text matches, in order."""
        self.count()
        with self._turn:
            end = self._indexed
        # The fast way searches across lines, timestamps included: an anchor would match before
        # those.
        anchored = b"^" in pattern.pattern or b"\\A" in pattern.pattern
        find = _each_line if anchored else _hits
        offset, number, rest = 0, 0, b""
        while offset < end:
            piece = rest + os.pread(self._descriptor, min(SEARCH_BLOCK, end - offset), offset)
            offset += len(piece) - len(rest)
            cut = piece.rfind(b"\n") + 1
            chunk, rest = piece[:cut], piece[cut:]
            yield from find(pattern, chunk, number)
            number += chunk.count(b"\n")


def _hits(pattern: re.Pattern[bytes], chunk: bytes, first: int) -> Iterator[int]:
    """Line numbers of matches; newlines are counted between hits only."""
    place, number = 0, first
    while (match := pattern.search(chunk, place)) is not None:
        at = match.start()
        number += chunk.count(b"\n", place, at)
        begin, end = chunk.rfind(b"\n", 0, at) + 1, chunk.find(b"\n", at)
        end = len(chunk) if end < 0 else end
        # The hit may lie in the timestamp, which is ours and not the container's words.
        if pattern.search(_text(chunk[begin:end])):
            yield number
        place, number = end + 1, number + 1
        if place >= len(chunk):
            return


def _each_line(pattern: re.Pattern[bytes], chunk: bytes, first: int) -> Iterator[int]:
    """The same where `^` must mean the text's beginning, not the timestamp's."""
    for number, line in enumerate(chunk.split(b"\n")[:-1], first):
        if pattern.search(_text(line)):
            yield number


def _text(line: bytes) -> bytes:
    """What comes after the timestamp."""
    return line.partition(b" ")[2]


class Stitched:
    """See `LogView`: all runs of a container in order, a gap line at each new run."""

    def __init__(self, runs: Callable[[], list[tuple[Path, int, str]]]) -> None:
        self._list_runs = runs
        self._runs: list[RunLog] = []
        self._turn = threading.Lock()

    def _present(self) -> list[RunLog]:
        """The files there are now. Once read, a run keeps its place."""
        with self._turn:
            # Runs are appended and never sorted again: line numbers that a screen holds stay right.
            known = {each.path for each in self._runs}
            for path, run, pod in self._list_runs():
                if path not in known:
                    self._runs.append(RunLog(path, run, pod))
            return list(self._runs)

    def _sections(self) -> Iterator[tuple[RunLog, int, int]]:
        """(run, line number of its first own line, its lines)."""
        number = 0
        for place, each in enumerate(self._present()):
            number += place > 0
            count = each.count()
            yield each, number, count
            number += count

    def line_count(self) -> int:
        """Lines of all runs and the gap lines between them."""
        return max((first + count for _, first, count in self._sections()), default=0)

    def lines(self, start: int, stop: int) -> list[LogLine]:
        """Lines start..stop-1, fewer at the end."""
        found: list[LogLine] = []
        pod = ""
        for each, first, count in self._sections():
            if start <= first - 1 < stop:
                found.append(LogLine("", _began(each, pod), True, each.run, each.pod))
            pod = each.pod
            if first < stop and start < first + count:
                own = each.lines(max(start - first, 0), stop - first)
                found += [_line(raw, each) for raw in own]
        return found

    def search(self, pattern: str, *, ignore_case: bool = True) -> Iterator[int]:
        """Raises re.error for a pattern that is no regular expression."""
        flags = re.MULTILINE | (re.IGNORECASE if ignore_case else 0)
        compiled = re.compile(pattern.encode(), flags)
        for each, first, _ in self._sections():
            for number in each.search(compiled):
                yield first + number


def _began(run: RunLog, pod_before: str) -> str:
    """What stands between two runs."""
    attempt = f"attempt {attempt_of(run.run)}"
    if run.pod != pod_before:
        return f"another pod{f' ({run.pod})' if run.pod else ''} took over ({attempt})"
    return f"the container started again ({attempt})"


def _line(raw: bytes, of: RunLog) -> LogLine:
    gap = raw.startswith(GAP)
    at, _, content = (raw[1:] if gap else raw)[:LONGEST_SHOWN].partition(b" ")
    text = content.decode(errors="replace")
    undecoded = content if "\ufffd" in text else b""
    return LogLine(at.decode("ascii", "replace"), text, gap, of.run, of.pod, undecoded)
