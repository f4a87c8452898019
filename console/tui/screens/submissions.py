"""The list of submissions: the first screen. Opens everything else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import ClassVar

from msgspec.structs import replace
from textual.widget import Widget
from textual.widgets import Input

from console.domain.fleet import FleetSnapshot, SubmissionRow
from console.domain.hostile_text import neutralise
from console.presentation import fleet_order
from console.presentation.fleet_columns import (
    AGE,
    NAME,
    STATUS,
    Widest,
    cells,
    layout,
    widest,
    with_arrow,
)
from console.presentation.fleet_filter import FIELDS, matches
from console.presentation.row_filter import no_such_field
from console.presentation.submission_words import detail_rows, marks_told
from console.presentation.table import ListColumn, Order
from console.presentation.tones import Line, Tone, text
from console.presentation.wrapping import wrapped
from console.tui.backend import Link
from console.tui.commands import Command
from console.tui.places import Destination, Place, Subject
from console.tui.row_sieve import RowSieve
from console.tui.screens.about import (
    AGAIN,
    CANCEL,
    COMPARE,
    COPY_NAME,
    DELETE,
    DESCRIBE,
    EVENTS,
    HISTORY,
    INSPECT,
    LOGS,
    MANIFEST,
    MONITOR,
    PREVIOUS_LOG,
    RERUN,
    RESULTS,
    RESUME,
    SHELL,
    way_hint,
)
from console.tui.screens.exporting import EXPORTING_LISTED
from console.tui.screens.filtered_list import FILTER, Detail, FilteredListScreen
from console.tui.screens.list_keys import MARKING, SORTING
from console.tui.screens.namespaces import ALL, with_digits
from console.tui.screens.screen import ConsoleScreen
from console.tui.widgets.line_table import LineTable
from console.tui.widgets.ordered_input import OrderedInput

FIRST_LIST_SECONDS = 0.02


def _compose(screen: ConsoleScreen) -> None:
    screen.go(Destination(Place.COMPOSE))


def _leave(screen: ConsoleScreen) -> None:
    screen.host.action_leave()


def _clear(screen: SubmissionsScreen) -> None:
    """The filter first, then what was sorted."""
    if screen.wanted or screen.order is None:
        screen.query_one(Input).value = ""
        screen.close_filter()
    else:
        screen.sort(None)


def _widen(screen: SubmissionsScreen) -> None:
    screen.wide = not screen.wide
    screen.keep_look()
    screen.table.redraw()


def _nothing_to_clear(screen: SubmissionsScreen) -> str:
    there = screen.query_one(Input).has_class("open") or screen.order is not None
    return "" if there else "Nothing is filtered or sorted."


CLEAR = Command(
    "clear",
    "escape",
    "Clear",
    "Clear the filter, then the sorting",
    _clear,
    _nothing_to_clear,
    only_when_possible=True,
)
BY_NEED = Command(
    "by_need",
    "B",
    "By need",
    "What needs somebody first, in groups",
    lambda screen: screen.sort(None),
    show=False,
    key_display="shift+b",
)
WIDE = Command(
    "wide",
    "ctrl+w",
    "Wide",
    "Team, image and track before the rest; again less",
    _widen,
    show=False,
)
COMPOSE = Command("compose", "n", "New", "Compose and launch a submission", _compose)
QUIT = Command("quit", "q", "Quit", "Close the console", _leave)


OF_ALL_MARKED = (CANCEL, DELETE, COMPARE, EXPORTING_LISTED[0])
"""What does to all that is marked what it does to one."""


class SubmissionsScreen(FilteredListScreen):
    """All submissions of the namespace: what needs somebody first, or by a column."""

    TITLE_WORD = "Submissions"
    KEPT_AS = "submissions"
    SORTED_BY: ClassVar[Mapping[str, str]] = {"name": NAME, "age": AGE, "status": STATUS}
    destination = Destination(Place.SUBMISSIONS)
    commands = (
        MONITOR,
        COMPOSE,
        LOGS,
        RESULTS,
        INSPECT,
        CANCEL,
        RESUME,
        RERUN,
        DELETE,
        FILTER,
        HISTORY,
        AGAIN,
        SHELL,
        COPY_NAME,
        DESCRIBE,
        COMPARE,
        *EXPORTING_LISTED,
        PREVIOUS_LOG,
        replace(EVENTS, show=False),
        replace(MANIFEST, show=False),
        *SORTING,
        BY_NEED,
        WIDE,
        *MARKING,
        CLEAR,
        QUIT,
        ALL,
    )
    BINDINGS = with_digits(commands)

    def __init__(self) -> None:
        super().__init__()
        self._listed: tuple[object, ...] = ()
        """The rows that are shown, whether they are live, what was to be matched, and the order."""
        self._measured: Sequence[SubmissionRow] | None = None
        """The rows that are known to have no longer texts than these."""
        self._widest = Widest()
        self._sieve = RowSieve(matches)
        self._second = 0
        """In which the ages were painted last."""
        self._marked: tuple[object, object, tuple[Subject, ...]] = ((), (), ())
        """Which of those rows are marked by those marks."""
        self._empty_offered = False
        self._begun = False
        self._begins = False
        """The first rows of the cluster's own list are there."""

    def on_mount(self) -> None:
        """Of the first list a user waits for every tenth of a second."""
        self._first_list = self.set_interval(FIRST_LIST_SECONDS, self._look_for_list)

    def _look_for_list(self) -> None:
        unreachable = self.backend.connection().link is Link.UNREACHABLE
        fleet = self.backend.fleet()
        if unreachable or fleet.live:
            self._first_list.stop()
            self._tick()
        elif fleet.growing and not self._begins:
            self._begins = True
            self._tick()

    def body(self) -> Iterable[Widget]:
        def row_cells(row: SubmissionRow) -> tuple[Line, ...]:
            return cells(row, self._columns(), datetime.now(UTC))

        yield LineTable(self._titled, row_cells, key=lambda row: (row.namespace, row.name, row.uid))
        yield OrderedInput(
            placeholder="filter: any part; !x hides, -f fuzzy, -l label=x, team=x status=x …",
            compact=True,
        )
        yield Detail()

    def _columns(self) -> tuple[ListColumn, ...]:
        return layout(self.size.width, self._widest, wide=self.wide)

    def _titled(self, _width: int) -> Sequence[ListColumn]:
        order = self.order
        columns = self._columns()
        return with_arrow(columns, order.title, falling=order.falling) if order else columns

    def titles(self) -> Sequence[str]:
        return [column.title for column in self._columns()]

    def natural(self, title: str) -> Order:
        return fleet_order.natural(title)

    def candidate(self) -> Subject | None:
        row = self.table.selected
        return (row.namespace, row.name) if row else None

    def marked(self) -> tuple[Subject, ...]:
        """Asked for at each tick by each command that acts on them: worked out for new rows."""
        marks = self.table.marks
        if not marks:
            return ()
        rows = self.backend.fleet().rows
        if self._marked[0] is not rows or self._marked[1] is not marks:
            keys = ((r.namespace, r.name, r.uid) for r in rows)
            found = tuple((space, name) for space, name, uid in keys if (space, name, uid) in marks)
            self._marked = (rows, marks, found)
        return self._marked[2]

    @property
    def has_marks(self) -> bool:
        return bool(self.table.marks)

    def keep_marked(self, subjects: Sequence[Subject]) -> None:
        rows, kept = self.backend.fleet().rows, frozenset(subjects)
        keys = ((r.namespace, r.name, r.uid) for r in rows if (r.namespace, r.name) in kept)
        self.table.keep_marks(self.table.marks.intersection(keys))
        self.tell_selected()

    @property
    def has_begun(self) -> bool:
        """It shows the cluster's own list."""
        return self._begun

    def choose(self, subject: Subject) -> bool:
        """Put the cursor on that submission's row; False where it has none."""
        return self.table.choose(lambda row: (row.namespace, row.name) == subject)

    def tick(self) -> None:
        self.backend.show_rows((row.namespace, row.name) for row in self.table.rows_in_sight)
        fleet, wanted = self.backend.fleet(), self.wanted
        second = int(datetime.now(UTC).timestamp())
        listed = (fleet.rows, fleet.live, fleet.growing, wanted, self.order)
        if fleet.rows is not self._measured and second != self._second:
            self._measure(fleet.rows)
        if listed != self._listed:
            self._listed = listed
            self._show(fleet, wanted)
            self._begin_on_top(fleet)
        elif second != self._second:
            self.table.redraw()
        else:
            return
        self._second = second
        self.tell_selected()
        self._offer_compose(fleet)

    def _measure(self, rows: Sequence[SubmissionRow]) -> None:
        """Once a second at most: it looks at each of thousands."""
        everywhere = self.backend.connection().everywhere
        self._measured, self._widest = rows, widest(rows, spaces=everywhere)
        table = self.table
        # Where none is left, they stay: a key that was meant for them must not do the cursor's row.
        if kept := table.marks.intersection((r.namespace, r.name, r.uid) for r in rows):
            table.keep_marks(kept)

    def _show(self, fleet: FleetSnapshot, wanted: str) -> None:
        ordered = fleet_order.in_order(self._sieve(fleet.rows, wanted), self.order)
        headings = fleet_order.headings(ordered, self.order, growing=fleet.growing)
        self.table.show(ordered, headings)

    def tell_selected(self) -> None:
        told = self._detail(self.backend.fleet(), self.wanted, way_hint(self))
        if self.has_marks:
            marked, of_row = len(self.marked()), told
            keyed = [(self.key_of(each), each.label.lower()) for each in OF_ALL_MARKED]
            told = lambda width: [*marks_told(marked, width, keyed), *of_row(width)]  # noqa: E731
        self.query_one(Detail).show(told)

    def _begin_on_top(self, fleet: FleetSnapshot) -> None:
        """Of the cluster's own list, not on the row that was the newest in the last known one, or
        in the part of it that came first."""
        first = fleet.live and not self._begun
        self._begun = self._begun or fleet.live
        if (first or fleet.growing) and not self.table.chosen:
            self.table.cursor = 0

    def _detail(self, fleet: FleetSnapshot, wanted: str, hint: str) -> Callable[[int], list[Line]]:
        if row := self.table.selected:
            return partial(detail_rows, row, hint, datetime.now(UTC), most=Detail.MOST_ROWS)
        if wanted:
            unknown = no_such_field(wanted, FIELDS)
            told = text(
                (f"No submission matches {wanted!r}. ", Tone.MUTED),
                (f"{unknown} " if unknown else "", Tone.WARN),
                ("h", Tone.ACCENT),
                (" has those that are gone.", Tone.MUTED),
            )
        elif not fleet.live:
            why = neutralise(fleet.why)
            told = text(("The list is not known yet. ", Tone.MUTED), (why, Tone.WARN))
        else:
            told = text("No submission yet. ", ("n", Tone.ACCENT), " composes one.")
        return partial(wrapped, told)

    def _offer_compose(self, fleet: FleetSnapshot) -> None:
        """An empty list has one sensible next step, so the first one opens it."""
        connected = self.backend.connection().link is Link.CONNECTED
        if fleet.live and connected and not self._empty_offered:
            self._empty_offered = True
            if not fleet.rows and not self.backend.connection().read_only:
                self.go(Destination(Place.COMPOSE))
