"""What the marks of the screen below mean."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from console.presentation.legend import legend
from console.tui.screens.leaving import LeavesOnce
from console.tui.widgets.line_pane import LinePane

WIDTH = 90


class LegendScreen(ModalScreen[None], LeavesOnce[None]):
    """Scrollable; esc closes it."""

    DEFAULT_CSS = """
    LegendScreen { align: center middle; background: $background 60%; }
    LegendScreen > Vertical {
        width: 90; max-width: 96%; height: auto; max-height: 90%;
        border: round $border; background: $surface; padding: 0 1;
    }
    LegendScreen LinePane { height: auto; max-height: 100%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,m", "close", show=False)]

    def __init__(self, leaderboard: str) -> None:
        super().__init__()
        self._leaderboard = leaderboard

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "Marks"
            yield LinePane(legend(self._leaderboard, self._room))

    @property
    def _room(self) -> int:
        """Of a line, between border and scroll bar."""
        return min(WIDTH, self.app.size.width * 96 // 100) - 6

    def action_close(self) -> None:
        self.dismiss()
