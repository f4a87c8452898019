"""The logs of all containers: follow, pause, search, save. Reads the spool, never a socket."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textual.containers import Container
from textual.widget import Widget
from textual.widgets import Input

from console.domain.board import BoardSnapshot
from console.domain.events import StreamState
from console.errors import ConsoleError
from console.operations.recording.log_times import time_of_day
from console.presentation.containers import own_containers
from console.presentation.tones import Line, Tone, joined, spread, text
from console.tui.commands import Command, bindings
from console.tui.places import Subject
from console.tui.screens.about import SubmissionScreen
from console.tui.screens.dialogs import AskTime
from console.tui.screens.saving import save_log
from console.tui.submission_source import SubmissionSource
from console.tui.widgets.canvas import Canvas
from console.tui.widgets.container_tabs import ContainerTabs
from console.tui.widgets.log_pane import LogPane


def _step(direction: int) -> Callable[[LogsScreen], None]:
    def run(screen: LogsScreen) -> None:
        known = screen.tabs.containers
        here = known.index(screen.tabs.chosen) if screen.tabs.chosen in known else 0
        screen.choose(known[(here + direction) % len(known)])

    return run


def _search(screen: LogsScreen) -> None:
    screen.query_one(Input).add_class("open").focus()


def _time(screen: LogsScreen) -> None:
    screen.push_time()


def _copy(screen: LogsScreen) -> None:
    line = screen.pane.current_line()
    screen.app.copy_to_clipboard(line)
    screen.notify(f"Copied {len(line)} characters.")


async def _save(screen: LogsScreen) -> None:
    """The log of the chosen container, or what is marked of it."""
    board, container = screen.board(), screen.tabs.chosen
    view = screen.source().log_view(container)
    file = await save_log(f"{board.name}.{container}", view, screen.pane.marked)
    screen.notify(f"Saved to {file}")


def _back(screen: LogsScreen) -> None:
    """esc ends the search first, then leaves."""
    if screen.pane.search:
        screen.pane.find("")
        screen.query_one(Input).value = ""
    else:
        screen.dismiss()


def _no_search(screen: LogsScreen) -> str:
    return "" if screen.pane.search else "/ starts a search."


def _toggle(attribute: str) -> Callable[[LogsScreen], None]:
    def run(screen: LogsScreen) -> None:
        setattr(screen.pane, attribute, not getattr(screen.pane, attribute))

    return run


def _no_line(screen: LogsScreen) -> str:
    if screen.pane.line_count:
        return ""
    return "There is no line yet." if screen.pane.counted else "Its lines are being counted."


def _place(*, following: bool, over: bool) -> Line:
    """Where the pane is; nobody follows a log that has ended."""
    if not following:
        return text(("‖ paused", Tone.WARN))
    return text(("■ at the end", Tone.MUTED)) if over else text(("● following", Tone.ACCENT))


class LogStatus(Canvas):
    """Follow or paused with the lines that arrived since, search position, switches."""

    DEFAULT_CSS = "LogStatus { dock: bottom; margin-bottom: 1; background: $surface; }"

    def draw(self, width: int, height: int) -> list[Line]:
        screen = self.screen
        assert isinstance(screen, LogsScreen)
        pane = screen.pane
        stream, _ = screen.tabs.stream()
        over = stream is StreamState.ENDED or (stream is None and screen.tabs.board.ended)
        state = _place(following=pane.following, over=over)
        news = text((f"+{pane.unseen:,} new lines", Tone.WARN)) if pane.unseen else ()
        hits: Line = ()
        if pane.search:
            hits = text(("search ", Tone.MUTED), pane.search.position(pane.hit, pane.line_count))
        switches = [
            text((name, Tone.ACCENT))
            for name, on in (("time", pane.timestamps), ("wrap", pane.wrap))
            if on
        ]
        mark = (
            text((f"marked from {pane.mark + 1:,}", Tone.ACCENT)) if pane.mark is not None else ()
        )
        lacking = text((screen.missing, Tone.WARN)) if screen.missing else ()
        left = joined(
            [
                text((" " + screen.tabs.chosen, Tone.STRONG)),
                state,
                lacking,
                news,
                hits,
                mark,
                *switches,
            ]
        )
        lines = f"{pane.counted_so_far:,}{'' if pane.counted else '+'}"
        told = text((f"  {lines} lines ", Tone.MUTED))
        return [spread(left, (*self._stream(screen), *told), width)]

    def _stream(self, screen: LogsScreen) -> Line:
        state, gap = screen.tabs.stream()
        lost = text((f"! {gap}  ", Tone.WARN)) if gap else ()
        word = text((f"stream {state.value}", Tone.MUTED)) if state else ()
        return (*lost, *word)


class LogsScreen(SubmissionScreen):
    """One pane; the containers beside or above it."""

    TITLE_WORD = "Logs"
    DEFAULT_CSS = """
    LogsScreen #split { layout: horizontal; height: 1fr; width: 100%; }
    LogsScreen.-narrow #split { layout: vertical; }
    LogsScreen LogPane { width: 1fr; height: 1fr; }
    LogsScreen Input { display: none; dock: bottom; margin-bottom: 2; }
    LogsScreen Input.open { display: block; }
    """
    TICK_SECONDS = 0.1
    commands = (
        Command(
            "previous",
            "left_square_bracket",
            "Prev",
            "The container before",
            _step(-1),
            key_display="[",
        ),
        Command(
            "next", "right_square_bracket", "Next", "The next container", _step(1), key_display="]"
        ),
        Command(
            "follow",
            "s,f",
            "Follow",
            "Follow the end, or stop where you are",
            lambda screen: screen.pane.toggle_follow(),
            key_display="s",
        ),
        Command(
            "search",
            "slash",
            "Search",
            "Search as a regular expression, case ignored",
            _search,
            key_display="/",
        ),
        Command(
            "match",
            "n",
            "Hit",
            "The next hit; N the one before",
            lambda screen: screen.pane.next_hit(1),
            _no_search,
            show=False,
        ),
        Command(
            "match_back",
            "N",
            "Hit before",
            "The hit before",
            lambda screen: screen.pane.next_hit(-1),
            _no_search,
            show=False,
        ),
        Command("time", "t", "Time", "Show the cluster's timestamps", _toggle("timestamps")),
        Command(
            "at",
            "at",
            "Go to time",
            "Go to a time of day (UTC)",
            _time,
            _no_line,
            show=False,
            key_display="@",
        ),
        Command(
            "mark",
            "m",
            "Mark",
            "Save from this line on; again forgets it",
            lambda screen: screen.pane.toggle_mark(),
            _no_line,
            show=False,
        ),
        Command("wrap", "w", "Wrap", "Wrap long lines", _toggle("wrap")),
        Command("copy", "c", "Copy", "Copy the current line", _copy, _no_line),
        Command(
            "save",
            "ctrl+s",
            "Save",
            "Save the log, or from the mark to here, to a file",
            _save,
            _no_line,
        ),
        Command(
            "back", "escape,q", "Back", "End the search, then go back", _back, key_display="esc"
        ),
    )
    BINDINGS = bindings(commands)
    AUTO_FOCUS = "LogPane"

    def __init__(
        self,
        subject: Subject,
        container: str = "",
        sought: str = "",
        source: SubmissionSource | None = None,
    ) -> None:
        """`sought`: a regular expression; the log opens at the last line that it fits."""
        super().__init__(subject, source)
        self._first = container
        self._sought, self._looking = sought, False
        self._opened = ""
        self.missing = ""
        """What cannot be shown of the chosen log and why, empty when all of it is."""

    def body(self) -> Iterable[Widget]:
        yield Container(ContainerTabs(), LogPane(), id="split")
        yield Input(placeholder="search: a regular expression", compact=True)
        yield LogStatus()

    @property
    def tabs(self) -> ContainerTabs:
        return self.query_one(ContainerTabs)

    @property
    def pane(self) -> LogPane:
        return self.query_one(LogPane)

    def on_mount(self) -> None:
        self.tabs.chosen = self._first or own_containers(self.board())[0]

    def choose(self, container: str) -> None:
        """Show another container's log from its end."""
        self._sought = ""
        self.tabs.chosen = container
        self.tick()

    def tick(self) -> None:
        board = self.board()
        self.tabs.board = board
        if self._opened != self.tabs.chosen:
            self._open()
        before = self.pane.line_count
        self.pane.tick()
        if self.pane.line_count < before:
            self._went_back()
        self._tell_empty(board)
        self._seek()
        self.tabs.redraw()
        self.query_one(LogStatus).redraw()

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
        stream, _ = self.tabs.stream()
        if self._opened and self.pane.counted and not self.pane.line_count and board.ended:
            told = "This log has no line." if stream is StreamState.ENDED else ""
            self.missing = told or "Nothing of this log is recorded here."
            self._sought = ""

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
                self.missing = f"No line of this log has: {wanted}"
            self._sought = ""

    def _open(self) -> None:
        """Show the chosen log; while there is none yet, say so and look again at the next tick."""
        try:
            view = self.source().log_view(self.tabs.chosen)
        except ConsoleError as error:
            self.missing, self._opened = error.what, ""
            self.pane.open(None)
        else:
            self.missing, self._opened = "", self.tabs.chosen
            self.pane.open(view)

    def push_time(self) -> None:
        """Ask for a time of day and go there."""
        self.app.push_screen(AskTime(), self._go_to_time)

    def _go_to_time(self, typed: str | None) -> None:
        at = time_of_day(typed or "")
        if at:
            self.pane.go_to_time(at)
        elif typed:
            self.notify(f"{typed} is no time; 14:02 or 14:02:11 is.", severity="warning")

    def on_container_tabs_picked(self, message: ContainerTabs.Picked) -> None:
        self.choose(message.container)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.input.remove_class("open")
        self.pane.focus()
        self.pane.find(event.value)
