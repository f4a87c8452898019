"""A scrollable list of toned lines: a manifest, events, a help page. Fetches nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.strip import Strip

from console.presentation.sought import lines_with, next_of, pattern_of, standing_out
from console.presentation.tones import Line, width_of
from console.tui.textual_views import grow
from console.tui.widgets.painting import Painter

_TOLD_ROWS = 16
"""More than notices ever take."""


class LinePane(Painter, can_focus=True):
    """Shows lines at their own width and scrolls both ways, sideways with the arrows.

    No letter of its own that is a command somewhere: the focus must not change what a key does.
    """

    DEFAULT_CSS = "LinePane { scrollbar-size-horizontal: 0; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", show=False),
        Binding("k", "scroll_up", show=False),
        Binding("g", "scroll_home", show=False),
        Binding("G", "scroll_end", show=False),
    ]

    def __init__(self, lines: Sequence[Line] = (), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: Sequence[Line] = ()
        self.sought: re.Pattern[str] | None = None
        self._hit = -1
        self.show(lines)

    def show(self, lines: Sequence[Line]) -> None:
        """Replace the content; the scroll position stays as far as it can."""
        before, self._lines = self._lines, tuple(lines)
        if self._lines == before:
            return
        size = Size(max(map(width_of, self._lines), default=0), len(self._lines))
        if size.height < self.virtual_size.height:
            self.virtual_size = size
            self.refresh()
        else:
            grow(self, size)
            self._repaint(before)

    def _repaint(self, before: Sequence[Line]) -> None:
        """The rows in sight whose line is another one than before."""
        width, height = self.scrollable_content_region.size
        top = self.scroll_offset.y
        rows = [
            at for at in range(top, top + height) if before[at : at + 1] != self._lines[at : at + 1]
        ]
        if rows:
            self.refresh(*(Region(0, at - top, width, 1) for at in rows))

    def render_line(self, y: int) -> Strip:
        left, top = self.scroll_offset
        width = self.scrollable_content_region.width
        line = self._lines[top + y] if top + y < len(self._lines) else ()
        if self.sought is not None:
            line = standing_out(line, self.sought)
        if not left:
            return self.paint(line, width)
        whole = max(sum(cell_len(span) for span, _ in line), left + width)
        return self.paint(line, whole).crop(left, left + width)

    def look_for(self, typed: str) -> None:
        """Let that stand out, from what is in sight on; nothing where nothing is typed."""
        self.sought = pattern_of(typed) if typed else None
        self._hit = self.scroll_offset.y - 1
        self.refresh()

    def to_hit(self, step: int) -> tuple[int, int]:
        """Bring the next line that has it into sight; which one it is of how many, 0 of none."""
        found = lines_with(self.sought, self.rows) if self.sought is not None else []
        if not found:
            return 0, 0
        self._hit = next_of(found, self._hit, step)
        self._show_hit()
        return found.index(self._hit) + 1, len(found)

    def _show_hit(self) -> None:
        self.scroll_to(y=self._hit - self.size.height // 3, animate=False)

    def on_resize(self) -> None:
        """What is told in passing takes rows from below: the hit may have stood there."""
        below = self._hit - (self.scroll_offset.y + self.size.height)
        if self.sought is not None and 0 <= below < _TOLD_ROWS:
            self.call_after_refresh(self._show_hit)

    @property
    def rows(self) -> list[str]:
        """The content as plain text."""
        return ["".join(span for span, _ in line) for line in self._lines]
