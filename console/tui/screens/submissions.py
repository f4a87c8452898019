"""The list of submissions: the first screen. Opens everything else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial

from msgspec.structs import replace
from textual.widget import Widget

from console.domain.fleet import FleetSnapshot, SubmissionRow
from console.presentation.submissions import cells, columns, detail_rows, matches
from console.presentation.tones import Line, Tone, text
from console.presentation.wrapping import wrapped
from console.tui.backend import Link
from console.tui.commands import Command, bindings
from console.tui.places import Destination, Place, Subject
from console.tui.screens.about import (
    AGAIN,
    CANCEL,
    COPY_NAME,
    DELETE,
    EVENTS,
    HISTORY,
    INSPECT,
    LOGS,
    MANIFEST,
    MONITOR,
    RESULTS,
    RESUME,
    resume_hint,
)
from console.tui.screens.filtered_list import CLEAR, FILTER, Detail, FilteredListScreen
from console.tui.screens.screen import ConsoleScreen
from console.tui.widgets.line_table import LineTable
from console.tui.widgets.ordered_input import OrderedInput

FIRST_LIST_SECONDS = 0.02


def _compose(screen: ConsoleScreen) -> None:
    screen.go(Destination(Place.COMPOSE))


def _leave(screen: ConsoleScreen) -> None:
    screen.host.action_leave()


COMPOSE = Command("compose", "n", "New", "Compose and launch a submission", _compose)
QUIT = Command("quit", "q", "Quit", "Close the console", _leave, show=False)


class SubmissionsScreen(FilteredListScreen):
    """All submissions of the namespace, newest first."""

    TITLE_WORD = "Submissions"
    commands = (
        MONITOR,
        COMPOSE,
        LOGS,
        RESULTS,
        INSPECT,
        CANCEL,
        RESUME,
        DELETE,
        FILTER,
        HISTORY,
        AGAIN,
        COPY_NAME,
        replace(EVENTS, show=False),
        replace(MANIFEST, show=False),
        CLEAR,
        QUIT,
    )
    BINDINGS = bindings(commands)

    def __init__(self) -> None:
        super().__init__()
        self._listed: tuple[tuple[SubmissionRow, ...] | None, bool, str] = (None, False, "")
        """The rows that are shown, whether they are live, and what was to be matched."""
        self._second = 0
        """In which the ages were painted last."""
        self._empty_offered = False
        self._begun = False

    def on_mount(self) -> None:
        """Of the first list a user waits for every tenth of a second."""
        self._first_list = self.set_interval(FIRST_LIST_SECONDS, self._look_for_list)

    def _look_for_list(self) -> None:
        unreachable = self.backend.connection().link is Link.UNREACHABLE
        if unreachable or self.backend.fleet().live:
            self._first_list.stop()
            self._tick()

    def body(self) -> Iterable[Widget]:
        def row_cells(row: SubmissionRow) -> tuple[Line, ...]:
            return cells(row, self.size.width, datetime.now(UTC))

        yield LineTable(columns, row_cells, key=lambda row: (row.namespace, row.name))
        yield OrderedInput(
            placeholder="filter: part of a name, status or reason; !x hides", compact=True
        )
        yield Detail()

    def candidate(self) -> Subject | None:
        row = self.table.selected
        return (row.namespace, row.name) if row else None

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
        listed = (fleet.rows, fleet.live, wanted)
        if listed != self._listed:
            self._listed = listed
            every = fleet.rows
            self.table.show([row for row in every if matches(row, wanted)] if wanted else every)
            self._begin_on_top(fleet)
        elif second != self._second:
            self.table.redraw()
        else:
            return
        self._second = second
        self.tell_selected()
        self._offer_compose(fleet)

    def tell_selected(self) -> None:
        told = self._detail(self.backend.fleet(), self._listed[2], resume_hint(self))
        self.query_one(Detail).show(told)

    def _begin_on_top(self, fleet: FleetSnapshot) -> None:
        """Of the cluster's own list, not on the row that was the newest in the last known one."""
        if fleet.live and not self._begun:
            self._begun = True
            if not self.table.chosen:
                self.table.cursor = 0

    def _detail(self, fleet: FleetSnapshot, wanted: str, hint: str) -> Callable[[int], list[Line]]:
        if row := self.table.selected:
            return partial(detail_rows, row, hint, most=Detail.MOST_ROWS)
        if wanted:
            told = text((f"No submission matches {wanted!r}.", Tone.MUTED))
        elif not fleet.live:
            told = text(("The list is not known yet.", Tone.MUTED))
        else:
            told = text("No submission yet. ", ("n", Tone.ACCENT), " composes one.")
        return partial(wrapped, told)

    def _offer_compose(self, fleet: FleetSnapshot) -> None:
        """An empty list has one sensible next step, so the first one opens it."""
        connected = self.backend.connection().link is Link.CONNECTED
        if fleet.live and connected and not self._empty_offered:
            self._empty_offered = True
            if not fleet.rows:
                self.go(Destination(Place.COMPOSE))

    def on_line_table_chosen(self) -> None:
        self.action_command(MONITOR.name)
