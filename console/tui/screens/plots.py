"""Plots of one result, or of several against the first. The library comes with this screen."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from console.operations.outcome.comparison import ComparedResult, NotComparable, compare
from console.presentation import plots
from console.presentation.comparison_lines import letter
from console.presentation.tones import BLANK, Line, Tone, joined, text
from console.tui.commands import bindings
from console.tui.places import Contender
from console.tui.screens.about import BACK, SubmissionScreen
from console.tui.screens.comparing import ComparesSources
from console.tui.screens.route_table import LEGEND
from console.tui.widgets.line_pane import LinePane

WIDEST = 180
"""A longer bar tells no more."""


class PlotsScreen(ComparesSources, SubmissionScreen):
    """One list of plots, which scrolls."""

    TITLE_WORD = "Plots"
    DEFAULT_CSS = "PlotsScreen LinePane { height: 1fr; padding: 0 1; }"
    commands = (LEGEND, BACK)
    BINDINGS = bindings(commands)
    AUTO_FOCUS = "LinePane"

    def __init__(self, first: Contender, others: tuple[Contender, ...]) -> None:
        assert first.subject is not None
        super().__init__(first.subject, first.source)
        self.others = others
        self._shown: tuple[object, ...] = ()

    @property
    def leaderboard(self) -> str:
        """Whose marks a legend explains."""
        return self.board().leaderboard

    def body(self) -> Iterable[Widget]:
        yield LinePane()

    def tick(self) -> None:
        pane = self.query_one(LinePane)
        width = min(pane.scrollable_content_region.width, WIDEST)
        results = self._sources.results() if width else None
        if not width or (results, width) == self._shown:
            return
        self._shown = (results, width)
        pane.show(_plotted(results, width))


def _plotted(results: tuple[ComparedResult, ...] | None, width: int) -> list[Line]:
    if results is None:
        return [text(("The results are being read.", Tone.MUTED))]
    head = [joined([_named(index, each) for index, each in enumerate(results)]), BLANK]
    if len(results) == 1:
        return [*head, *plots.of_result(results[0].view, width)]
    try:
        return [*head, *plots.of_comparison(compare(results), width)]
    except NotComparable as refused:
        return [text((refused.what, Tone.WARN)), text(refused.why)]


def _named(index: int, result: ComparedResult) -> Line:
    final = result.view.final
    worth = ("✓ final", Tone.OK) if final and result.view.eligible else ("✗ final", Tone.WARN)
    told = worth if final else ("◑ not final", Tone.WARN)
    return text((f"{letter(index)} ", Tone.ACCENT), (result.name, Tone.STRONG), "  ", told)
