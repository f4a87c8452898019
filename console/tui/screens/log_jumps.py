"""Where one can go in a log that is shown: attempts, deaths, the first error. Knows no widget."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec

from console.domain.board import BoardSnapshot
from console.operations.ports.recorder import LogView
from console.operations.recording.filtered_log import FilteredLog
from console.operations.recording.later_log import LaterLog
from console.operations.recording.log_runs import runs_of
from console.operations.recording.log_times import NEIGHBOURS, sortable
from console.operations.recording.merged_log import MergedLog, from_time
from console.presentation.severity import ERRORS
from console.tui.screens.log_choice import ShownLog


def attempt(shown: ShownLog, here: int, direction: int) -> int | None:
    """The line at which the next attempt of one of the containers begins, or the one before."""
    begins = sorted(
        (_time_at(view, run.first), order, container, run.first)
        for order, (container, view) in enumerate(shown.whole.items())
        for run in runs_of(view)
    )
    now = _time_at(shown.view, here)
    # Times are cheap, places are not: only those that may be the next one are looked for.
    near = [each for each in begins if (each[0] >= now if direction > 0 else each[0] <= now)]
    for _, _, container, first in near[::direction]:
        place = _place(shown, container, first)
        if (place - here) * direction > 0:
            return place
    return None


def end_of_previous(shown: ShownLog, here: int) -> int | None:
    """The last line of the attempt before that of the line: what `kubectl logs -p` ends in."""
    began = attempt(shown, here + 1, -1)
    return None if began is None or began == 0 else began - 1


def _time_at(view: LogView, line: int) -> str:
    """Of that line, or of the last one before it that has one."""
    lines = view.lines(max(line - NEIGHBOURS, 0), line + 1)
    return next((time for each in reversed(lines) if (time := sortable(each.at))), "")


def death(shown: ShownLog, board: BoardSnapshot, here: int, direction: int) -> int | None:
    """The line at which the next half that is shown died by itself, or the one before."""
    count = shown.view.line_count()
    places = (from_time(shown.view, count, _stamp(at)) for at in _deaths(board, shown.whole))
    return _next(places, here, direction)


def first_error(view: LogView, cancelled: Callable[[], bool]) -> int | None:
    """Takes a while in a long log: for a thread."""
    for some in view.search(ERRORS, ignore_case=False):
        if some:
            return some[0]
        if cancelled():
            return None
    return None


def _deaths(board: BoardSnapshot, containers: Iterable[str]) -> Iterable[datetime]:
    for pair in board.pairs:
        for each in pair.ended:
            if each.initiating and each.at and f"{each.half}-{pair.number}" in containers:
                yield each.at


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}Z"


def _next(places: Iterable[int], here: int, direction: int) -> int | None:
    if direction > 0:
        return min((place for place in places if place > here), default=None)
    return max((place for place in places if place < here), default=None)


def _place(shown: ShownLog, container: str, number: int) -> int:
    """Where that line of the whole log is in what is shown."""
    if isinstance(shown.view, LaterLog):
        whole = msgspec.structs.replace(shown, view=shown.view.view)
        return shown.view.place_of(_place(whole, container, number))
    view = shown.view
    own = view.view_of(container) if isinstance(view, MergedLog) else view
    number = own.place_of(number) if isinstance(own, FilteredLog) else number
    return view.place_of(container, number) if isinstance(view, MergedLog) else number
