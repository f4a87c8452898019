"""The parts of the monitor: each shows one aspect of the latest board it was given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from textual import events
from textual.containers import Container
from textual.geometry import Size

from console.domain.board import BoardSnapshot, PairBoard
from console.domain.estimates import BoardTime
from console.domain.pair_problems import pair_problems
from console.domain.spans import FIRST
from console.presentation import boards, pairs
from console.presentation.fleet_columns import troubled
from console.presentation.happenings import in_short
from console.presentation.pair_line import line
from console.presentation.pair_times import all_done
from console.presentation.route_bars import Columns
from console.presentation.tones import Line, Tone, cut, joined, spread, text, width_of
from console.tui.widgets.canvas import Canvas
from console.tui.widgets.opened import Opened

FEW = 4
"""Pairs that are all in sight."""
EMPTY = BoardSnapshot("", "")
NO_TIME = BoardTime(FIRST)


class BoardPart(Canvas):
    """Keeps the board; `show` repaints what differs."""

    board: BoardSnapshot = EMPTY
    time: BoardTime = NO_TIME
    """How far its pairs are, at the time that ages refer to."""

    @property
    def now(self) -> datetime:
        """The time that ages refer to."""
        return self.time.at

    def show(self, board: BoardSnapshot, time: BoardTime) -> None:
        """Take the latest board, and its present."""
        self.board, self.time = board, time
        self.redraw()


class Fitting(BoardPart):
    """A part with a frame that is no higher than what there is to say in it."""

    MOST = 200
    """More rows than any terminal has."""

    def show(self, board: BoardSnapshot, time: BoardTime) -> None:
        self.board, self.time = board, time
        rows = len(self.draw(max(self.content_region.width, 1), self.MOST))
        most = rows + self.gutter.height
        if self.styles.max_height is None or self.styles.max_height.value != most:
            self.styles.max_height = most
        self.redraw()


class Summary(BoardPart):
    """Status and budget, and why; for an ended submission how one can go on."""

    DEFAULT_CSS = "Summary { height: 2; margin: 0 1; }"
    hint: str = ""
    published: Line = ()
    """What has become of its results at EvalAI."""
    warnings: Sequence[str] = ()
    """Failures that come again, a line each."""

    def show(self, board: BoardSnapshot, time: BoardTime) -> None:
        self.board, self.time = board, time
        width, height = self.content_region.size
        rows = self.draw(width, height)
        if self.styles.height is None or self.styles.height.value != len(rows):
            self.styles.height = len(rows)
        self._show(rows, width, height)

    def draw(self, width: int, height: int) -> list[Line]:
        board = self.board
        return [
            boards.headline(board, width, self.now),
            *self._budget_rows(width),
            *boards.reason(board, width, self.now),
            *([cut(self.published, width)] if self.published else []),
            *boards.warning_rows((*self.warnings, *boards.unkept(board)), width),
        ]

    def _budget_rows(self, width: int) -> list[Line]:
        """The budget, who needs a look, and what can be done or when all is: in as few rows as
        they fit."""
        budget, look = boards.budget_line(self.board, width), self._in_need()
        rows = boards.budget_rows(budget, self.hint or all_done(self.time), width)
        if not look:
            return rows
        if len(rows) == 2 and width_of(look) + width_of(rows[1]) < width:
            return [budget, spread(look, rows[1], width)]
        return [*rows, cut(look, width)]

    def _in_need(self) -> Line:
        """The pairs that somebody should look at, where there are so many that one may be out of
        sight."""
        late = [each.lag for each in self.time.pairs if each.lag is not None]
        told = troubled(pair_problems(self.board), late)
        if len(self.board.pairs) <= FEW or not told:
            return ()
        return joined([text(("look at", Tone.MUTED)), told, text(("(n)", Tone.MUTED))], "  ")


class PairPanel(BoardPart, can_focus=True):
    """One pair: a panel, or rows without a border where panels have no room."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    PairPanel {
        border: round $border-blurred; border-title-color: $text-muted; padding: 0 1;
        width: 1fr; height: 1fr;
    }
    PairPanel:focus { border: round $accent; border-title-color: $text-accent; }
    PairPanel.stale { border: dashed $border-blurred; }
    .rows PairPanel { border: none; height: 3; padding: 0; margin: 0 1; }
    .rows PairPanel:focus { border: none; background: $foreground 8%; }
    .slim PairPanel { height: 1; }
    .slim PairPanel:focus { height: 3; }
    """

    def __init__(self, number: int) -> None:
        super().__init__(id=f"pair-{number}")
        self.number = number
        self.columns = Columns()
        """Of the rows of all pairs."""
        self.border_title = f"pair {number}"

    def on_click(self, event: events.Click) -> None:
        """The first of two has chosen it."""
        if event.chain == 2:
            self.post_message(Opened())

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Of a line in two columns of them, whose rows are as high as the chosen one."""
        return 3 if self.has_focus else 1

    @property
    def pair(self) -> PairBoard | None:
        """This panel's pair, None while the board has none of that number."""
        return next((pair for pair in self.board.pairs if pair.number == self.number), None)

    def draw(self, width: int, height: int) -> list[Line]:
        self.set_class(not self.board.live, "stale")
        if self.pair is None:
            return [text((f"{self.number}  pair {self.number} is not known yet", Tone.MUTED))]
        alike = boards.alike(self.board, self.number)
        time = self.time.pair(self.number)
        if height == 1:
            return [line(self.pair, width, self.now, alike, time, self.columns)]
        if height <= 3:
            return pairs.rows(self.pair, width, self.now, alike, time, self.columns)
        return pairs.panel(self.pair, width, height, self.now, alike, time)


