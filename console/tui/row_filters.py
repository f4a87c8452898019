"""What Textual does to the colours of painted rows: asked once for a style, not for each row.

Most styles stay as they are, and a row of such ones is not made anew. Paints nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip

MOST_STYLES = 1000


class RowFilters:
    """Some filters over one background."""

    def __init__(self, filters: Sequence[LineFilter], background: Color) -> None:
        self._filters, self._background = tuple(filters), background
        self._reads_text = any(getattr(each, "reads_text", False) for each in filters)
        self._stays: dict[Style | None, bool] = {}

    def same(self, filters: Sequence[LineFilter], background: Color) -> bool:
        """Whether they are these."""
        return self._filters == tuple(filters) and self._background == background

    def __call__(self, row: Strip) -> Strip:
        if self._reads_text:
            return self._applied(row)
        for _, style, _ in row:
            if not self._left_alone(style):
                return self._applied(row)
        return row

    def _applied(self, row: Strip) -> Strip:
        for each in self._filters:
            row = row.apply_filter(each, self._background)
        return row

    def _left_alone(self, style: Style | None) -> bool:
        stays = self._stays.get(style)
        if stays is None:
            cell = Strip([Segment(" ", style)], 1)
            stays = self._applied(cell) == cell
            if len(self._stays) >= MOST_STYLES:
                self._stays.clear()
            self._stays[style] = stays
        return stays
