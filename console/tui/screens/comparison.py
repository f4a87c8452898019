"""Results against each other, route by route: the first one, the others with what they differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from textual.widget import Widget

from console.operations.outcome.comparison import (
    MEASURES,
    ComparedResult,
    ComparedRoute,
    NotComparable,
    ResultComparison,
    compare,
)
from console.presentation import comparison_lines as shown
from console.presentation import comparison_rows as listed
from console.presentation.table import ListColumn, Order
from console.presentation.tones import Line, Tone, text
from console.presentation.wrapping import all_wrapped
from console.tui.commands import Command, bindings
from console.tui.places import Contender, Destination, Place
from console.tui.screens.comparing import ComparesSources
from console.tui.screens.filtered_list import END
from console.tui.screens.route_table import ORDERING, RouteTableScreen
from console.tui.widgets.canvas import Canvas
from console.tui.widgets.line_pane import LinePane
from console.tui.widgets.line_table import LineTable

MOST_HEAD_ROWS = 6
_CHOOSE = "C chooses others."


def _not_compared(screen: ComparisonScreen) -> str:
    return "" if screen.compared else "Nothing is compared here."


def _all_fit(screen: ComparisonScreen) -> str:
    return "" if screen.hidden else "All results are in sight."


async def _save(screen: ComparisonScreen) -> None:
    from console.presentation import comparison_documents as documents
    from console.tui.screens.save_dialog import SaveDialog, SaveForm, json_form, save_asked

    compared = screen.compared
    assert compared is not None
    forms = (
        SaveForm("Markdown", ".md", lambda: documents.comparison_markdown(compared)),
        SaveForm("CSV", ".csv", lambda: documents.comparison_csv(compared)),
        json_form(lambda: documents.comparison_document(compared)),
    )
    name = "-vs-".join(each.name for each in compared.results[:3])
    open_ones = [each.name for each in compared.results if not each.view.final]
    note = f"Not final: {', '.join(open_ones)}; the file says so." if open_ones else ""
    await save_asked(screen, SaveDialog("Save the comparison", name, forms, note))


def _plot(screen: ComparisonScreen) -> None:
    screen.go(Destination(Place.PLOTS, screen.subject(), screen.source(), others=screen.others))


def _others(screen: ComparisonScreen) -> None:
    screen.go(Destination(Place.COMPARISON, screen.subject(), screen.source()))


class ComparedHead(Canvas):
    """What is compared, or why it cannot be."""

    DEFAULT_CSS = "ComparedHead { height: 1; margin: 0 1; }"
    lines: tuple[Line, ...] = ()

    def draw(self, width: int, height: int) -> list[Line]:
        return [*self.lines]

    def show(self, lines: list[Line]) -> None:
        """As high as what there is to say."""
        self.lines = tuple(lines[:MOST_HEAD_ROWS])
        self.styles.height = len(self.lines) or 1
        self.redraw()


class ComparisonScreen(ComparesSources, RouteTableScreen):
    """Routes left; means, infractions and what is missing right or below."""

    TITLE_WORD = "Compare"
    DEFAULT_CSS = """
    ComparisonScreen LinePane { width: 54; }
    ComparisonScreen.-wide LinePane { width: 84; }
    """
    commands = (
        Command("measure", "v", "Value", "Another value: score, completion, penalty, infractions",
                lambda screen: screen.next_measure()),
        Command("shift", "tab", "Next", "The next results beside the first",
                lambda screen: screen.shift(1), _all_fit, key_display="tab",
                only_when_possible=True),
        Command("shift_back", "shift+tab", "Before", "The results before",
                lambda screen: screen.shift(-1), _all_fit, show=False,
                only_when_possible=True),
        *(each for each in ORDERING if each.name != "sort_status"),
        Command("plots", "p", "Plots", "Each result against the first; infractions by kind",
                _plot, _not_compared),
        Command("others", "C", "Others", "Compare the first one with others", _others),
        Command("export", "ctrl+s", "Export", "Save it as Markdown, CSV or JSON; asks where to",
                _save, _not_compared),
        END,
    )  # fmt: skip
    BINDINGS = bindings(commands)
    KEPT_AS = "comparison"
    SORTED_BY: ClassVar[Mapping[str, str]] = {"name": listed.ROUTE}

    def __init__(self, first: Contender, others: tuple[Contender, ...]) -> None:
        assert first.subject is not None
        super().__init__(first.subject, first.source)
        self.others = others
        self.compared: ResultComparison | None = None
        """None while they are being read, and where they cannot be compared."""
        self.measure = next(iter(MEASURES))
        self._first = 1
        """Of the others: the one beside the first result."""
        self._shown: tuple[object, ...] = ()

    def body(self) -> Iterable[Widget]:
        yield ComparedHead()
        yield from self.split(
            LineTable(
                lambda width: self.arrowed(self._columns(width)),
                self._cells,
                key=lambda route: route.name,
                id="routes",
            )
        )

    def _columns(self, width: int) -> Sequence[ListColumn]:
        if self.compared is None:
            return ()
        return listed.columns(self.compared, width, self._first)

    def _cells(self, route: ComparedRoute) -> tuple[Line, ...]:
        assert self.compared is not None
        return listed.cells(self.compared, route, self.measure, self.table.room, self._first)

    @property
    def hidden(self) -> int:
        """How many results have no room in the table."""
        if self.compared is None:
            return 0
        count = len(self.compared.results)
        return count - 1 - listed.others_shown(count, self.table.room)

    def shift(self, step: int) -> None:
        """Other results beside the first one."""
        self._first = max(1, min(self._first + step, 1 + self.hidden))
        self.tick()

    def next_measure(self) -> None:
        """Another value of each route."""
        every = self.compared.measures if self.compared else tuple(MEASURES)
        self.measure = every[(every.index(self.measure) + 1) % len(every)]
        self.tick()

    def titles(self) -> Sequence[str]:
        return [each.title for each in self._columns(self.table.room)]

    def natural(self, title: str) -> Order:
        return listed.natural(title)

    def tick(self) -> None:
        width = self.query_one(LinePane).scrollable_content_region.width
        results = self._sources.results() if width else None
        shown = (self.order, self.wanted, self.measure, self._first)
        now = (results, width, *shown, self.table.cursor)
        if not width or now == self._shown:
            return
        head = self.query_one(ComparedHead).scrollable_content_region.width
        if results is None:
            self._say([text(("The results are being read.", Tone.MUTED))])
        else:
            self._compare(results, head, width)
        self._shown = (*now[:-1], self.table.cursor)

    def _say(self, lines: list[Line]) -> None:
        self.compared = None
        self.query_one(ComparedHead).show(lines)
        self.table.show(())
        self.query_one(LinePane).show(())

    def _compare(self, results: tuple[ComparedResult, ...], head: int, width: int) -> None:
        try:
            self.compared = compared = compare(results)
        except NotComparable as refused:
            told = [
                text((refused.what, Tone.WARN)),
                text(refused.why),
                text((_CHOOSE, Tone.ACCENT)),
            ]
            self._say(all_wrapped([line for line in told if line[0][0]], head))
            return
        value = text((f"{self.measure} of {shown.scope(compared)}", Tone.ACCENT))
        small = self.has_class("-narrow")
        rows = shown.results_rows(compared, head, small=small)
        self.query_one(ComparedHead).show([*rows, value])
        self.table.show(listed.rows(compared, self.order, self.wanted, self.measure))
        side = shown.side(compared, self.table.selected, width, small=small)
        self.query_one(LinePane).show(side)
