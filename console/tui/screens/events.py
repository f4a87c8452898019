"""What befell one submission: its failed attempts, its problems, conditions and events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from textual.widget import Widget

from console.tui.commands import bindings
from console.tui.presentation.boards import happenings, troubles
from console.tui.screens.about import BACK, LOGS, MANIFEST, SubmissionScreen
from console.tui.widgets.line_pane import LinePane


class EventsScreen(SubmissionScreen):
    """Troubles first, then everything the cluster said about the Job and its pod, newest last."""

    TITLE_WORD = "Events"
    DEFAULT_CSS = "EventsScreen LinePane { height: 1fr; padding: 0 1; }"
    commands = (BACK, LOGS, MANIFEST)
    BINDINGS = bindings(commands)
    AUTO_FOCUS = "LinePane"

    def body(self) -> Iterable[Widget]:
        yield LinePane()

    def tick(self) -> None:
        board = self.board()
        told = [*troubles(board), *happenings(board, datetime.now(UTC))]
        self.query_one(LinePane).show(told)
