"""One submission live: its pairs, the budget they share, logcopy, what the cluster says."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil
from typing import cast

from msgspec.structs import replace
from textual import events
from textual.containers import Container
from textual.widget import Widget

from console.domain.board import BoardSnapshot, PairStatus
from console.domain.drive_times import NewestDriveTimes
from console.domain.estimates import board_time
from console.presentation.containers import agent_of, numbers_of
from console.presentation.verdicts import warnings
from console.tui.commands import Command, bindings
from console.tui.places import Destination, Place
from console.tui.screens.about import (
    AGAIN,
    BACK,
    CANCEL,
    COPY_NAME,
    DELETE,
    DESCRIBE,
    EVENTS,
    INSPECT,
    MANIFEST,
    PREVIOUS_LOG,
    RESULTS,
    RESUME,
    SHELL,
    SubmissionScreen,
    resume_hint,
)
from console.tui.screens.publishing import PUBLISH, published_line
from console.tui.screens.reasons import Reasons
from console.tui.screens.recorded_times import RecordedTimes
from console.tui.screens.replaying import PLAY
from console.tui.screens.screen import MEDIUM, NARROW, WIDE
from console.tui.widgets.board_parts import (
    BoardPart,
    EventStrip,
    LogcopyPanel,
    PairPanel,
    Summary,
)

KEYS = range(1, 10)
"""Pairs that a digit of the keyboard reaches."""
_BESIDE = {NARROW: 1, MEDIUM: 2, WIDE: 4}
"""Panels that have room beside each other: their lines are read without being cut."""
_ROWS = {NARROW: 3, MEDIUM: 12, WIDE: 26}
"""Of the terminal, for panels that stand beside each other."""


def grid(pairs: int, width: str) -> tuple[int, int]:
    """Columns of the panels in a terminal of that class of width, and the rows that they want."""
    columns = min(pairs, _BESIDE[width])
    return columns, ceil(pairs / columns) * _ROWS[width]


def _focus(number: int) -> Command:
    def run(screen: MonitorScreen) -> None:
        panel = screen.panel(number)
        if panel.has_focus:
            screen.open_logs()
        screen.set_focus(panel)

    def missing(screen: MonitorScreen) -> str:
        return "" if number in screen.numbers else f"There is no pair {number}."

    name, text = f"Pair {number}", f"Focus pair {number}; again opens its agent's log"
    return Command(
        f"pair{number}", str(number), name, text, run, missing, show=False, only_when_possible=True
    )


def _logs(screen: MonitorScreen) -> None:
    screen.open_logs()


def _inspect(screen: MonitorScreen) -> None:
    screen.inspect()


def _open(screen: MonitorScreen) -> None:
    """What is asked first of a pair: why it failed, or what it says now."""
    pair = screen.panel(screen.chosen).pair
    if pair is not None and pair.status is PairStatus.FAILED:
        screen.inspect()
    else:
        screen.open_logs()


class MonitorScreen(SubmissionScreen):
    """A panel for each pair of the plan, beside each other or as rows: as the terminal allows."""

    TITLE_WORD = "Monitor"
    DEFAULT_CSS = """
    MonitorScreen #pairs { layout: grid; overflow-y: auto; }
    MonitorScreen.-narrow #pairs { layout: vertical; max-height: 80%; }
    MonitorScreen.-medium #pairs { max-height: 70%; }
    MonitorScreen #below { layout: vertical; height: 1fr; width: 100%; }
    MonitorScreen.-wide #below { layout: horizontal; }
    MonitorScreen.-wide LogcopyPanel { height: 1fr; }
    """
    commands = (
        Command("logs", "l", "Logs", "The log of the focused pair's agent", _logs),
        replace(INSPECT, run=_inspect),
        Command(
            "open",
            "enter",
            "Open",
            "Why the focused pair failed; of one that did not, its log",
            _open,
            show=False,
        ),
        RESULTS,
        replace(PUBLISH, show=False),
        CANCEL,
        RESUME,
        EVENTS,
        MANIFEST,
        DELETE,
        SHELL,
        replace(AGAIN, show=False),
        COPY_NAME,
        DESCRIBE,
        PREVIOUS_LOG,
        PLAY,
        BACK,
        *map(_focus, KEYS),
    )
    BINDINGS = bindings(commands)
    AUTO_FOCUS = "PairPanel"

    def body(self) -> Iterable[Widget]:
        self.numbers = numbers_of(self.board())
        self._placed = self.numbers[0]
        self.reasons, self.recorded_times = Reasons(self), RecordedTimes(self)
        self.drive_times = NewestDriveTimes()
        yield Summary()
        yield Container(*map(PairPanel, self.numbers), id="pairs")
        yield Container(LogcopyPanel(), EventStrip(), id="below")

    numbers: tuple[int, ...] = ()
    """Of the pairs that have a panel, or get one before the next frame."""
    _placed: int = 0
    """The pair that has the focus by us; another one was chosen by hand."""

    def on_resize(self, event: events.Resize) -> None:
        self._arrange(event.size.width)

    def _arrange(self, width: int) -> None:
        """Lay out the panels; the classes of that width are set only after this."""
        kind = next(k for least, k in reversed(self.HORIZONTAL_BREAKPOINTS) if width >= least)
        styles = self.query_one("#pairs").styles
        styles.grid_size_columns, styles.height = grid(len(self.numbers), kind)

    def _follow_plan(self, board: BoardSnapshot) -> None:
        """Other panels, once the plan tells of other pairs than were expected."""
        numbers = numbers_of(board)
        if numbers != self.numbers:
            self.numbers = numbers
            self.call_next(self._replace_panels)

    async def _replace_panels(self) -> None:
        """Panels of pairs that stay are left alone, with the focus."""
        numbers, box = self.numbers, self.query_one("#pairs")
        there = {panel.number: panel for panel in self.query(PairPanel)}
        await box.mount(*(PairPanel(number) for number in numbers if number not in there))
        if isinstance(self.focused, PairPanel) and self.focused.number not in numbers:
            self._placed = numbers[0]
            self.set_focus(self.panel(numbers[0]))
        await box.remove_children([there[number] for number in there if number not in numbers])
        box.sort_children(key=lambda panel: numbers.index(cast("PairPanel", panel).number))
        self._arrange(self.size.width)
        self.tick()

    def panel(self, number: int) -> PairPanel:
        """The panel of that pair."""
        return self.query_one(f"#pair-{number}", PairPanel)

    def _look_at_failed(self, board: BoardSnapshot) -> None:
        """The focus goes to the first pair that failed, while nobody has moved it."""
        failed = [pair.number for pair in board.pairs if pair.status is PairStatus.FAILED]
        here = self.focused
        untouched = isinstance(here, PairPanel) and here.number == self._placed
        if failed and untouched and self._placed not in failed and failed[0] in self.numbers:
            self._placed = failed[0]
            self.set_focus(self.panel(failed[0]))

    def tick(self) -> None:
        board, now = self.board(), self.source().now()
        self._follow_plan(board)
        self._look_at_failed(board)
        self.reasons.look(board)
        summary = self.query_one(Summary)
        found = self.reasons.found
        summary.hint, summary.warnings = resume_hint(self), warnings(found) if found else ()
        summary.published = published_line(self)
        self.recorded_times.look(board, now)
        times = self.drive_times.of(board)
        time = board_time(board, self.recorded_times.known, now, times)
        for part in self.query(BoardPart):
            part.show(board, time)

    @property
    def chosen(self) -> int:
        """The pair that has the focus; the first where none has it."""
        focused = self.focused
        return focused.number if isinstance(focused, PairPanel) else self.numbers[0]

    def container_shown(self) -> str:
        return agent_of(self.board(), self.chosen)

    def inspect(self) -> None:
        """Why it failed: the focused pair if that did, else the one that did most often."""
        pair = self.panel(self.chosen).pair
        failed = pair is not None and any(each.initiating for each in pair.ended)
        number = self.chosen if failed else 0
        self.go(Destination(Place.INSPECT, self.subject(), self.source(), pair=number))

    def open_logs(self) -> None:
        """The log of the focused pair's agent; of its simulator while that one is in trouble."""
        container = agent_of(self.board(), self.chosen)
        self.go(Destination(Place.LOGS, self.subject(), self.source(), container))
