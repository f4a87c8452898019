"""The rows above a screen's keys that tell in passing: they cover nothing, the rest makes room."""

from __future__ import annotations

from console.presentation.tones import Line
from console.tui.notices import NoticeBoard
from console.tui.widgets.canvas import Canvas

_SHARE = 4
"""A notice takes a quarter of the screen at most; two rows of any."""


class NoticeStrip(Canvas, can_focus=False):
    """As high as what there is to tell; not there at all while that is nothing."""

    DEFAULT_CSS = """
    NoticeStrip { display: none; height: auto; background: $panel; }
    NoticeStrip.told { display: block; }
    """

    _board = NoticeBoard()

    def show(self, board: NoticeBoard) -> None:
        """Take the latest."""
        if board is not self._board:
            self._board = board
            self._fit()

    def _fit(self) -> None:
        rows = len(self.draw(self.screen.size.width, self.screen.size.height))
        if self.styles.height is None or self.styles.height.value != rows:
            self.styles.height = rows
        self.set_class(bool(rows), "told")
        self.redraw()

    def draw(self, width: int, height: int) -> list[Line]:
        return self._board.rows(width, max(self.screen.size.height // _SHARE, 2))

    def on_resize(self) -> None:
        """Textual runs that of the canvas as well."""
        self._fit()

    def on_click(self) -> None:
        """Read."""
        self.app.clear_notifications()
