"""The lines of a log that may tell why an attempt ended: the last ones before its end.

However long a log is, a bounded piece of it is read. Lines become what a reader would see: of one
that was rewritten in place its last state, nothing that controls a terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from console.diagnosis.scene import SeenLine
from console.domain.hostile_text import left_standing, neutralise
from console.operations.ports.recorder import LogLine, LogView
from console.operations.recording.log_times import first_at
from console.operations.recording.tail import moment_of

LINES = 1200
"""Before a death: a traceback with what led to it, or minutes of a quiet server."""
WIDTH = 600
"""Characters of a line that are looked at."""
_AFTERWARDS = timedelta(seconds=10)
"""What a half still says while its partner's end is being noticed."""

LogOf = Callable[[str], LogView | None]
"""A container's recorded log; None where there is none."""


def lines_before(container: str, log_of: LogOf, until: datetime | None) -> tuple[SeenLine, ...]:
    """The last lines to a moment after `until`; of the whole log where that is None."""
    view = log_of(container)
    if view is None:
        return ()
    count = view.line_count()
    end = count
    if until is not None and count:
        end = first_at(view, count, f"{until + _AFTERWARDS:%Y-%m-%dT%H:%M:%S}")
        end = count if end >= count - 1 else end
    begin = max(end - LINES, 0)
    return tuple(seen_lines(container, view.lines(begin, end), begin))


def seen_lines(container: str, lines: list[LogLine], first: int) -> Iterator[SeenLine]:
    """As a reader sees them; the first one's place in its log is given."""
    for place, line in enumerate(lines):
        if not line.gap:
            at = moment_of(line.at) if line.at else None
            yield SeenLine(container, as_shown(line.text), at, first + place)


def as_shown(text: str) -> str:
    """A line as a terminal would leave it standing."""
    return neutralise(left_standing(text))[:WIDTH] if text.strip() else ""
