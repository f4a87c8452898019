"""The results of one submission: whether final, scores, routes, infractions; saved with one key."""

from __future__ import annotations

import re
from collections.abc import Iterable

from textual.containers import Container
from textual.widget import Widget

from console.domain.board import BoardSnapshot
from console.domain.gpu_time import gpu_time
from console.domain.pairing import drive_of
from console.domain.progress import FinishedRoute
from console.operations.outcome.view import ResultsView
from console.presentation import results as shown
from console.presentation.containers import agent_of
from console.presentation.tones import Line
from console.tui.commands import Command, bindings
from console.tui.places import Destination, Place, Subject
from console.tui.screens.about import BACK, SubmissionScreen
from console.tui.screens.saving import save_results
from console.tui.submission_source import SubmissionSource
from console.tui.widgets.canvas import Canvas
from console.tui.widgets.line_pane import LinePane
from console.tui.widgets.line_table import LineTable


def _nothing_yet(screen: ResultsScreen) -> str:
    return "" if screen.board().records else "No route is finished yet."


async def _save(screen: ResultsScreen) -> None:
    results = screen.backend.results(screen.board())
    files = await save_results(screen.subject()[1], results.rows, results.document)
    screen.notify("Saved to " + " and ".join(map(str, files)))


def _log_of_route(screen: ResultsScreen) -> None:
    """The log of the agent that drove the selected route, at its beginning there."""
    route = screen.query_one(LineTable).selected
    if not isinstance(route, FinishedRoute):
        screen.go(Destination(Place.LOGS, screen.subject(), screen.source()))
        return
    name, repetition = drive_of(route.route_id)[0], route.repetition
    begin = rf"Preparing {re.escape(name)} \(repetition {repetition}\)"
    container = agent_of(screen.board(), route.pair)
    screen.go(Destination(Place.LOGS, screen.subject(), screen.source(), container, begin))


class ResultVerdict(Canvas):
    """Final or not and why; the scores beneath where there is no room beside."""

    DEFAULT_CSS = "ResultVerdict { height: 1; margin: 0 1; }"
    results: ResultsView | None = None
    scores: bool = False

    def draw(self, width: int, height: int) -> list[Line]:
        if self.results is None:
            return []
        verdict = shown.verdict_rows(self.results, width)
        return [*verdict, shown.headline_scores(self.results)] if self.scores else verdict

    def show(self, results: ResultsView, *, scores: bool) -> None:
        """As high as what there is to say."""
        self.results, self.scores = results, scores
        self.styles.height = len(self.draw(self.scrollable_content_region.width, 0)) or 1
        self.redraw()


class ResultsScreen(SubmissionScreen):
    """Routes left; scores, infractions and problems right or below."""

    TITLE_WORD = "Results"
    DEFAULT_CSS = """
    ResultsScreen #split { layout: horizontal; height: 1fr; width: 100%; }
    ResultsScreen LineTable { width: 1fr; height: 1fr; }
    ResultsScreen LinePane { width: 46; height: 1fr; padding: 0 1; }
    ResultsScreen LinePane { border-left: vkey $border-blurred; }
    ResultsScreen.-narrow #split { layout: vertical; }
    ResultsScreen.-narrow LinePane { width: 1fr; height: 7; border-left: none; }
    ResultsScreen.-narrow LinePane { border-top: hkey $border-blurred; }
    """
    commands = (
        Command(
            "export",
            "ctrl+s",
            "Export",
            "Save routes as CSV and the document as JSON",
            _save,
            _nothing_yet,
        ),
        Command(
            "logs",
            "l,enter",
            "Log",
            "Read its agent's log where the selected route begins",
            _log_of_route,
            key_display="l",
        ),
        BACK,
    )
    BINDINGS = bindings(commands)
    AUTO_FOCUS = "LineTable"

    def __init__(self, subject: Subject, source: SubmissionSource | None = None) -> None:
        super().__init__(subject, source)
        self._shown: tuple[BoardSnapshot | None, int] = (None, 0)
        self._listed: tuple[FinishedRoute, ...] = ()

    def on_mount(self) -> None:
        self.watch(self.query_one(LineTable), "cursor", self._moved, init=False)

    def body(self) -> Iterable[Widget]:
        def cells(route: FinishedRoute) -> tuple[Line, ...]:
            return shown.cells(route, self.query_one(LineTable).size.width)

        yield ResultVerdict()
        yield Container(
            LineTable(shown.columns, cells, key=lambda r: (r.pair, r.route_id, r.repetition)),
            LinePane(),
            id="split",
        )

    def tick(self) -> None:
        board, width = self.board(), self.query_one(LinePane).scrollable_content_region.width
        if (board, width) == self._shown or not width:
            return
        self._shown = (board, width)
        results = self.backend.results(board)
        self.query_one(ResultVerdict).show(results, scores=self.has_class("-narrow"))
        if results.rows != self._listed:
            self._listed = results.rows
            self.query_one(LineTable).show(results.rows)
        self.query_one(LinePane).show(self._side(results, width))

    def _side(self, results: ResultsView, width: int) -> list[Line]:
        selected = self.query_one(LineTable).selected
        gpu = gpu_time(self.board(), self.source().now())
        return shown.side(results, selected, gpu, width, small=self.has_class("-narrow"))

    def _moved(self) -> None:
        self._shown = (None, 0)
        self.tick()
