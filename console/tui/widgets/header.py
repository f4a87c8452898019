"""The first row of every screen, painted. What it says stands in `console.tui.heading`."""

from __future__ import annotations

from console.presentation.tones import Line
from console.tui.heading import Heading, heading_line
from console.tui.widgets.canvas import Canvas


class Header(Canvas):
    """Title, context, server, namespace; live or stale since when."""

    DEFAULT_CSS = """
    Header { dock: top; height: 1; background: $panel; }
    """

    def __init__(self, heading: Heading) -> None:
        super().__init__()
        self._heading = heading

    def show(self, heading: Heading) -> None:
        """Take the latest."""
        self._heading = heading
        self.redraw()

    def draw(self, width: int, height: int) -> list[Line]:
        return [heading_line(self._heading, width)]
