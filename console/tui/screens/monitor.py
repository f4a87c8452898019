"""One submission live: its pairs, the budget they share, logcopy, what the cluster says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from msgspec.structs import replace
from textual import events
from textual.containers import Container
from textual.geometry import Size
from textual.widget import Widget

from console.domain.board import BoardSnapshot, PairStatus
from console.domain.drive_times import NewestDriveTimes
from console.domain.estimates import BoardTime, board_time
from console.domain.pair_problems import pair_problems
from console.presentation.containers import agent_of, numbers_of
from console.presentation.route_bars import columns_of
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
    RERUN,
    RESULTS,
    RESUME,
    SHELL,
    SubmissionScreen,
    way_hint,
)
from console.tui.screens.pair_keys import CHOOSING
from console.tui.screens.pair_layout import layout
from console.tui.screens.publishing import PUBLISH, published_line
from console.tui.screens.reasons import Reasons
from console.tui.screens.recorded_times import RecordedTimes
from console.tui.screens.replaying import PLAY
from console.tui.typed_number import TypedNumber
from console.tui.widgets.board_parts import (
    NO_TIME,
    BoardPart,
    EventStrip,
    LogcopyPanel,
    PairPanel,
    Pairs,
    Summary,
)

_AROUND = 16
"""Rows of a terminal that leave room for frames around what stands below the pairs."""


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
    MonitorScreen #pairs {
        layout: grid; width: 100%; height: 4fr; overflow-y: auto; scrollbar-size-vertical: 1;
    }
    MonitorScreen.-narrow #pairs { layout: vertical; }
    MonitorScreen #pairs.rows { grid-gutter: 0 2; grid-rows: 3; }
    MonitorScreen #pairs.slim { grid-rows: auto; }
    MonitorScreen #pairs.single { layout: vertical; }
    MonitorScreen.-short #pairs { height: 12fr; }
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
        RERUN,
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
        *CHOOSING,
    )
    BINDINGS = bindings(commands)
    AUTO_FOCUS = "PairPanel"

    def body(self) -> Iterable[Widget]:
        self.numbers = numbers_of(self.board())
        self._placed = self.numbers[0]
        self.reasons, self.recorded_times = Reasons(self), RecordedTimes(self)
        self.drive_times, self.typed = NewestDriveTimes(), TypedNumber()
        yield Summary()
        yield Pairs(*map(PairPanel, self.numbers), id="pairs")
        yield Container(LogcopyPanel(), EventStrip(), id="below")

    numbers: tuple[int, ...] = ()
    """Of the pairs that have a panel, or get one before the next frame."""
    time: BoardTime = NO_TIME
    """How far its pairs are, as the panels have it."""
    _placed: int = 0
    """The pair that has the focus by us; another one was chosen by hand."""

    def on_resize(self, event: events.Resize) -> None:
        self._arrange(event.size)

    def _arrange(self, size: Size) -> None:
        """Lay out the panels; the classes of that width are set only after this."""
        kind = next(k for least, k in reversed(self.HORIZONTAL_BREAKPOINTS) if size.width >= least)
        wanted, box = layout(len(self.numbers), kind, size.height), self.query_one("#pairs")
        box.set_class(wanted.lines is not None, "rows")
        box.set_class(wanted.lines == 1, "slim")
        box.set_class(wanted.columns == 1, "single")
        # No higher than it has to be; and it leaves something to what stands below.
        box.styles.grid_size_columns, box.styles.max_height = wanted.columns, wanted.rows
        self.set_class(size.height - wanted.rows < _AROUND, "-tight")

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
            self.choose(numbers[0])
        await box.remove_children([there[number] for number in there if number not in numbers])
        box.sort_children(key=lambda panel: numbers.index(cast("PairPanel", panel).number))
        self._arrange(self.size)
        self.tick()

    def panel(self, number: int) -> PairPanel:
        """The panel of that pair."""
        return self.query_one(f"#pair-{number}", PairPanel)

    def choose(self, number: int) -> None:
        self.set_focus(self.panel(number))

    def _look_at_failed(self, board: BoardSnapshot) -> None:
        """The focus goes to the first pair that failed, while nobody has moved it."""
        failed = [pair.number for pair in board.pairs if pair.status is PairStatus.FAILED]
        here = self.focused
        untouched = isinstance(here, PairPanel) and here.number == self._placed
        if failed and untouched and self._placed not in failed and failed[0] in self.numbers:
            self._placed = failed[0]
            self.choose(failed[0])

    def tick(self) -> None:
        board, now = self.board(), self.source().now()
        self._follow_plan(board)
        self._look_at_failed(board)
        self.reasons.look(board)
        summary = self.query_one(Summary)
        found = self.reasons.found
        summary.hint, summary.warnings = way_hint(self), warnings(found) if found else ()
        summary.published = published_line(self)
        self.recorded_times.look(board, now)
        times = self.drive_times.of(board)
        time = self.time = board_time(board, self.recorded_times.known, now, times)
        columns = columns_of(board.pairs)
        for panel in self.query(PairPanel):
            panel.columns = columns
        for part in self.query(BoardPart):
            part.show(board, time)

    def in_need(self) -> tuple[int, ...]:
        """The pairs that somebody should look at, in the order of their numbers."""
        found = {number for number, _ in pair_problems(self.board())}
        found |= {each.pair for each in self.time.pairs if each.lag is not None}
        return tuple(number for number in self.numbers if number in found)

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
