"""Lines of several followed logs in the order of time, as far as they come within a moment.

Logs that are opened together bring what they have at different speed: what one has told up to some
time waits for the others that still tell. One that is quiet is waited for no longer than `HOLD`;
a line that comes later than that is printed when it comes. Knows no clock and no task of its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable

import msgspec

from console.operations.recording.log_times import sortable

HOLD = 0.3
"""Seconds: a log that brings nothing for so long has nothing more to bring of before."""
MOST_HELD = 32 * 1024 * 1024
"""Bytes; what is held beyond that is printed as it is."""

Put = Callable[[bytes], None]
Held = tuple[str, int, Put, bytes]
"""Of when it is, the how manieth that came, how it is printed, and a line; none for what stands
between lines."""


class _Source(msgspec.Struct):
    heard_at: float
    newest: str = ""
    held: deque[Held] = msgspec.field(default_factory=deque)


class TimeOrder:
    """Told the blocks of each source, and asked again and again to print what is due."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._sources: dict[Hashable, _Source] = {}
        self._count = self._bytes = 0

    def opens(self, source: Hashable) -> None:
        """It may have something to tell of before."""
        self._source(source).heard_at = self._clock()

    def take(self, source: Hashable, block: bytes, put: Put) -> None:
        """Whole lines, each with its time; `put` prints some of them."""
        self.opens(source)
        told = self._source(source)
        for line in block.split(b"\n")[:-1]:
            self._hold(told, max(told.newest, _time(line)), put, line + b"\n")
        self.print_due()

    def between(self, source: Hashable, put: Callable[[], None]) -> None:
        """What stands behind the lines that this source has brought so far."""
        told = self._source(source)
        self._hold(told, told.newest, lambda _: put(), b"")

    def print_due(self) -> None:
        """All that no log can bring anything before."""
        if self._bytes > MOST_HELD:
            self.print_all()
            return
        since = self._clock() - HOLD
        telling = [each.newest for each in self._sources.values() if each.heard_at > since]
        self._print(min(telling, default=None))

    def print_all(self) -> None:
        """Nothing more is waited for."""
        self._print(None)

    def _source(self, source: Hashable) -> _Source:
        return self._sources.setdefault(source, _Source(self._clock()))

    def _hold(self, told: _Source, at: str, put: Put, line: bytes) -> None:
        told.newest = at
        told.held.append((at, self._count, put, line))
        self._count, self._bytes = self._count + 1, self._bytes + len(line)

    def _print(self, until: str | None) -> None:
        """Up to that time; None: all."""
        due: list[Held] = []
        for each in self._sources.values():
            while each.held and (until is None or each.held[0][0] <= until):
                due.append(each.held.popleft())
        due.sort(key=lambda held: held[:2])
        self._bytes -= sum(len(line) for _, _, _, line in due)
        for put, block in _blocks(due):
            put(block)


def _blocks(due: Iterable[Held]) -> Iterable[tuple[Put, bytes]]:
    """Lines that are printed alike and follow each other, in one."""
    put: Put | None = None
    lines: list[bytes] = []
    for _, _, own, line in due:
        if put is not None and (own is not put or not line):
            yield put, b"".join(lines)
            lines = []
        put = own
        lines.append(line)
    if put is not None:
        yield put, b"".join(lines)


def _time(line: bytes) -> str:
    """Empty where it has none: then it is of the time of the line before."""
    return sortable(line[: line.find(b" ")].decode("ascii", "replace"))
