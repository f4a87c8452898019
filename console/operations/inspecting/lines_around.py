"""The lines of a log around a moment, for a reader. A bounded piece of it is read."""

from __future__ import annotations

from datetime import datetime, timedelta

from console.diagnosis.scene import SeenLine
from console.domain.spans import shifted
from console.operations.inspecting.attempt_lines import LogOf, seen_lines
from console.operations.recording.log_times import first_at

_WHOLE = timedelta(seconds=1)


def lines_around(
    container: str, log_of: LogOf, at: datetime, before: int, after: int
) -> tuple[SeenLine, ...]:
    """So many lines to that moment and after it, as they are shown; fewer at the log's ends."""
    view = log_of(container)
    count = view.line_count() if view is not None else 0
    if view is None or not count:
        return ()
    place = first_at(view, count, f"{at:%Y-%m-%dT%H:%M:%S.%f}")
    begin, end = max(place - before, 0), min(place + after, count)
    return tuple(seen_lines(container, view.lines(begin, end), begin))


def end_of(moment: datetime) -> datetime:
    """When it is over: a time without a fraction is cut, and means all of its second."""
    return moment if moment.microsecond else shifted(moment, _WHOLE)
