"""The lines of a log that may tell why an attempt ended: the last ones before its end.

Of a half they are those of its own run: attempts follow each other within seconds, and what one
says is no sign of why another ended. However long a log is, a bounded piece of it is read. Lines
become what a reader would see: of one that was rewritten in place its last state, nothing that
controls a terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from console.diagnosis.attempt_span import HalfSpan
from console.diagnosis.scene import SeenLine
from console.domain.hostile_text import left_standing, neutralise
from console.domain.spans import shifted
from console.operations.ports.recorder import LogLine, LogView
from console.operations.recording.log_runs import LogRun, began, runs_of
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
    return _last_lines(container, view, until, 0, view.line_count()) if view is not None else ()


def lines_of_half(container: str, log_of: LogOf, span: HalfSpan) -> tuple[SeenLine, ...]:
    """The last lines of the run that began in that span; where none did, of the whole log."""
    view = log_of(container)
    if view is None or span.until is None:
        return lines_before(container, log_of, None)
    own = [run for run in runs_of(view) if _began_within(view, run, span)]
    first, stop = (own[0].first, own[-1].stop) if own else (0, view.line_count())
    return _last_lines(container, view, span.until, first, stop)


def _began_within(view: LogView, run: LogRun, span: HalfSpan) -> bool:
    at = moment_of(began(view, run))
    return at is not None and span.holds(at)


def _last_lines(
    container: str, view: LogView, until: datetime | None, first: int, stop: int
) -> tuple[SeenLine, ...]:
    end = stop
    if until is not None and stop:
        end = first_at(view, stop, f"{shifted(until, _AFTERWARDS):%Y-%m-%dT%H:%M:%S}")
        end = stop if end >= stop - 1 else end
    begin = max(end - LINES, first)
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
