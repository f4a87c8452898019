"""All runs of a container as one log, read line by line while it grows. Thread-safe."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from console.operations.ports.recorder import LogLine
from console.operations.recording.run_border import run_border
from console.recorder.run_log import RunLog
from console.recorder.spooling import GAP

LONGEST_SHOWN = 2 * 1024 * 1024
"""Bytes of one line that are decoded; spools hold no longer one."""


class Stitched:
    """See `LogView`: all runs of a container in order, a gap line at each new run."""

    def __init__(self, runs: Callable[[], list[tuple[Path, int, str]]]) -> None:
        self._list_runs = runs
        self._runs: list[RunLog] = []
        self._listed: object = None
        self._turn = threading.Lock()

    def _present(self) -> list[RunLog]:
        """The files there are now. Once read, a run keeps its place."""
        with self._turn:
            # Runs are appended and never sorted again: line numbers that a screen holds stay right.
            if (listed := self._list_runs()) is not self._listed:
                known = {each.path for each in self._runs}
                for path, run, pod in listed:
                    if path not in known:
                        self._runs.append(RunLog(path, run, pod))
                self._listed = listed
            return list(self._runs)

    def _sections(self) -> Iterator[tuple[RunLog, int, int]]:
        """(run, line number of its first own line, its lines)."""
        number = 0
        for place, each in enumerate(self._present()):
            # A line of ours stands before each run but the first.
            number += place > 0
            count = each.count()
            yield each, number, count
            number += count

    def counting(self) -> Iterator[int]:
        """Lines so far, of run after run."""
        before = 0
        for place, each in enumerate(self._present()):
            before += place > 0
            so_far = 0
            for so_far in each.counting():
                yield before + so_far
            before += so_far

    def line_count(self) -> int:
        """Lines of all runs and the gap lines between them."""
        return max((first + count for _, first, count in self._sections()), default=0)

    def lines(self, start: int, stop: int) -> list[LogLine]:
        """Lines start..stop-1, fewer at the end."""
        found: list[LogLine] = []
        pod = ""
        for each, first, count in self._sections():
            if start <= first - 1 < stop:
                found.append(_border(each, pod))
            pod = each.pod
            if first < stop and start < first + count:
                own = each.lines(max(start - first, 0), stop - first)
                found += [_line(raw, each) for raw in own]
        return found

    def newest(self, wanted: int) -> list[LogLine]:
        """The last lines, at the most so many, without counting those before them."""
        found: list[LogLine] = []
        runs = self._present()
        for place, each in reversed([*enumerate(runs)]):
            own = [_line(raw, each) for raw in each.newest(wanted - len(found))]
            found[:0] = own
            if len(found) < wanted and place:
                found.insert(0, _border(each, runs[place - 1].pod))
            if len(found) >= wanted:
                break
        return found

    def search(self, pattern: str, *, ignore_case: bool = True) -> Iterator[list[int]]:
        """Raises re.error for a pattern that is no regular expression."""
        # The scanner is loaded by the first search: most who read a log never look for anything.
        from console.recorder.sought import Sought

        sought = Sought(pattern, ignore_case=ignore_case)
        for each, first, _ in self._sections():
            for found in each.search(sought):
                yield [first + number for number in found] if first else found


def _border(run: RunLog, pod_before: str) -> LogLine:
    return LogLine("", run_border(run.run, run.pod, pod_before), True, run.run, run.pod)


def _line(raw: bytes, of: RunLog) -> LogLine:
    gap = raw.startswith(GAP)
    at, _, content = (raw[1:] if gap else raw)[:LONGEST_SHOWN].partition(b" ")
    # What stands for a damaged part is filled up with spaces.
    text = (content.rstrip(b" ") if gap else content).decode(errors="replace")
    undecoded = content if "\ufffd" in text else b""
    return LogLine(at.decode("ascii", "replace"), text, gap, of.run, of.pod, undecoded)
