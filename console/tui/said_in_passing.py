"""The app's way to say something in passing: on the strip of whatever screen is seen."""

from __future__ import annotations

import math
from time import monotonic

from textual import events
from textual.app import App
from textual.notifications import SeverityLevel

from console.tui.notices import Notice, NoticeBoard
from console.tui.screens.screen import ConsoleScreen


class SaidInPassing(App[None]):
    """Takes the place of Textual's toasts, which lie over what is being read."""

    notices = NoticeBoard()

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """A `timeout` without an end waits for a key.

        Markup in it is never interpreted, since texts come from anywhere.
        """
        now = monotonic()
        seconds = self.NOTIFICATION_TIMEOUT if timeout is None else timeout
        until = None if math.isinf(seconds) else now + seconds
        self._tell(self.notices.with_new(Notice(message, title, severity, now, until)))
        if until is not None:
            self.set_timer(seconds, self._look_at_the_clock)

    def take_back(self, message: str, title: str) -> None:
        """A notice that holds no longer."""
        self._tell(self.notices.without(message, title))

    def clear_notifications(self) -> None:
        """What was said of what was done; a call waits on."""
        self._tell(self.notices.calls())

    def noticed(self, event: events.Key) -> None:
        """A key was pressed: what could be read by then has been read.

        A dialog may lie over the strip.
        """
        if self.screen_stack and isinstance(self.screen, ConsoleScreen):
            self._tell(self.notices.pressed(event.time))

    def _look_at_the_clock(self) -> None:
        self._tell(self.notices.at(monotonic()))

    def _tell(self, board: NoticeBoard) -> None:
        if board == self.notices:
            return
        self.notices = board
        seen = (each for each in reversed(self.screen_stack) if isinstance(each, ConsoleScreen))
        if screen := next(seen, None):
            screen.show_notices()
