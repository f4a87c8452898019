"""What befell one submission: its failed attempts, its problems, conditions and events."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from console.presentation.boards import troubles, whole_reason
from console.presentation.happenings import are_shortened, happenings, in_short
from console.presentation.tones import Line
from console.presentation.verdicts import answers
from console.presentation.wrapping import all_wrapped
from console.tui.commands import Command, bindings
from console.tui.screens.about import (
    BACK,
    DESCRIBE,
    INSPECT,
    LOGS,
    MANIFEST,
    SubmissionScreen,
    way_hint,
)
from console.tui.screens.reasons import Reasons
from console.tui.screens.text_search import SEARCHING
from console.tui.widgets.line_pane import LinePane

AGE_WIDTH = 7
"""Of the column before each event: what goes on below begins beneath its words."""


def _expand(screen: EventsScreen) -> None:
    screen.in_full = not screen.in_full
    screen.tick()


def _nothing_to_expand(screen: EventsScreen) -> str:
    return "" if are_shortened(screen.board()) else "Every event has a line of its own."


EXPAND = Command(
    "expand",
    "enter",
    "Full/short",
    "Each event on a line of its own, or what always happens as one",
    _expand,
    _nothing_to_expand,
    only_when_possible=True,
)


class EventsScreen(SubmissionScreen):
    """Why it stands where it does, its troubles, then all that the cluster said about the Job and
    its pod, newest last; nothing is cut. What always happens is one line, until it is asked for."""

    TITLE_WORD = "Events"
    DEFAULT_CSS = "EventsScreen LinePane { height: 1fr; padding: 0 1; }"
    commands = (BACK, EXPAND, *SEARCHING, INSPECT, LOGS, MANIFEST, DESCRIBE)
    BINDINGS = bindings(commands)
    AUTO_FOCUS = "LinePane"

    in_full = False
    """Each event has a line of its own."""
    _told: tuple[list[Line], int] = ([], 0)
    """What is shown, and the width that it was broken for."""

    def body(self) -> Iterable[Widget]:
        self.reasons = Reasons(self)
        yield LinePane()

    def tick(self) -> None:
        board, now = self.board(), self.source().now()
        self.reasons.look(board)
        pane = self.query_one(LinePane)
        told = [
            *whole_reason(board, way_hint(self)),
            *troubles(board, answers(self.reasons.found)),
            *(happenings(board, now) if self.in_full else in_short(board, now)),
        ]
        width = pane.scrollable_content_region.width
        if (told, width) != self._told:
            self._told = (told, width)
            pane.show(all_wrapped(told, width, AGE_WIDTH))
