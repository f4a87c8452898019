"""Scroll views of Textual that are laid out and painted no more than what changed asks for.

Each reaches for what Textual keeps private, as `textual_internals` does, and falls back on its own
way where something else has changed too.
"""

from __future__ import annotations

from math import ceil

from rich.style import Style
from textual.color import Color
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip
from textual.widget import Widget

from console.tui.row_filters import RowFilters


def grow(view: ScrollView, size: Size, y: float | None = None) -> None:
    """Set a scroll view's virtual size without laying out the whole screen again.

    `y`: the row that will be the first on screen, where that is another than now.

    The ordinary assignment lays out the screen and paints twice for each new log line.
    """
    if view.virtual_size == size:
        return
    if not view.is_attached or view.size.height == 0:
        view.virtual_size = size
        return
    appears = (size.height > view.size.height) != view.show_vertical_scrollbar
    if appears or (size.width > view.size.width) != view.show_horizontal_scrollbar:
        view.virtual_size = size
        return
    view.set_reactive(Widget.virtual_size, size)
    if view.show_vertical_scrollbar:
        _stretch(view.vertical_scrollbar, size.height, view.scroll_y if y is None else y)
    if view.show_horizontal_scrollbar:
        view.horizontal_scrollbar.window_virtual_size = size.width


def _stretch(bar: ScrollBar, whole: int, position: float) -> None:
    """A bar for so many rows, painted if it looks different then.

    Beside a log that is followed it costs as much as the log, and its thumb stays at the end.
    """
    if _thumb(bar, whole, position) == _thumb(bar, bar.window_virtual_size, bar.position):
        bar.set_reactive(ScrollBar.window_virtual_size, whole)
        bar.set_reactive(ScrollBar.position, position)
    else:
        bar.window_virtual_size = whole


def _thumb(bar: ScrollBar, whole: int, position: float) -> tuple[int, int]:
    """Where it begins and ends, in eighths of a cell, as Textual draws it."""
    length, shown = bar.size.height, bar.window_size
    if not length or not shown or whole <= shown:
        return 0, 0
    thumb = max(1, shown * length / whole)
    start = int((length - thumb) * position / (whole - shown) * 8)
    return start, start + ceil(thumb * 8)


class Undecorated(ScrollView):
    """A view whose rows are painted as they are: it has neither border nor padding.

    Textual keeps the rows of a widget in a form that is quick to show again. Those of a log that is
    followed are all others each time, and it costs more than painting them.
    """

    _filters: RowFilters | None = None

    def ground(self) -> tuple[Style, Color]:
        """The style of a cell without text, and the colour behind all."""
        return self.rich_style, self.background_colors[1]

    def render_lines(self, crop: Region) -> list[Strip]:
        if self.styles.gutter.totals != (0, 0) or self.opacity != 1.0:
            return super().render_lines(crop)
        style, background = self.ground()
        filters = self.get_line_filters()
        if self._filters is None or not self._filters.same(filters, background):
            self._filters = RowFilters(filters, background)
        left, end = crop.column_span
        rows = [self._filters(self.render_line(y)) for y in crop.line_range]
        return [
            row if left == 0 and row.cell_length == end else row.crop_extend(left, end, style)
            for row in rows
        ]


def show_from(view: ScrollView, y: int) -> None:
    """Have that row, which there is, on top at once; the rows are painted, not the scroll bar."""
    view.set_reactive(Widget.scroll_target_y, float(y))
    view.set_reactive(Widget.scroll_y, float(y))
    if view.show_vertical_scrollbar and view.vertical_scrollbar.position != y:
        view.vertical_scrollbar.position = y
    view.refresh(view.scrollable_content_region.reset_offset)
