"""A scrollable list of toned lines: a manifest, events, a help page. Fetches nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.strip import Strip

from console.presentation.tones import Line, width_of
from console.tui.widgets.painting import Painter


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
        self.show(lines)

    def show(self, lines: Sequence[Line]) -> None:
        """Replace the content; the scroll position stays as far as it can."""
        if list(lines) == list(self._lines):
            return
        self._lines = tuple(lines)
        widest = max((width_of(line) for line in self._lines), default=0)
        self.virtual_size = Size(widest, len(self._lines))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        left, top = self.scroll_offset
        width = self.scrollable_content_region.width
        line = self._lines[top + y] if top + y < len(self._lines) else ()
        if not left:
            return self.paint(line, width)
        whole = max(sum(cell_len(span) for span, _ in line), left + width)
        return self.paint(line, whole).crop(left, left + width)

    @property
    def rows(self) -> list[str]:
        """The content as plain text."""
        return ["".join(span for span, _ in line) for line in self._lines]
