"""Cells side by side: each in its column, cut or padded, and no row wider than the table."""

from __future__ import annotations

import pytest
from fakes.shown import said
from hypothesis import given
from hypothesis import strategies as st

from console.presentation.table import GAP, ListColumn, row, titles, widths
from console.presentation.tones import Tone, text, width_of

COLUMNS = (ListColumn("NAME", 0), ListColumn("STATUS", 8), ListColumn("AGE", 4, right=True))


def test_the_column_of_width_0_takes_what_the_others_leave() -> None:
    assert widths(COLUMNS, 40) == [22, 8, 4]


def test_it_never_gets_so_narrow_that_nothing_can_be_read() -> None:
    assert widths(COLUMNS, 10)[0] >= 8


def test_the_title_of_a_number_stands_over_its_last_digit() -> None:
    told = said(titles(COLUMNS, 40))
    cells = said(row([text("demo"), text("Running"), text("12m")], COLUMNS, 40))
    assert told.index("AGE") + 3 == cells.index("12m") + 3
    assert told.index("STATUS") == cells.index("Running")


def test_the_mark_stands_before_the_first_cell() -> None:
    line = row([text("demo"), text("Running"), text("12m")], COLUMNS, 40, "▌")
    assert line[0] == ("▌", Tone.ACCENT)


def test_a_cell_that_is_too_long_is_cut_and_its_neighbours_stay_in_place() -> None:
    told = said(row([text("x" * 60), text("Running"), text("12m")], COLUMNS, 40))
    assert "x…  Running" in told
    assert told.endswith(" 12m")


def test_a_table_without_as_many_cells_as_columns_is_a_mistake() -> None:
    with pytest.raises(ValueError):
        row([text("demo")], COLUMNS, 40)


@given(st.lists(st.text("ab c", max_size=50), min_size=3, max_size=3), st.integers(26, 120))
def test_every_row_has_the_width_of_its_title(cells: list[str], width: int) -> None:
    line = row([text(each) for each in cells], COLUMNS, width)
    assert width_of(line) == width_of(titles(COLUMNS, width))
    assert width_of(line) == sum(widths(COLUMNS, width)) + GAP * 2 + 1
