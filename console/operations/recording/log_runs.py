"""The runs of a container in its log: where each begins and ends. Reads a few lines of any log."""

from __future__ import annotations

from bisect import bisect_left

import msgspec

from console.domain.facts import attempt_of
from console.operations.ports.recorder import LogLine, LogView
from console.operations.recording.log_times import NEIGHBOURS


class LogRun(msgspec.Struct, frozen=True):
    """One run of a container: the lines from `first` to before `stop`, its border with them."""

    pod: str
    restarts: int
    first: int
    stop: int

    @property
    def attempt(self) -> int:
        """As people count it, from 1."""
        return attempt_of(self.restarts)


def runs_of(view: LogView) -> tuple[LogRun, ...]:
    """All of them, in the log's order: runs follow each other whole."""
    found: list[LogRun] = []
    first, count = 0, view.line_count()
    while first < count:
        pod, restarts = run = _run(view, first)
        stop = bisect_left(range(count), 1, lo=first, key=lambda number: _run(view, number) != run)
        found.append(LogRun(pod, restarts, first, stop))
        first = stop
    return tuple(found)


def began(view: LogView, run: LogRun) -> str:
    """The time of its first line that has one; empty where none of the first ones has."""
    lines = view.lines(run.first, min(run.first + NEIGHBOURS, run.stop))
    return next((line.at for line in lines if line.at), "")


def run_of(line: LogLine) -> tuple[str, int]:
    """Which of its container's runs the line is of."""
    return line.pod, line.restarts


def _run(view: LogView, number: int) -> tuple[str, int]:
    (line,) = view.lines(number, number + 1)
    return run_of(line)
