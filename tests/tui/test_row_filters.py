"""Filters over painted rows: those of styles that stay are the rows they were."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import MONOKAI
from textual.color import Color
from textual.filter import ANSIToTruecolor
from textual.strip import Strip

from console.tui import row_filters
from console.tui.row_filters import RowFilters

BLACK = Color(0, 0, 0)
TRUE, ANSI = Style(color="#ff0000"), Style(color="red")


def filters() -> RowFilters:
    return RowFilters([ANSIToTruecolor(MONOKAI)], BLACK)


def test_a_row_whose_colours_stay_is_not_made_anew() -> None:
    row = Strip([Segment("a", TRUE), Segment("b")])
    assert filters()(row) is row


def test_a_row_with_a_colour_that_is_altered_is_what_the_filter_makes_of_it() -> None:
    row, alters = Strip([Segment("a", TRUE), Segment("b", ANSI)]), ANSIToTruecolor(MONOKAI)
    apply = RowFilters([alters], BLACK)
    assert list(apply(row)) == alters.apply(list(row), BLACK) == list(apply(row))


def test_more_styles_than_are_remembered_are_altered_too() -> None:
    apply = filters()
    for number in range(row_filters.MOST_STYLES + 2):
        row = Strip([Segment("a", Style(color=f"#{number:06x}"))])
        assert apply(row) is row
    assert apply(Strip([Segment("a", ANSI)])) != Strip([Segment("a", ANSI)])
