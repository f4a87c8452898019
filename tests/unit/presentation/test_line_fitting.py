"""Lines on rows of a given width: nothing that a reader needs is lost without a sign."""

from __future__ import annotations

import pytest
from fakes.shown import said
from hypothesis import given
from hypothesis import strategies as st

from console.presentation.tones import BLANK, Tone, cut, joined, spread, text, width_of
from console.presentation.wrapping import all_wrapped, wrapped

WORDS = st.text("abc xyz", max_size=60)


def test_a_line_that_fits_is_not_cut() -> None:
    line = text("pair 1", (" failed", Tone.FAIL))
    assert cut(line, 13) == line


def test_a_line_that_is_cut_says_so_by_an_ellipsis() -> None:
    assert said(cut(text("pair 1", (" failed", Tone.FAIL)), 9)) == "pair 1 f…"


def test_a_cut_line_keeps_the_tones_of_what_is_left() -> None:
    assert cut(text("ab", ("cdef", Tone.WARN)), 4) == (
        ("ab", Tone.TEXT),
        ("c", Tone.WARN),
        ("…", Tone.MUTED),
    )


def test_no_room_at_all_shows_nothing() -> None:
    assert cut(text("abc"), 0) == BLANK


@given(WORDS, st.integers(0, 80))
def test_no_cut_line_is_wider_than_its_room(words: str, width: int) -> None:
    assert width_of(cut(text(words), width)) <= width


def test_what_stands_at_the_right_edge_is_never_cut() -> None:
    assert said(spread(text("a long name of a submission"), text("12m"), 12)) == "a long … 12m"


def test_both_edges_are_filled_up_with_spaces_between() -> None:
    assert said(spread(text("left"), text("right"), 12)) == "left   right"


def test_empty_parts_leave_no_separator_behind() -> None:
    assert said(joined([text("a"), BLANK, text("b")], ", ")) == "a, b"


def test_rows_break_at_spaces_and_lose_no_word() -> None:
    rows = [said(row) for row in wrapped(text("the disk of the node is full"), 12)]
    assert rows == ["the disk of", "the node is", "full"]


def test_a_word_that_is_longer_than_a_row_is_broken_anyway() -> None:
    assert [said(row) for row in wrapped(text("abcdefghij"), 4)] == ["abcd", "efgh", "ij"]


def test_later_rows_are_indented_under_the_first() -> None:
    rows = wrapped(text("! pair 1 partial-missing: nothing"), 20, indent=2)
    assert [said(row)[:2] for row in rows[1:]] == ["  "] * (len(rows) - 1)


def test_an_indent_that_would_leave_no_room_is_left_out() -> None:
    assert [said(row) for row in wrapped(text("abcdefghij"), 5, indent=4)] == ["abcde", "fghij"]


def test_a_wide_character_takes_two_cells() -> None:
    assert [said(row) for row in wrapped(text("道路道路"), 4)] == ["道路", "道路"]


def test_what_would_steer_a_terminal_is_shown_harmless() -> None:
    (row,) = wrapped(text("\x1b[2Jgone\ttab"), 80)
    assert "\x1b" not in said(row)
    assert "\t" not in said(row)
    assert "gone" in said(row)


def test_an_empty_line_is_one_empty_row() -> None:
    assert wrapped(BLANK, 10) == [BLANK]


def test_tones_go_along_where_a_span_is_broken() -> None:
    tones = {tone for row in wrapped(text(("a b c d e f", Tone.WARN)), 3) for _, tone in row}
    assert tones == {Tone.WARN}


@given(st.lists(WORDS, max_size=4), st.integers(1, 40))
def test_wrapping_keeps_every_character_but_spaces_in_its_order(
    lines: list[str], width: int
) -> None:
    rows = all_wrapped([text(line) for line in lines], width)
    assert "".join(map(said, rows)).replace(" ", "") == "".join(lines).replace(" ", "")


@pytest.mark.parametrize("width", [1, 3, 7, 40])
def test_no_row_is_wider_than_its_room(width: int) -> None:
    rows = wrapped(text("The image of the simulator lacks Town12 道路 and a_very_long_name"), width)
    assert max(width_of(row) for row in rows) <= width
