"""The table of what waits, at each width: what it has no room for is told below it."""

from __future__ import annotations

import pytest
from test_intake_words import ORDER, THERE, waiting

from console.operations.intake.message_fate import NotLaunched, ToLaunch
from console.presentation.intake_words import by_itself_words, intake_cells, intake_columns
from console.presentation.tones import Tone


@pytest.mark.parametrize("width", [60, 80, 96, 120, 140, 200])
def test_each_column_has_a_cell_at_every_width(width: int) -> None:
    titles = [column.title for column in intake_columns(width)]
    row = intake_cells(waiting(ToLaunch(ORDER)), width)
    assert len(row) == len(titles)
    assert (titles[0], titles[-1]) == ("SUBMISSION", "WHAT")
    fixed = sum(column.width + 2 for column in intake_columns(width))
    assert width - fixed >= 12, "there is room to say what becomes of it"


def test_a_teams_name_never_controls_the_terminal() -> None:
    evil = waiting(NotLaunched("no"), there=THERE)
    assert evil.there is not None
    row = intake_cells(waiting(NotLaunched("\x1b[31mred")), 80, told="\x1b]0;title\x07")
    assert "\x1b" not in "".join(span for line in row for span, _ in line)


def test_what_came_of_a_message_stands_where_it_was_told_what_would() -> None:
    done = intake_cells(waiting(ToLaunch(ORDER)), 80, told="It is launched.", done=True)
    assert done[-1] == (("It is launched.", Tone.MUTED),)
    failed = intake_cells(waiting(ToLaunch(ORDER)), 80, told="The name is taken.")
    assert failed[-1] == (("The name is taken.", Tone.WARN),)


def test_the_limit_is_told_whether_it_holds_now_or_would() -> None:
    assert by_itself_words(3, on=True).startswith("By itself: on, 3 run at a time")
    assert by_itself_words(3, on=False) == "By itself: off (it would be 3 at a time)."
