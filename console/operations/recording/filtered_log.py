"""A log's lines that have a pattern, or have it not, as a log of their own. Thread-safe.

Of each line one number is kept. What is between runs, and what is missing, is always shown: a line
must not seem to be of another attempt. Lines that are appended are looked at as they come.
"""

from __future__ import annotations

import re
import threading
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from itertools import compress, islice

from console.operations.ports.recorder import LogLine, LogView
from console.operations.recording.log_runs import runs_of

LOOKED_AT_ONCE = 5_000
"""New lines that are looked at in one go: the next ones are, the next time."""
NEAR_THE_END = (150, 1_000)
"""Lines in which the last ones are looked for while the log is not looked through yet: in more only
where the few hold too little, for of ten logs together each is looked at so between two keys."""
_TOGETHER = 100
"""Lines that are read and left out rather than to read the one behind them by itself."""
_PIECE = 50_000


class FilteredLog:
    """See `LogView`. Empty patterns are none; case is ignored."""

    def __init__(self, view: LogView, keep: str = "", drop: str = "") -> None:
        self.view = view
        self._keep, self._drop = keep, drop
        self._wanted = re.compile(keep, re.IGNORECASE) if keep else None
        self._unwanted = re.compile(drop, re.IGNORECASE) if drop else None
        self._turn = threading.Lock()
        self._numbers: array[int] | None = None
        """Of the lines that are shown; None while the log is not looked through."""
        self._looked = 0
        self._newest: tuple[list[LogLine], int, list[LogLine]] = ([], 0, [])
        """What was found near the end, of how many that were wanted, and the last line then."""

    def counting(self) -> Iterator[int]:
        """Lines that were found so far, while the log is looked through."""
        for _ in self.view.counting():
            yield 0
        count = self.view.line_count()
        chosen = bytearray(b"\0" if self._keep else b"\1") * count
        found = 0
        for pattern, mark in ((self._keep, b"\1"), (self._drop, b"\0")):
            for some in self.view.search(pattern) if pattern else ():
                for number in some:
                    chosen[number : number + 1] = mark
                found += len(some) if mark == b"\1" else 0
                yield found
        for run in runs_of(self.view)[1:]:
            chosen[run.first : run.first + 1] = b"\1"
        numbers = array("Q")
        for start in range(0, count, _PIECE):
            numbers.extend(compress(range(start, count), chosen[start : start + _PIECE]))
            yield len(numbers)
        with self._turn:
            self._numbers, self._looked = numbers, count

    def line_count(self) -> int:
        """Lines that are shown."""
        return len(self._known())

    def _known(self) -> array[int]:
        if self._numbers is None:
            for _ in self.counting():
                pass
        with self._turn:
            assert self._numbers is not None
            count = self.view.line_count()
            if count < self._looked:
                del self._numbers[bisect_left(self._numbers, count) :]
            elif count > self._looked:
                count = min(count, self._looked + LOOKED_AT_ONCE)
                new = self.view.lines(self._looked, count)
                self._numbers.extend(n for n, e in enumerate(new, self._looked) if self._fits(e))
            self._looked = count
            return self._numbers

    def _fits(self, line: LogLine) -> bool:
        if line.gap:
            return True
        if self._unwanted is not None and self._unwanted.search(line.text):
            return False
        return self._wanted is None or self._wanted.search(line.text) is not None

    def lines(self, start: int, stop: int) -> list[LogLine]:
        """Lines start..stop-1 of those that are shown."""
        wanted = self._known()[start:stop]
        found: list[LogLine] = []
        while len(found) < len(wanted):
            first = end = len(found)
            while end + 1 < len(wanted) and wanted[end + 1] - wanted[end] <= _TOGETHER:
                end += 1
            read = self.view.lines(wanted[first], wanted[end] + 1)
            found += [read[each - wanted[first]] for each in wanted[first : end + 1]]
        return found

    def newest(self, wanted: int) -> list[LogLine]:
        """While the log is not looked through, of its last ones only."""
        if self._numbers is not None:
            count = self.line_count()
            return self.lines(max(count - wanted, 0), count)
        last = self.view.newest(1)
        if self._newest[:2] != (last, wanted):
            found: list[LogLine] = []
            for near in NEAR_THE_END:
                if len(found) < wanted:
                    fitting = filter(self._fits, reversed(self.view.newest(near)))
                    found = [*islice(fitting, wanted)][::-1]
            self._newest = (last, wanted, found)
        return self._newest[2]

    def search(self, pattern: str, *, ignore_case: bool = True) -> Iterator[list[int]]:
        """Raises re.error."""
        numbers = self._known()
        for some in self.view.search(pattern, ignore_case=ignore_case):
            places = ((bisect_left(numbers, number), number) for number in some)
            yield [at for at, number in places if at < len(numbers) and numbers[at] == number]

    def place_of(self, number: int) -> int:
        """The first line here that is that line of the whole log, or one behind it."""
        numbers = self._known()
        return min(bisect_left(numbers, number), max(len(numbers) - 1, 0))
