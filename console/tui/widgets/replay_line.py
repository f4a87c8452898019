"""The row below the first one, on screens that show a replay, painted."""

from __future__ import annotations

from console.presentation.replay import Played, replay_line
from console.presentation.tones import Line
from console.tui.widgets.canvas import Canvas


class ReplayLine(Canvas):
    """Its time, its speed, whether it is paused, and what the last key led to."""

    DEFAULT_CSS = "ReplayLine { height: 1; background: $surface; }"

    played: Played | None = None
    note: str = ""

    def show(self, played: Played | None, note: str) -> None:
        """Take the latest."""
        self.played, self.note = played, note
        self.redraw()

    def draw(self, width: int, height: int) -> list[Line]:
        return [replay_line(self.played, self.note, width)]
