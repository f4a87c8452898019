"""The times of a log's lines: their order, and finding one by bisection, which reads few lines."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum

from console.domain.spans import in_utc
from console.operations.ports.recorder import LogView

NEIGHBOURS = 64


class Times(StrEnum):
    """How the times of lines are shown."""

    NONE = "none"
    ABSOLUTE = "absolute"
    RELATIVE = "relative"
    """Since the first line."""
    ATTEMPT = "attempt"
    """Since the first line of its own attempt."""


_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(\.\d{1,9})?)?")


def time_of_day(text: str) -> str:
    """`14:02` or `14:02:11.5` as the beginning of an RFC 3339 time; empty for anything else."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return ""
    return f"{int(found[1]):02}:{found[2]}:{found[3] or '00'}{found[4] or ''}"


def sortable(at: str) -> str:
    """A line's time in a form whose order as text is that of time; empty for what is none."""
    if at.endswith("Z"):
        return _shortest(at[:-1])
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        return ""
    return _shortest(f"{in_utc(found):%Y-%m-%dT%H:%M:%S.%f}") if found.tzinfo else at


def _shortest(time: str) -> str:
    """Of a fraction without its last zeros: `50.000` is `50`, and neither is before the other."""
    return time.rstrip("0").rstrip(".") if "." in time else time


def newest_day(view: LogView) -> str:
    """The date of the newest line that has one; empty where none of the last ones has."""
    newest = reversed(view.newest(NEIGHBOURS))
    return next((line.at[:10] for line in newest if line.at), "")


def first_at(view: LogView, count: int, at: str) -> int:
    """The first line whose timestamp is not before `at`; the last line when all are."""
    low, high, at = 0, count, _shortest(at)
    while low < high:
        middle = (low + high) // 2
        if _stamp(view, middle, count) < at:
            low = middle + 1
        else:
            high = middle
    return min(low, max(count - 1, 0))


def _stamp(view: LogView, line: int, count: int) -> str:
    """Its timestamp without the zone, or that of the next line that has one."""
    lines = view.lines(line, min(line + NEIGHBOURS, count))
    return next((stamp for each in lines if (stamp := sortable(each.at))), "")
