"""The logs of all containers, alone or by time: follow, search, filter, save. Reads the spool."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace
from textual.containers import Container
from textual.widget import Widget
from textual.widgets import Input

from console.diagnosis.told_route import prepares
from console.domain.board import BoardSnapshot
from console.domain.events import StreamState
from console.errors import ConsoleError
from console.operations.recording.later_log import LaterLog
from console.operations.recording.log_times import time_of_day
from console.operations.recording.merged_log import from_time
from console.presentation.containers import begun_again, own_containers
from console.tui.commands import bindings
from console.tui.places import Subject
from console.tui.screens.dialogs import AskLine
from console.tui.screens.log_choice import LogChoice, Together, log_of
from console.tui.screens.log_keys import LOG_COMMANDS
from console.tui.screens.log_looks import LooksInLogs
from console.tui.screens.log_status import LogStatus
from console.tui.submission_source import SubmissionSource
from console.tui.widgets.container_tabs import ContainerTabs
from console.tui.widgets.log_pane import LogPane
from console.tui.widgets.ordered_input import OrderedInput

_PROMPTS = {
    "search": "search: a regular expression",
    "filter": "only lines with: a regular expression; !pattern: lines without it; empty: all",
    "route": "route: RouteScenario_7, or 7",
}


class LogsScreen(LooksInLogs):
    """One pane; the containers beside or above it."""

    TITLE_WORD = "Logs"
    DEFAULT_CSS = """
    LogsScreen #split { layout: horizontal; height: 1fr; width: 100%; }
    LogsScreen.-narrow #split { layout: vertical; }
    LogsScreen LogPane { width: 1fr; height: 1fr; }
    LogsScreen Input { display: none; dock: bottom; margin-bottom: 2; }
    LogsScreen Input.open { display: block; }
    LogsScreen.full Header, LogsScreen.full ContainerTabs { display: none; }
    LogsScreen.full KeyLine { display: none; }
    LogsScreen.full LogStatus { margin-bottom: 0; }
    """
    TICK_SECONDS = 0.1
    commands = LOG_COMMANDS
    BINDINGS = bindings(commands)
    AUTO_FOCUS = "LogPane"

    def __init__(
        self,
        subject: Subject,
        container: str = "",
        sought: str = "",
        source: SubmissionSource | None = None,
        *,
        previous: bool = False,
    ) -> None:
        """`sought`: a regular expression; the log opens at the last line that it fits.

        `previous`: it opens at the end of the attempt before.
        """
        super().__init__(subject, source)
        self._to_previous = previous
        self._first = container
        self._sought, self._looking = sought, False
        self.tabs, self.pane = ContainerTabs(), LogPane()
        self.status = LogStatus(self.tabs, self.pane)
        self.choice = LogChoice()
        self._opened: tuple[LogChoice, tuple[str, ...]] | None = None
        self.shown = None
        self._moment = ""
        """The time to go to once the log is counted."""
        self._told_empty = ""
        """Why there is no line, as long as there is none."""
        self._asked = ""
        """What the line of input is for."""
        self._cleared = 0
        """Lines of what is shown that were there when it was cleared."""

    def body(self) -> Iterable[Widget]:
        yield Container(self.tabs, self.pane, id="split")
        yield OrderedInput(compact=True)
        yield self.status

    def on_mount(self) -> None:
        self.tabs.chosen = self._first or own_containers(self.board())[0]

    def container_shown(self) -> str:
        return self.tabs.chosen

    def choose(self, container: str) -> None:
        """Show another container's log from its end."""
        self._sought = self._moment = ""
        self.tabs.chosen = container
        self.tick()

    def tick(self) -> None:
        board = self.board()
        self.tabs.board = board
        if self._to_previous:
            self.tabs.chosen = begun_again(board, self.tabs.chosen)
        self.tabs.beside = self.choice.containers(board, self.tabs.chosen)
        self.tabs.marked = self.choice.marked
        if self._opened != (self.choice, self.tabs.beside):
            self._open(board)
        before = self.pane.line_count
        self.pane.tick()
        if self.pane.line_count < before:
            self._went_back()
        self._tell_empty(board)
        self._seek()
        self._begin_before()
        self._return()
        self.tabs.redraw()
        self.status.choice = self.choice
        self.status.redraw()

    def _went_back(self) -> None:
        """A replay did: what came later is neither shown nor found any more."""
        pane = self.pane
        if pane.search is not None:
            pane.search.forget_from(pane.line_count)
        if pane.hit is not None and pane.hit >= pane.line_count:
            pane.hit = None
        pane.refresh()

    def _tell_empty(self, board: BoardSnapshot) -> None:
        """A log that has ended without a line says so, and whether that is for want of a record."""
        empty = self.pane.counted and not self.pane.line_count and not self._cleared
        if self._opened and empty and board.ended:
            self.status.missing = self._told_empty = self._why_empty()
            self._sought = ""
        elif not empty and self._told_empty:
            # What was opened just now is read as long as its pod is there.
            self._told_empty = self.status.missing = ""

    def _why_empty(self) -> str:
        stream, why = self.tabs.stream()
        if self.choice.keep or self.choice.drop:
            return "No line of this log passes the filter."
        if stream is StreamState.ENDED:
            return "This log has no line."
        broken = stream is not None and stream.broken
        return why if broken and why else "Nothing of this log is recorded here."

    def _seek(self) -> None:
        """Go to what the screen was opened for once there are lines; say if it is not there."""
        if not self._sought or not self.pane.line_count:
            return
        if not self._looking:
            self._looking = True
            self.pane.find(self._sought)
        elif self.pane.search is None or self.pane.search.complete:
            if self.pane.search is not None and not self.pane.search.hits:
                wanted = self._sought.replace("\\", "")
                self.status.missing = f"No line of this log has: {wanted}"
            self._sought = ""

    def _begin_before(self) -> None:
        """Where the attempt before ended, once there are lines."""
        if self._to_previous and self.pane.counted and self.pane.line_count:
            self._to_previous = False
            self.to_previous()

    def _return(self) -> None:
        """To the time at which another choice of the same lines was left."""
        pane = self.pane
        if self._moment and self.shown is not None and pane.counted and pane.line_count:
            pane.go_to(from_time(self.shown.view, pane.line_count, self._moment))
            self._moment = ""

    def _open(self, board: BoardSnapshot) -> None:
        """Show the chosen log; while there is none yet, say so and look again at the next tick."""
        try:
            self.shown = log_of(self.choice, board, self.tabs.chosen, self.source().log_view)
        except ConsoleError as error:
            self.status.missing, self._opened, self.shown = error.what, None, None
            self.pane.open(None)
        else:
            self._cleared = self.status.cleared = 0
            self.status.missing, self._opened = "", (self.choice, self.tabs.beside)
            self.pane.open(self.shown.view, self.shown.sources)

    def clear_or_whole(self) -> None:
        """Only what comes after the lines that there are; again: all of them."""
        assert self.shown is not None
        view = self.shown.view
        self._cleared = 0 if self._cleared else self.pane.line_count
        whole = view.view if isinstance(view, LaterLog) else view
        later = LaterLog(whole, self._cleared) if self._cleared else whole
        self.shown = replace(self.shown, view=later)
        self.pane.open(later, self.shown.sources)
        self.status.cleared = self._cleared

    def toggle_full(self) -> None:
        """Nothing but the log and what is said of it."""
        self.toggle_class("full")

    def join(self) -> None:
        """One log, those of its pair, or all by time; a paused one stays at its time."""
        self._moment = self.pane.moment
        self.choice = self.choice.further(self.board(), self.tabs.chosen)
        self.tick()

    def join_all(self) -> None:
        """All by time, or the one again."""
        together = Together.ALONE if self.choice.together is Together.ALL else Together.ALL
        self._moment = self.pane.moment
        self.choice = replace(self.choice, together=together)
        self.tick()

    def mark_container(self) -> None:
        """The chosen one is picked, or not any more: two and more of these are one log by time."""
        self._moment = self.pane.moment
        self.choice = self.choice.with_mark(self.tabs.chosen)
        self.tick()

    def back(self) -> None:
        """esc ends what can be ended, one after the other, and leaves at last."""
        if self.status.saving:
            self.status.saving.stopped = True
        elif self.status.looking:
            self.workers.cancel_group(self, "look")
            self.status.looking = ""
            self.status.redraw()
        elif self.has_class("full"):
            self.toggle_full()
        elif self._cleared:
            self.clear_or_whole()
        elif self.pane.search:
            self.pane.find("")
        elif self.choice.filters:
            self._filter("")
        else:
            self.dismiss()

    # --- going somewhere

    def push_time(self) -> None:
        """Ask for a time of day and go there."""
        self.app.push_screen(AskLine(), self._go_to_time)

    def _go_to_time(self, typed: str | None) -> None:
        at = time_of_day(typed or "")
        if at:
            self.pane.go_to_time(at)
        elif typed:
            self.notify(f"{typed} is no time; 14:02 or 14:02:11 is.", severity="warning")

    def on_container_tabs_picked(self, message: ContainerTabs.Picked) -> None:
        self.choose(message.container)

    # --- the line of input

    def ask(self, wanted: str) -> None:
        """Open the line of input for a search, a filter or a route."""
        self._asked = wanted
        line = self.query_one(Input)
        line.placeholder = _PROMPTS[wanted]
        line.value = ""
        # At once: what a slow link delivers together with the key stands in the line.
        self.set_focus(line.add_class("open"))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.input.remove_class("open")
        self.pane.focus()
        if self._asked == "filter":
            self._filter(event.value)
        elif self._asked == "route":
            self.pane.find(prepares(event.value) if event.value else "")
        else:
            self.pane.find(event.value)

    def _filter(self, typed: str) -> None:
        self._moment = self.pane.moment
        self.choice = self.choice.filtered(typed)
        self.tick()
