"""The list of what a result can be compared with, as cells and one line of words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.boards import NOW, row
from fakes.shown import all_said

from console.domain.board import SubmissionStatus
from console.operations.ports.history_entries import HistoryEntry
from console.operations.ports.recorder import Recording
from console.operations.recording.contenders import Contenders
from console.operations.recording.history_rows import HistoryRow
from console.presentation import contender_rows as shown

TOLD = row("heron", SubmissionStatus.COMPLETE, 20, created_at=NOW - timedelta(days=2))
ROW = HistoryRow(
    HistoryEntry(Recording("lab", "races", "heron", "u"), TOLD, True, team="Team Heron"),
    False,
    True,
    "heron",
)


def offered(of_team: int = 0, left_out: int = 0) -> Contenders:
    return Contenders("Team Heron", (ROW,), of_team, left_out)


def words(found: Contenders, chosen: int = 0) -> str:
    return all_said(shown.told(found, chosen, 200))


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_every_column_has_its_cell(width: int) -> None:
    assert len(shown.cells(ROW, width, NOW)) == len(shown.columns(width))


def test_the_context_is_told_where_there_is_room() -> None:
    narrow, wide = ({each.title for each in shown.columns(width)} for width in (80, 100))
    assert wide - narrow == {"CONTEXT"}
    assert "TEAM" in narrow


def test_whose_stand_first_is_said() -> None:
    assert words(offered(of_team=1)).startswith("1 of Team Heron first")
    assert "first" not in words(offered())


def test_what_enter_does_and_how_many_are_chosen_is_said() -> None:
    assert "enter compares this one" in words(offered())
    assert "2 chosen" in words(offered(), chosen=2)


def test_what_is_not_offered_is_counted_and_why() -> None:
    assert "4 left out: another version, or no finished route" in words(offered(left_out=4))
    assert "left out" not in words(offered())
