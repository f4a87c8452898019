"""Which lines of a container's log are wanted, from a recording or as a cluster sends them.

Bytes stay as they are; nothing is printed here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import msgspec

from console.errors import NotFound
from console.operations.ports.recorder import LogLine, LogView
from console.operations.recording.recorded import new_lines

FIRST_LOOK = 256
"""Lines that are read from the end for the last few; twice as many if gaps fill them."""


class PrintedLine(msgspec.Struct, frozen=True):
    """One line of a container, or what is missing there."""

    container: str
    at: str
    content: bytes
    gap: bool = False


class Selection(msgspec.Struct, frozen=True):
    """What of a log is wanted."""

    since: datetime | None = None
    tail: int | None = None
    previous: bool = False
    """The run before the last."""

    @property
    def kind(self) -> str:
        """Words behind `log`."""
        return " of a run before the last" if self.previous else ""


def lines_of(container: str, block: bytes) -> Iterator[PrintedLine]:
    """A block of whole lines as the cluster sends them, each with its time."""
    for raw in block.split(b"\n")[:-1]:
        at, _, content = raw.partition(b" ")
        yield PrintedLine(container, at.decode("ascii", "replace"), content)


def recorded_lines(view: LogView, container: str, wanted: Selection) -> Iterable[PrintedLine]:
    """Of all recorded runs. Raises NotFound where there is no run before the last."""
    first, stop = 0, view.line_count()
    if wanted.previous:
        first, stop = _run_before_the_last(view, stop, container)
    if wanted.since is not None:
        newer = _newer(_between(view, first, stop), wanted.since)
        return _as_lines(newer if wanted.tail is None else _last(newer, wanted.tail), container)
    if wanted.tail is not None:
        return _as_lines(_last_of(view, first, stop, wanted.tail), container)
    return _as_lines(_between(view, first, stop), container)


def _as_lines(lines: Iterable[LogLine], container: str) -> Iterator[PrintedLine]:
    for line in lines:
        yield PrintedLine(container, line.at, line.content, line.gap)


def _between(view: LogView, first: int, stop: int) -> Iterator[LogLine]:
    for number, line in enumerate(new_lines(view, first), first):
        if number >= stop:
            return
        yield line


def _run_before_the_last(view: LogView, stop: int, container: str) -> tuple[int, int]:
    last = _begin_of_run(view, stop)
    if last == 0:
        raise NotFound(f"Of {container} no run before the last is recorded.")
    return _begin_of_run(view, last), last


def _begin_of_run(view: LogView, stop: int) -> int:
    """The first line of the run that ends before `stop`; runs follow each other whole."""
    if stop == 0:
        return 0
    run = _run(view, stop - 1)
    return bisect_left(range(stop), 1, key=lambda number: _run(view, number) == run)


def _run(view: LogView, number: int) -> tuple[str, int]:
    (line,) = view.lines(number, number + 1)
    return line.pod, line.restarts


def _newer(lines: Iterable[LogLine], since: datetime) -> Iterator[LogLine]:
    """A line without a time is as old as the one before it; a gap goes with the one after it."""
    gaps: list[LogLine] = []
    newer = False
    for line in lines:
        if line.gap:
            gaps.append(line)
            continue
        at = moment(line.at)
        newer = newer if at is None else at >= since
        if newer:
            yield from gaps
            yield line
        gaps = []
    if newer:
        yield from gaps


def moment(at: str) -> datetime | None:
    """A line's time, None where it has none that can be read."""
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _last(lines: Iterable[LogLine], wanted: int) -> Iterable[LogLine]:
    """The last lines with the gaps between and behind them."""
    kept: deque[LogLine] = deque()
    genuine = 0
    for line in lines:
        kept.append(line)
        genuine += not line.gap
        while kept and (genuine > wanted or kept[0].gap):
            genuine -= not kept.popleft().gap
    return kept


def _last_of(view: LogView, first: int, stop: int, wanted: int) -> Iterable[LogLine]:
    look = min(wanted, stop - first) + FIRST_LOOK
    while True:
        begin = max(stop - look, first)
        lines = list(_between(view, begin, stop))
        if begin == first or sum(not line.gap for line in lines) >= wanted:
            return _last(lines, wanted)
        look *= 2
