"""Looking for something in a log of any length, and going there: in a thread, while keys are heard.

What is looked for, and how it is found, `log_jumps` knows.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual.worker import get_current_worker

from console.tui.screens.about import SubmissionScreen
from console.tui.screens.log_choice import ShownLog
from console.tui.screens.log_jumps import attempt, death, end_of_previous, first_error
from console.tui.screens.log_status import LogStatus
from console.tui.widgets.log_pane import LogPane

Look = Callable[[ShownLog, Callable[[], bool]], int | None]
"""Finds a line of a log; the second argument tells whether nobody waits for it any more."""


class LooksInLogs(SubmissionScreen):
    """A screen of one log, from which one looks for another line of it."""

    pane: LogPane
    status: LogStatus
    shown: ShownLog | None
    """None while there is no log to look into."""

    def to_attempt(self, direction: int) -> None:
        """The next attempt, or the one before."""
        here, nothing = self.pane.here, f"There is no attempt {_where(direction)}."
        self._look("an attempt", nothing, lambda log, _: attempt(log, here, direction))

    def to_previous(self) -> None:
        """The end of the attempt before the one that is looked at."""
        here = self.pane.line_count - 1 if self.pane.following else self.pane.here
        nothing = "There is no attempt before this one."
        self._look("the attempt before", nothing, lambda log, _: end_of_previous(log, here))

    def to_death(self, direction: int) -> None:
        """The next death, or the one before."""
        board, here = self.board(), self.pane.here
        nothing = f"There is no death that a supervisor told of {_where(direction)}."
        self._look("a death", nothing, lambda log, _: death(log, board, here, direction))

    def to_first_error(self) -> None:
        """The first line that tells of one."""
        nothing = "No line of this log tells of an error."
        self._look("an error", nothing, lambda log, ended: first_error(log.view, ended))

    def _look(self, what: str, nothing: str, look: Look) -> None:
        """In a thread, for a log may be long; another look or another log ends it."""
        if self.shown is not None:
            self.status.looking = f"looking for {what}…"
            work = partial(self._found, self.shown, look, nothing)
            self.run_worker(work, group="look", exclusive=True, thread=True, exit_on_error=False)

    def _found(self, shown: ShownLog, look: Look, nothing: str) -> None:
        worker = get_current_worker()
        place = look(shown, lambda: worker.is_cancelled or shown is not self.shown)
        if not worker.is_cancelled:
            self.app.call_from_thread(self._arrive, shown, place, nothing)

    def _arrive(self, shown: ShownLog, place: int | None, nothing: str) -> None:
        self.status.looking = ""
        if shown is not self.shown:
            return
        if place is None:
            self.notify(nothing, severity="warning")
        else:
            self.pane.go_to(place)
        self.status.redraw()


def _where(direction: int) -> str:
    return "below" if direction > 0 else "above"
