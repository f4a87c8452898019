"""Lines of several logs in the order of time, as they are read. Pure; keeps one line of each.

A line without a time goes with the one before it, and no log's own order is ever changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge
from operator import itemgetter
from typing import Protocol, TypeVar

from console.operations.recording.log_times import sortable


class Timed(Protocol):
    """A line, whoever made it."""

    @property
    def at(self) -> str:
        """RFC 3339; empty for none."""
        ...


Line = TypeVar("Line", bound=Timed)


def in_order(logs: Iterable[Iterable[Line]]) -> Iterator[Line]:
    """Of all logs; lines of one time in the order of the logs."""
    for _, line in merge(*map(_with_times, logs), key=itemgetter(0)):
        yield line


def _with_times(log: Iterable[Line]) -> Iterator[tuple[str, Line]]:
    now = ""
    for line in log:
        # A clock that was set back, or a line without a time, must not move a line before its
        # predecessor.
        now = max(now, sortable(line.at))
        yield now, line
