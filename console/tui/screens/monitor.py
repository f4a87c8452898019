"""One submission live: four pairs, the budget they share, logcopy, what the cluster says."""

from __future__ import annotations

from collections.abc import Iterable

from textual.containers import Container
from textual.widget import Widget

from console.domain.board import BoardSnapshot, PairStatus
from console.tui.commands import Command, bindings
from console.tui.places import Destination, Place
from console.tui.screens.about import (
    BACK,
    CANCEL,
    DELETE,
    EVENTS,
    MANIFEST,
    RESULTS,
    RESUME,
    SubmissionScreen,
    resume_hint,
)
from console.tui.widgets.board_parts import (
    BoardPart,
    EventStrip,
    LogcopyPanel,
    PairPanel,
    Summary,
)

PAIRS = (1, 2, 3, 4)


def _focus(number: int) -> Command:
    def run(screen: MonitorScreen) -> None:
        panel = screen.query_one(f"#pair-{number}", PairPanel)
        if panel.has_focus:
            screen.open_logs()
        screen.set_focus(panel)

    text = f"Focus pair {number}; again opens its agent's log"
    return Command(f"pair{number}", str(number), f"Pair {number}", text, run, show=False)


def _logs(screen: MonitorScreen) -> None:
    screen.open_logs()


class MonitorScreen(SubmissionScreen):
    """Four panels side by side, two by two, or twelve rows: as the terminal allows."""

    TITLE_WORD = "Monitor"
    DEFAULT_CSS = """
    MonitorScreen #pairs { layout: grid; grid-size: 2 2; height: 3fr; }
    MonitorScreen.-wide #pairs { grid-size: 4 1; height: 26; }
    MonitorScreen.-narrow #pairs { layout: vertical; height: 12; }
    MonitorScreen.-medium #pairs { height: 24; max-height: 70%; }
    MonitorScreen #below { layout: vertical; height: 1fr; width: 100%; }
    MonitorScreen.-wide #below { layout: horizontal; }
    MonitorScreen.-wide LogcopyPanel { height: 1fr; }
    """
    commands = (
        Command("logs", "l,enter", "Logs", "The log of the focused pair's agent", _logs),
        RESULTS,
        CANCEL,
        RESUME,
        EVENTS,
        MANIFEST,
        DELETE,
        BACK,
        *map(_focus, PAIRS),
    )
    BINDINGS = bindings(commands)
    AUTO_FOCUS = "#pair-1"

    def body(self) -> Iterable[Widget]:
        yield Summary()
        yield Container(*map(PairPanel, PAIRS), id="pairs")
        yield Container(LogcopyPanel(), EventStrip(), id="below")

    _placed: int = PAIRS[0]
    """The pair that has the focus by us; another one was chosen by hand."""

    def _look_at_failed(self, board: BoardSnapshot) -> None:
        """The focus goes to the first pair that failed, while nobody has moved it."""
        failed = [pair.number for pair in board.pairs if pair.status is PairStatus.FAILED]
        here = self.focused
        untouched = isinstance(here, PairPanel) and here.number == self._placed
        if failed and untouched and self._placed not in failed and failed[0] in PAIRS:
            self._placed = failed[0]
            self.set_focus(self.query_one(f"#pair-{failed[0]}", PairPanel))

    def tick(self) -> None:
        board = self.board()
        self._look_at_failed(board)
        self.query_one(Summary).hint = resume_hint(self)
        for part in self.query(BoardPart):
            part.show(board)

    def open_logs(self) -> None:
        """The log of the focused pair's agent; of its simulator while that one is in trouble."""
        focused = self.focused
        number = focused.number if isinstance(focused, PairPanel) else 1
        self.go(Destination(Place.LOGS, self.subject(), f"agent-{number}"))
