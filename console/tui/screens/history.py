"""All submissions, also deleted ones and of clusters that are gone: opened, pinned, deleted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace
from textual.widget import Widget

from console.operations.recording.history import lost_with
from console.operations.recording.history_rows import HistoryRow, history_rows
from console.presentation import history_lines as shown
from console.presentation.row_filter import no_such_field
from console.presentation.table import Order
from console.presentation.tones import Line, Tone, text
from console.presentation.wrapping import wrapped
from console.tui.commands import Command, bindings
from console.tui.gpu_price import price
from console.tui.live_source import LiveSource
from console.tui.places import Subject
from console.tui.screens.about import (
    AGAIN,
    COMPARE,
    COPY_NAME,
    DESCRIBE,
    EVENTS,
    INSPECT,
    LOGS,
    MANIFEST,
    MONITOR,
    RERUN,
    RESULTS,
)
from console.tui.screens.exporting import NO_RECORDINGS
from console.tui.screens.filtered_list import END, FILTER, Detail, FilteredListScreen
from console.tui.screens.list_keys import SORTING
from console.tui.screens.replaying import PLAY, play
from console.tui.submission_source import SubmissionSource
from console.tui.widgets.line_table import LineTable
from console.tui.widgets.ordered_input import OrderedInput

if TYPE_CHECKING:
    from console.tui.submission_source import Recordings

READ_AGAIN_SECONDS = 10.0
ONLY_PRESENT = "Nothing of it is recorded: it is only on the cluster."


def _not_recorded(screen: HistoryScreen) -> str:
    row = screen.table.selected
    if row is None:
        return screen.NO_CANDIDATE
    return "" if row.recorded else ONLY_PRESENT


def _not_removable(screen: HistoryScreen) -> str:
    row = screen.table.selected
    pinned = row is not None and row.entry.pinned
    return _not_recorded(screen) or ("It is pinned: p unpins it." if pinned else "")


async def _pin(screen: HistoryScreen) -> None:
    row = screen.selected
    await screen.recordings.pin(row.recording, on=not row.entry.pinned)
    await screen.read()


async def _remove(screen: HistoryScreen) -> None:
    from console.tui.screens.dialogs import ConfirmDialog, Question

    row = screen.selected
    lost = lost_with(row.entry, datetime.now(UTC))
    present = ("Its Job is on this cluster now, and stays.",) if row.present else ()
    title = f"Delete the recording of {row.recording.namespace}/{row.recording.name}?"
    question = Question(title, (*lost, *present), "", "Delete it")
    if await screen.host.push_screen_wait(ConfirmDialog(question)):
        await screen.recordings.remove(row.recording)
        screen.notify(f"The recording of {row.recording.name} is gone.")
        await screen.read()


PIN = Command(
    "pin",
    "p",
    "Pin",
    "Keep it whatever the limits; again lets it go",
    _pin,
    _not_recorded,
    dangerous=True,
)
WATCH_AGAIN = replace(
    PLAY,
    run=lambda screen: play(screen, screen.selected.recording),
    reason=_not_recorded,
    only_when_possible=False,
)
REMOVE = Command(
    "remove",
    "ctrl+d",
    "Delete",
    "Delete its recording. Asks first",
    _remove,
    _not_removable,
    dangerous=True,
)


class HistoryScreen(FilteredListScreen):
    """Newest first, or by any column. What is read of disks and sorted is so in a thread."""

    TITLE_WORD = "History"
    KEPT_AS = "history"
    SORTED_BY: ClassVar[Mapping[str, str]] = {
        "name": "SUBMISSION",
        "age": shown.NEWEST_FIRST.title,
        "status": "STATUS",
    }
    UNSORTED = shown.NEWEST_FIRST
    NO_CANDIDATE = "Nothing is recorded here yet."
    commands = (
        replace(MONITOR, label="Open", help="Open it: as it was recorded, or live"),
        LOGS,
        RESULTS,
        INSPECT,
        WATCH_AGAIN,
        replace(SORTING[-2], key="s,shift+right", show=True, label="Sort", key_display="s"),
        *(each for each in SORTING if each is not SORTING[-2]),
        PIN,
        REMOVE,
        FILTER,
        AGAIN,
        RERUN,
        COPY_NAME,
        DESCRIBE,
        COMPARE,
        replace(EVENTS, show=False),
        replace(MANIFEST, show=False),
        END,
    )
    BINDINGS = bindings(commands)

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[HistoryRow, ...] | None = None
        """None until they are read first."""
        self._listed: tuple[object, ...] = ()
        self._second = 0
        """In which the ages were painted last."""

    @property
    def recordings(self) -> Recordings:
        """Of a console that has some."""
        found = self.host.recordings
        assert found is not None
        return found

    def body(self) -> Iterable[Widget]:
        def row_cells(row: HistoryRow) -> tuple[Line, ...]:
            return shown.cells(row, self.size.width, datetime.now(UTC), price())

        yield LineTable(
            lambda width: shown.columns(self.size.width, self._order, price()),
            row_cells,
            key=lambda row: (row.recording.cluster, row.recording.uid),
        )
        yield OrderedInput(
            placeholder="filter: any part; !x hides, -f fuzzy, team=x status=x context=x …",
            compact=True,
        )
        yield Detail()

    def on_mount(self) -> None:
        self._read_again()

    def _read_again(self) -> None:
        """An error is shown once: then nothing is read by itself any more."""
        self.run_worker(self._keep_reading(), name="history", exit_on_error=False)

    async def _keep_reading(self) -> None:
        await self.read()
        self.set_timer(READ_AGAIN_SECONDS, self._read_again)

    async def read(self) -> None:
        """The rows as they are on disk and on the cluster now."""
        fleet, where = self.backend.fleet(), self.backend.connection().description
        present = fleet.rows if fleet.live else ()
        entries = await self.recordings.entries() if self.host.recordings else ()
        context = where.context if where else ""
        self._rows = await asyncio.to_thread(history_rows, entries, present, context)
        self._tick()

    @property
    def _order(self) -> Order:
        return self.order or shown.NEWEST_FIRST

    def titles(self) -> Sequence[str]:
        return [column.title for column in shown.shown(self.size.width, price())]

    def natural(self, title: str) -> Order:
        return shown.natural(title)

    @property
    def selected(self) -> HistoryRow:
        """The row of a command that has one."""
        row: HistoryRow | None = self.table.selected
        assert row is not None
        return row

    def candidate(self) -> Subject | None:
        row = self.table.selected
        return (row.recording.namespace, row.recording.name) if row else None

    def candidate_source(self) -> SubmissionSource | None:
        """Live while the cluster has it: that tells all that a recording does, and more."""
        row = self.table.selected
        if row is None:
            return None
        if row.present:
            return LiveSource(self.backend, row.recording.namespace, row.recording.name)
        return self.recordings.open(row.recording)

    def tick(self) -> None:
        now, wanted = datetime.now(UTC), self.wanted
        listed, second = (id(self._rows), wanted, self.order), int(now.timestamp())
        if listed != self._listed:
            self._listed = listed
            rows = [row for row in self._rows or () if shown.matches(row, wanted)]
            self.table.show(shown.in_order(rows, self._order, now))
        elif second != self._second:
            self.table.redraw()
        else:
            return
        self._second = second
        self.tell_selected()

    def tell_selected(self) -> None:
        detail, now = self.query_one(Detail), datetime.now(UTC)
        if row := self.table.selected:
            told = partial(shown.detail_rows, row, now, most=Detail.MOST_ROWS, price=price())
            detail.show(told)
        else:
            detail.show(partial(wrapped, text((self._nothing(), Tone.MUTED))))

    def _nothing(self) -> str:
        if self.host.recordings is None:
            return NO_RECORDINGS
        if self._rows is None:
            return "The recordings are being read."
        if not self.wanted:
            return self.NO_CANDIDATE
        unknown = no_such_field(self.wanted, shown.FIELDS)
        return f"Nothing matches {self.wanted!r}. {unknown}".rstrip()
