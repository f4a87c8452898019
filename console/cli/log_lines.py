"""Which lines of a container's log are wanted, from a recording or as a cluster sends them.

Bytes stay as they are; nothing is printed here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from itertools import chain, islice, takewhile
from typing import TypeVar

import msgspec

from console.domain.spans import FIRST, in_utc, read_time
from console.errors import NotFound
from console.operations.ports.recorder import LogLine, LogView
from console.operations.recording.log_runs import runs_of
from console.operations.recording.log_times import first_at
from console.operations.recording.recorded import new_lines
from console.operations.recording.route_times import Drive

FIRST_LOOK = 256
"""Lines that are read from the end for the last few; twice as many if gaps fill them."""


class PrintedLine(msgspec.Struct, frozen=True):
    """One line of a container, or what is missing there."""

    container: str
    at: str
    content: bytes
    gap: bool = False
    pod: str = ""
    restarts: int = 0
    """Of its run, where that is known."""


class LineOrigin(msgspec.Struct, frozen=True):
    """Whose lines they are; the last two are empty where nobody can tell."""

    namespace: str
    submission: str
    pod: str = ""
    node: str = ""


_Read = TypeVar("_Read", LogLine, PrintedLine)


class Selection(msgspec.Struct, frozen=True):
    """What of a log is wanted."""

    since: datetime | None = None
    tail: int | None = None
    previous: bool = False
    """The run before the last."""
    attempt: int | None = None
    """All runs that were its container's attempt of that number."""
    drives: tuple[Drive, ...] | None = None
    """Only what was said while these were driven."""

    @property
    def kind(self) -> str:
        """Words behind `log`."""
        if self.attempt is not None:
            return f" of an attempt {self.attempt}"
        return " of a run before the last" if self.previous else ""


def lines_of(
    container: str, block: bytes, pod: str = "", restarts: int = 0
) -> Iterator[PrintedLine]:
    """A block of whole lines as the cluster sends them, each with its time."""
    for raw in block.split(b"\n")[:-1]:
        at, _, content = raw.partition(b" ")
        yield PrintedLine(
            container, at.decode("ascii", "replace"), content, pod=pod, restarts=restarts
        )


def recorded_lines(view: LogView, container: str, wanted: Selection) -> Iterable[PrintedLine]:
    """Of all recorded runs. Raises NotFound where there is no such run."""
    parts = _parts(view, container, wanted)
    timed = wanted.since is not None or wanted.drives is not None
    if wanted.tail is not None and not timed and len(parts) == 1:
        return _as_lines(_last_of(view, *parts[0], wanted.tail), container)
    read = (_within(view, *each, wanted) if timed else _between(view, *each) for each in parts)
    lines = chain.from_iterable(read)
    return _as_lines(lines if wanted.tail is None else last(lines, wanted.tail), container)


def _parts(view: LogView, container: str, wanted: Selection) -> list[tuple[int, int]]:
    """First line and the one after the last of what may be wanted."""
    if wanted.attempt is not None:
        own = [each for each in runs_of(view) if each.attempt == wanted.attempt]
        if not own:
            raise NotFound(f"Of {container} no attempt {wanted.attempt} is recorded.")
        return [(each.first, each.stop) for each in own]
    if wanted.previous:
        runs = runs_of(view)
        if len(runs) < 2:
            raise NotFound(f"Of {container} no run before the last is recorded.")
        return [(runs[-2].first, runs[-2].stop)]
    return [(0, view.line_count())]


def _within(view: LogView, first: int, stop: int, wanted: Selection) -> Iterator[LogLine]:
    """What was said in the time that is wanted."""
    begin = wanted.since or FIRST
    spans = [(begin, None)] if wanted.drives is None else [(e.since, e) for e in wanted.drives]
    for since, drive in spans:
        place = first_at(view, stop, f"{in_utc(since):%Y-%m-%dT%H:%M:%S.%f}")
        lines = _newer(_between(view, max(place - FIRST_LOOK, first), stop), max(since, begin))
        yield from lines if drive is None else takewhile(partial(_goes_on, drive), lines)


def _goes_on(drive: Drive, line: LogLine) -> bool:
    at = moment(line.at)
    return at is None or drive.until is None or at <= drive.until


def _as_lines(lines: Iterable[LogLine], container: str) -> Iterator[PrintedLine]:
    for line in lines:
        yield PrintedLine(container, line.at, line.content, line.gap, line.pod, line.restarts)


def _between(view: LogView, first: int, stop: int) -> Iterator[LogLine]:
    return islice(new_lines(view, first), max(stop - first, 0))


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
    return read_time(at)


def last(lines: Iterable[_Read], wanted: int) -> Iterable[_Read]:
    """The last lines with the gaps between and behind them."""
    kept: deque[_Read] = deque()
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
            return last(lines, wanted)
        look *= 2
