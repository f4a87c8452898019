"""A stranger's bundle whose times are at the ends of the calendar: every view of it can be shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import pytest
from fakes.incidents import T0, events
from fakes.scenes import events_of, written
from hypothesis import given
from hypothesis import strategies as st

from console.cli.boards import board_text, events_text
from console.cli.documents import board_document, happenings_document, row_document
from console.cli.time_documents import time_document
from console.diagnosis.timeline import timeline_of
from console.domain.board import BoardSnapshot
from console.domain.estimates import board_time, slow_at
from console.domain.events import Event
from console.domain.folding import fold
from console.domain.spans import FIRST, LAST
from console.domain.usual_times import UsualTimes
from console.operations.inspecting.inspection import inspect
from console.operations.outcome.row import row_of
from console.presentation import boards, pairs
from console.presentation.happenings import happenings, in_short
from console.presentation.time_window import showing, whole, zoomed
from console.presentation.timeline import picture
from console.presentation.verdicts import inspection_lines

ENDS = (FIRST, LAST)
SCENE = {
    "pairs": 2,
    "ended": [
        {"pair": 1, "attempt": 1, "half": "simulator", "reason": "crashed", "exit_code": 139},
        {"pair": 1, "attempt": 1, "half": "agent", "reason": "lost-partner"},
    ],
    "containers": {"agent-1": {"restarts": 1}},
    "events": [{"reason": "OOMKilling", "message": "killed"}],
    "actions": [{"verb": "cancelled"}],
    "silent": {"agent-2": 900.0},
}


def moved(told: Any, times: dict[datetime, datetime]) -> Any:
    """The same with other times, wherever one stands."""
    if isinstance(told, datetime):
        return times.get(told, told)
    if type(told) is tuple:
        return tuple(moved(each, times) for each in told)
    if isinstance(told, msgspec.Struct):
        fields = {name: getattr(told, name) for name in told.__struct_fields__}
        return type(told)(**{name: moved(each, times) for name, each in fields.items()})
    return told


def times_in(told: Any) -> set[datetime]:
    if isinstance(told, datetime):
        return {told}
    if isinstance(told, msgspec.Struct):
        told = tuple(getattr(told, name) for name in told.__struct_fields__)
    return {at for each in told for at in times_in(each)} if type(told) is tuple else set()


def all_views(board: BoardSnapshot, now: datetime) -> None:
    """What screens and commands say of it, at that time."""
    time = board_time(board, UsualTimes(), now)
    slow_at(board, UsualTimes())
    row_document(row_of(board, now=now))
    board_document(board)
    happenings_document(board)
    time_document(time)
    board_text(board, (), time)
    events_text(board, now)
    inspection_lines(inspect(board, lambda _: None, now))
    for width in (60,):
        boards.headline(board, width, now)
        boards.logcopy(board, width, 8)
        happenings(board, now)
        in_short(board, now)
        for pair in board.pairs:
            pairs.panel(pair, width, 12, now, "", time.pair(pair.number))
            pairs.rows(pair, width, now, "", time.pair(pair.number))
        timelines = tuple(timeline_of(board, pair, (), now) for pair in board.pairs)
        every = whole(timelines) if timelines else None
        for at in (*ENDS, now) if every is not None else ():
            window = showing(zoomed(every, every, at, closer=True), every, at)
            assert len(picture(timelines, every, at, width)) > 1
            assert len(picture(timelines, window, at, width)) > 1


def board_of(told: list[Event]) -> BoardSnapshot:
    board = BoardSnapshot("races", "demo")
    for event in told:
        board = fold(board, event)
    return board


TOLD = {"an incident": events(), "a scene": events_of(written(SCENE))}


@pytest.mark.parametrize("name", TOLD)
@given(data=st.data())
def test_every_view_of_times_at_the_ends_of_the_calendar_can_be_shown(
    name: str, data: st.DataObject
) -> None:
    told = TOLD[name]
    times = sorted({at for each in told for at in times_in(each)})
    ends = st.sampled_from([*ENDS, T0])
    chosen = {at: data.draw(ends) for at in times}
    board = board_of([moved(each, chosen) for each in told])
    all_views(board, data.draw(ends))
