"""The rows of a log on the screen: which line each is of, when lines are wrapped and when not."""

from __future__ import annotations

from rich.text import Text

from console.tui.widgets.log_rows import LogRows, rows_of

LINES = [(7, Text("short")), (8, Text("a line of twenty cel")), (9, Text("end"))]


def test_an_unwrapped_line_is_one_row_however_wide_it_is() -> None:
    rows = rows_of(LINES, None, 10, to_end=False)
    assert [number for number, _ in rows.pieces] == [7, 8, 9]
    assert (rows.first, rows.last, rows.widest) == (7, 9, 20)


def test_a_wrapped_line_has_as_many_rows_as_it_needs_and_each_knows_its_line() -> None:
    rows = rows_of(LINES, 10, 10, to_end=False)
    assert [number for number, _ in rows.pieces] == [7, 8, 8, 9]
    assert "".join(rows.plain[1:3]).replace(" ", "") == "alineoftwentycel"
    assert rows.widest <= 10


def test_a_view_that_follows_shows_the_last_rows_and_one_that_does_not_the_first() -> None:
    assert rows_of(LINES, 10, 2, to_end=True).plain[-1] == "end"
    assert rows_of(LINES, 10, 2, to_end=False).plain[0] == "short"


def test_a_log_without_a_line_has_no_first_row_and_no_last_one() -> None:
    assert (LogRows().first, LogRows().last, LogRows().widest, LogRows().plain) == (
        None,
        None,
        0,
        [],
    )
