"""Pairs are panels while all have room to say what matters, then rows, then lines."""

from __future__ import annotations

import pytest

from console.tui.screens.pair_layout import PairLayout, layout
from console.tui.screens.screen import MEDIUM, NARROW, WIDE

SIZES = ((NARROW, 24), (MEDIUM, 40), (WIDE, 60))


@pytest.mark.parametrize(
    ("pairs", "narrow", "medium", "wide"),
    [
        (1, (1, 3), (1, None), (1, None)),
        (2, (1, 3), (2, None), (2, None)),
        (3, (1, 3), (2, None), (3, None)),
        (4, (1, 3), (2, None), (4, None)),
        (8, (1, 1), (1, 3), (4, None)),
        (16, (1, 1), (1, 1), (4, None)),
    ],
)
def test_panels_then_rows_then_lines(pairs: int, narrow, medium, wide) -> None:
    found = [layout(pairs, kind, height) for kind, height in SIZES]
    assert [(each.columns, each.lines) for each in found] == [narrow, medium, wide]


@pytest.mark.parametrize("pairs", [5, 6, 8, 12, 16])
@pytest.mark.parametrize(("kind", "height"), SIZES)
def test_more_than_four_pairs_want_no_more_rows_than_there_are(
    kind: str, height: int, pairs: int
) -> None:
    assert layout(pairs, kind, height).rows <= height * 0.8


def test_a_low_and_wide_terminal_has_rows_beside_each_other() -> None:
    assert layout(16, WIDE, 40) == PairLayout(2, 24, 3)


def test_lines_that_have_no_room_below_each_other_stand_in_two_columns() -> None:
    assert layout(64, WIDE, 60) == PairLayout(2, 34, 1)
    assert layout(64, MEDIUM, 40) == PairLayout(2, 34, 1)
    assert layout(64, NARROW, 24) == PairLayout(1, 66, 1)
    assert layout(16, MEDIUM, 40) == PairLayout(1, 18, 1)
