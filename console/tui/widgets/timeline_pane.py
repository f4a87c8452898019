"""The timelines of pairs as a picture that a click points into. Asks nobody what they are."""

from __future__ import annotations

from datetime import datetime

from textual import events
from textual.message import Message

from console.diagnosis.timeline import PairTimeline
from console.presentation.time_window import TimeWindow
from console.presentation.timeline import gutter, picture, rows_of
from console.presentation.tones import Line
from console.tui.widgets.canvas import Canvas


class PairsLine(Canvas):
    """One row: the pairs, and which of them is looked at."""

    DEFAULT_CSS = "PairsLine { height: 1; margin: 0 1; }"
    _line: Line = ()

    def show(self, line: Line) -> None:
        """Another one."""
        self._line = line
        self.redraw()

    def draw(self, width: int, height: int) -> list[Line]:
        return [self._line]


class TimelinePane(Canvas):
    """As many rows as its picture has."""

    DEFAULT_CSS = "TimelinePane { margin: 0 1; }"

    class PointedAt(Message):
        """A moment was clicked at."""

        def __init__(self, at: datetime, pair: int) -> None:
            super().__init__()
            self.at, self.pair = at, pair

    _shown: tuple[tuple[PairTimeline, ...], TimeWindow, datetime] | None = None

    def show(
        self, timelines: tuple[PairTimeline, ...], window: TimeWindow, cursor: datetime
    ) -> None:
        """Draw these; repaints the rows that differ."""
        if (timelines, window, cursor) == self._shown:
            return
        self._shown = timelines, window, cursor
        rows = rows_of(len(timelines))
        if self.styles.height is None or self.styles.height.value != rows:
            self.styles.height = rows
        self.redraw()

    def draw(self, width: int, height: int) -> list[Line]:
        if self._shown is None:
            return []
        timelines, window, cursor = self._shown
        return picture(timelines, window, cursor, width)

    @property
    def room(self) -> int:
        """Columns of time."""
        pairs = len(self._shown[0]) if self._shown else 1
        width = self.scrollable_content_region.width
        return max(width - gutter(width, pairs), 1)

    def on_click(self, event: events.Click) -> None:
        if self._shown is None:
            return
        timelines, window, _ = self._shown
        column = event.x - (self.scrollable_content_region.width - self.room)
        if column >= 0:
            pair = timelines[min(max(event.y - 1, 0) // 2, len(timelines) - 1)]
            self.post_message(self.PointedAt(window.time(column + 0.5, self.room), pair.number))
