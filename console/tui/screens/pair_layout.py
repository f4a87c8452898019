"""How the pairs of a monitor stand in a terminal: as panels beside each other, or as rows. Pure.

Panels while all of them have room to say what matters; then rows of three lines, which need no
frame; then rows of one line, of which the chosen one still has three. Where one column of lines has
no room, there are two.
"""

from __future__ import annotations

from math import ceil

import msgspec

from console.tui.screens.screen import MEDIUM, NARROW, WIDE

_BESIDE = {NARROW: 1, MEDIUM: 2, WIDE: 4}
"""Panels that have room beside each other: their lines are read without being cut."""
_WANTED = {MEDIUM: 12, WIDE: 26}
"""Rows of a panel that says all it knows."""
_LEAST = 10
"""Rows of a panel that says what matters, its frame among them."""
_FEW = 4
"""Pairs that are panels in any terminal that is wide enough for two beside each other."""
ROW = 3
"""Lines of a row that says what matters."""
_SHARE = 0.7
"""Of the terminal's rows, for the pairs."""


class PairLayout(msgspec.Struct, frozen=True):
    """Of all pairs of one submission."""

    columns: int
    rows: int
    """Of the terminal, wanted for all of them."""
    lines: int | None
    """Of each pair; None where they are panels, which share the rows."""


def layout(pairs: int, width: str, height: int) -> PairLayout:
    """In a terminal of that class of width, with so many rows."""
    room = int(height * _SHARE)
    columns = min(pairs, _BESIDE[width])
    if width != NARROW:
        stories = ceil(pairs / columns)
        each = min(_WANTED[width], max(room // stories, _LEAST))
        if pairs <= _FEW:
            return PairLayout(columns, stories * _WANTED[width], None)
        if stories * each <= room:
            return PairLayout(columns, stories * each, None)
    beside = 2 if width == WIDE else 1
    if (pairs <= _FEW and width == NARROW) or ceil(pairs / beside) * ROW <= room:
        return PairLayout(beside, ceil(pairs / beside) * ROW, ROW)
    beside = 1 if width == NARROW or pairs - 1 + ROW <= room else 2
    return PairLayout(beside, ceil(pairs / beside) - 1 + ROW, 1)
