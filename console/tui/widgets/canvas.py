"""A fixed area of toned lines that repaints only the rows that changed. Asks nobody for content."""

from __future__ import annotations

from textual.geometry import Region, Size
from textual.strip import Strip

from console.presentation.tones import Line
from console.tui.widgets.painting import Painter


class Canvas(Painter):
    """Subclasses give `draw(width, height)`; callers say `redraw()` when something may be new."""

    DEFAULT_CSS = """
    Canvas { height: 1; overflow: hidden hidden; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._drawn: list[Line] = []
        self._for: Size | None = None
        """The area that it was drawn for; None while nobody has had it drawn."""

    def draw(self, width: int, height: int) -> list[Line]:
        """The rows for an area of that size; fewer rows leave the rest empty."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Compute the rows again and repaint those that differ."""
        self._for = self.content_region.size  # it never has a scroll bar
        width, height = self._for
        if width and height:
            self._show(self.draw(width, height), width, height)

    def _show(self, fresh: list[Line], width: int, height: int) -> None:
        fresh, self._for = fresh[:height], Size(width, height)
        longest = max(len(fresh), len(self._drawn))
        changed = [
            Region(0, y, width, 1)
            for y in range(longest)
            if fresh[y : y + 1] != self._drawn[y : y + 1]
        ]
        self._drawn = fresh
        if changed:
            self.refresh(*changed)

    def on_resize(self) -> None:
        self._drawn = []
        self.redraw()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        size = self.content_region.size
        # It is laid out before it hears of that: what another width has room for is cut or missing.
        if self._for is not None and self._for != size:
            self._for, self._drawn = size, self.draw(*size)[: size.height]
        width = size.width
        return self.paint(self._drawn[y] if y < len(self._drawn) else (), width)

    @property
    def rows(self) -> list[str]:
        """What is drawn, as plain text; for copying and for tests."""
        return ["".join(span for span, _ in line) for line in self._drawn]
