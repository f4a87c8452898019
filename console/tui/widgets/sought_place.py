"""Where in a line what is sought stands, and what of the line is on the screen for it. Pure."""

from __future__ import annotations

import re

from rich.cells import cell_len
from rich.text import Text

SOME = 8
"""Cells of what is sought that have to be seen."""


def cells_before(text: Text, pattern: re.Pattern[str] | None) -> int:
    """Cells of the line in front of it; none where it is not there."""
    found = pattern.search(text.plain) if pattern else None
    return cell_len(text.plain[: found.start()]) if found else 0


def rows_passed_over(place: int, width: int, height: int) -> int:
    """Rows of a wrapped line that are above the screen: none where it is seen without."""
    row = place // max(width, 1)
    return 0 if row < height else row - height // 3


def first_column(place: int, left: int, width: int) -> int:
    """Of a line that is not wrapped: the present one, if it is seen from there."""
    if left <= place < left + width - SOME:
        return left
    return 0 if place < width - SOME else place - width // 3
