"""The results of one submission: whether final, scores, routes, infractions; saved with one key."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import ClassVar

from textual.widget import Widget

from console.diagnosis.told_route import prepares
from console.domain.gpu_time import gpu_time_with
from console.domain.pairing import drive_of
from console.domain.pod_times import Times
from console.domain.progress import FinishedRoute
from console.errors import ConsoleError
from console.operations.outcome.view import ResultsView
from console.presentation import result_lines as shown
from console.presentation import route_rows
from console.presentation.containers import agent_of
from console.presentation.table import Order
from console.presentation.tones import Line, Tone, text
from console.presentation.wrapping import wrapped
from console.tui.commands import Command, bindings
from console.tui.gpu_price import price
from console.tui.places import Destination, Place
from console.tui.screens.about import RERUN, again_hint
from console.tui.screens.filtered_list import END
from console.tui.screens.publishing import PUBLISH, published_line
from console.tui.screens.route_table import ORDERING, RouteTableScreen
from console.tui.widgets.canvas import Canvas
from console.tui.widgets.line_pane import LinePane
from console.tui.widgets.line_table import LineTable

ASK_EVERY = 30.0
"""Seconds from one look into the recording to the next."""


def _nothing_yet(screen: ResultsScreen) -> str:
    return "" if screen.board().records else "No route is finished yet."


async def _save(screen: ResultsScreen) -> None:
    from console.presentation import result_documents, result_tables
    from console.tui.screens.save_dialog import SaveDialog, SaveForm, json_form, save_asked

    view, name = screen.backend.results(screen.board()), screen.subject()[1]
    rows, final = view.rows, view.final
    forms = [
        SaveForm("CSV", ".csv", lambda: result_tables.routes_csv(rows, final=final)),
        json_form(lambda: result_documents.results_document(view)),
        SaveForm("Markdown", ".md", lambda: result_tables.results_markdown(name, view)),
    ]
    if document := view.document:
        forms.append(SaveForm("merged file", ".merged.json", lambda: document))
    note = "" if final else f"Not final, and the file says so: {view.why_not_final}"
    stem = f"{name}.results" if final else f"{name}.results-so-far"
    await save_asked(screen, SaveDialog(f"Save the results of {name}", stem, forms, note))


def _log_of_route(screen: ResultsScreen) -> None:
    """The log of the agent that drove the selected route, at its beginning there."""
    route = screen.table.selected
    if not isinstance(route, FinishedRoute):
        screen.go(Destination(Place.LOGS, screen.subject(), screen.source()))
        return
    name, repetition = drive_of(route.route_id)[0], route.repetition
    begin, container = prepares(name, repetition), agent_of(screen.board(), route.pair)
    screen.go(Destination(Place.LOGS, screen.subject(), screen.source(), container, begin))


def _going(screen: ResultsScreen, place: Place) -> None:
    screen.go(Destination(place, screen.subject(), screen.source()))


class ResultVerdict(Canvas):
    """Final or not and why, what of it is published, and what can be driven again; the scores
    beneath where there is no room beside."""

    DEFAULT_CSS = "ResultVerdict { height: 1; margin: 0 1; }"
    results: ResultsView | None = None
    scores: bool = False
    published: Line = ()
    again: str = ""

    def draw(self, width: int, height: int) -> list[Line]:
        if self.results is None:
            return []
        verdict = shown.verdict_rows(self.results, width)
        verdict += wrapped(self.published, width)[:2] if self.published and width else []
        verdict += wrapped(text((self.again, Tone.ACCENT)), width) if self.again and width else []
        if not self.scores or not width:
            return verdict
        return [*verdict, *wrapped(shown.headline_scores(self.results), width)]

    def show(self, results: ResultsView, published: Line, again: str, *, scores: bool) -> None:
        """As high as what there is to say."""
        self.results, self.scores = results, scores
        self.published, self.again = published, again
        self.styles.height = len(self.draw(self.scrollable_content_region.width, 0)) or 1
        self.redraw()


class ResultsScreen(RouteTableScreen):
    """Routes left; scores, infractions and problems right or below."""

    TITLE_WORD = "Results"
    commands = (
        Command("logs", "l,enter", "Log", "Read its agent's log where the selected route begins",
                _log_of_route, key_display="l"),
        Command("compare", "C", "Compare", "Hold it against others, route by route; asks which",
                lambda screen: _going(screen, Place.COMPARISON), _nothing_yet),
        Command("plots", "p", "Plots", "Distributions of its scores, and infractions by kind",
                lambda screen: _going(screen, Place.PLOTS), _nothing_yet),
        PUBLISH,
        RERUN,
        *ORDERING,
        Command("export", "ctrl+s", "Export", "Save it as CSV, JSON or Markdown; asks where to",
                _save, _nothing_yet),
        END,
    )  # fmt: skip
    BINDINGS = bindings(commands)
    KEPT_AS = "results"
    SORTED_BY: ClassVar[Mapping[str, str]] = {"name": "ROUTE", "status": "STATUS"}
    _shown: tuple[object, ...] = ()
    _listed: tuple[object, ...] = ()
    _recorded: Times = ()
    """What a recording knows of its pods, once that was asked."""
    _asked_for: Times | None = None
    _not_before = 0.0

    def body(self) -> Iterable[Widget]:
        def cells(route: FinishedRoute) -> tuple[Line, ...]:
            return route_rows.cells(route, self.table.room)

        yield ResultVerdict()
        yield from self.split(
            LineTable(
                lambda width: self.arrowed(route_rows.columns(width)),
                cells,
                key=lambda r: (r.pair, r.route_id, r.repetition),
            )
        )

    def titles(self) -> Sequence[str]:
        return [each.title for each in route_rows.columns(self.table.room)]

    def natural(self, title: str) -> Order:
        return route_rows.natural(title)

    def tick(self) -> None:
        board, width = self.board(), self.query_one(LinePane).scrollable_content_region.width
        published, again = published_line(self), again_hint(self)
        now = (board, width, published, again, self.order, self.wanted, self.table.cursor)
        if now == self._shown or not width:
            return
        results = self.backend.results(board)
        self.query_one(ResultVerdict).show(
            results, published, again, scores=self.has_class("-narrow")
        )
        listed = (results.rows, self.order, self.wanted)
        if listed != self._listed:
            self._listed = listed
            self.table.show(route_rows.rows(results.rows, self.order, self.wanted))
        self.query_one(LinePane).show(self._side(results, width))
        self._shown = (*now[:-1], self.table.cursor)

    def _side(self, results: ResultsView, width: int) -> list[Line]:
        gpu = gpu_time_with(self.board(), self._recorded, self.source().now())
        if not gpu.complete and self.source().origin is None:
            self._ask_recording(self.board().pod_times)
        small = self.has_class("-narrow")
        return shown.side(results, self.table.selected, gpu, width, small=small, price=price())

    def _ask_recording(self, told: Times) -> None:
        """Once for what is told, and not too often: it is read whole."""
        now = asyncio.get_running_loop().time()
        if told is self._asked_for or now < self._not_before:
            return
        self._asked_for, self._not_before = told, now + ASK_EVERY
        self.run_worker(self._look_back(), name="past", exit_on_error=False)

    async def _look_back(self) -> None:
        """A cluster keeps two runs of a container, and no stage: who recorded them knows all."""
        with suppress(ConsoleError):  # of a recording that cannot be read nobody knows more
            self._recorded = (await self.source().past()).pod_times
            self._shown = ()
            self.look_again()