class Pairs(Container):
    """The panels of all pairs: the chosen one stays in sight, with the lines that it has then."""

    def on_descendant_focus(self) -> None:
        self.call_after_refresh(self._show_chosen)

    def on_resize(self) -> None:
        self.call_after_refresh(self._show_chosen)

    def _show_chosen(self) -> None:
        if isinstance(chosen := self.screen.focused, PairPanel):
            chosen.scroll_visible(animate=False)


class LogcopyPanel(Fitting):
    """The container that merges, and the problems of the merge."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    LogcopyPanel {
        border: round $border-blurred; border-title-color: $text-muted; padding: 0 1;
        width: 1fr; height: 4;
    }
    LogcopyPanel.troubled { height: 6; }
    .-narrow LogcopyPanel, .-tight LogcopyPanel {
        border: none; height: 2; padding: 0; margin: 0 1;
    }
    .-narrow LogcopyPanel.troubled, .-tight LogcopyPanel.troubled { height: 3; }
    """

    def show(self, board: BoardSnapshot, time: BoardTime) -> None:
        self.set_class(bool(board.problems), "troubled")
        self.border_title = boards.merger(board)
        super().show(board, time)

    def on_mount(self) -> None:
        self.border_title = "logcopy"

    def draw(self, width: int, height: int) -> list[Line]:
        return boards.logcopy(self.board, width, height)


class EventStrip(Fitting):
    """The newest conditions and events that fit."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    EventStrip {
        border: round $border-blurred; border-title-color: $text-muted; padding: 0 1;
        width: 1fr; height: 1fr;
    }
    .-narrow EventStrip, .-tight EventStrip { border: none; padding: 0; margin: 0 1; }
    .-medium.-short EventStrip { border: none; padding: 0 2; }
    EventStrip.low { border: none; padding: 0 2; }
    """

    def on_resize(self) -> None:
        """Where its frame would leave no room for anything, it has none."""
        self.set_class(self.outer_size.height < 3, "low")

    def on_mount(self) -> None:
        self.border_title = "events"

    def draw(self, width: int, height: int) -> list[Line]:
        lines = in_short(self.board, self.now, newest=height)
        return lines or [text(("no events yet", Tone.MUTED))]
