"""With what a result is to be compared: submissions of the cluster, recorded ones, result files."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import ClassVar

from msgspec.structs import replace
from textual.widget import Widget

from console.operations.recording.contenders import Contenders, contenders
from console.operations.recording.history_rows import HistoryRow, history_rows
from console.presentation import contender_rows as shown
from console.presentation.fleet_columns import with_arrow
from console.presentation.history_lines import NEWEST_FIRST, in_order, matches, natural
from console.presentation.table import ListColumn, Order
from console.presentation.tones import Line, Tone, text
from console.presentation.wrapping import wrapped
from console.tui.commands import Command, bindings
from console.tui.live_source import LiveSource
from console.tui.places import Contender, Destination, Place, Subject
from console.tui.screens.about import OfOneSubmission
from console.tui.screens.filtered_list import END, FILTER, Detail, FilteredListScreen
from console.tui.screens.list_keys import MARKING, SORTING
from console.tui.submission_source import READING, SubmissionSource
from console.tui.widgets.line_table import LineTable
from console.tui.widgets.ordered_input import OrderedInput

_FILE = "a result file, merged or of one pair: its path"


async def _file(screen: ContendersScreen) -> None:
    from console.operations.outcome.result_file import result_file
    from console.tui.screens.dialogs import AskLine

    path = (await screen.host.push_screen_wait(AskLine(_FILE)) or "").strip()
    if path:
        await asyncio.to_thread(result_file, path)
        screen.compare(path)


def _none(screen: ContendersScreen) -> str:
    return "" if screen.table.marks or screen.table.selected else "There is nothing to choose."


COMPARE = Command("compare", "enter", "Compare", "Compare with the marked ones, or with this one",
                  lambda screen: screen.compare(), _none)  # fmt: skip


def _key(row: HistoryRow) -> tuple[str, str]:
    return row.recording.cluster, row.recording.uid


class ContendersScreen(FilteredListScreen, OfOneSubmission):
    """The same team's last ones first. What is read of disks is so in a thread."""

    TITLE_WORD = "Compare with"
    KEPT_AS = "contenders"
    SORTED_BY: ClassVar[Mapping[str, str]] = {
        "name": "SUBMISSION",
        "age": NEWEST_FIRST.title,
        "status": "STATUS",
    }
    NO_CANDIDATE = "Nothing else is here or recorded that it can be compared with: f takes a file."
    commands = (
        COMPARE,
        replace(MARKING[0], show=True),
        *MARKING[1:],
        Command("file", "f", "File", "Compare with a result file too; asks for its path", _file),
        FILTER,
        *SORTING,
        END,
    )  # fmt: skip
    BINDINGS = bindings(commands)

    def __init__(self, subject: Subject, source: SubmissionSource | None = None) -> None:
        super().__init__(subject, source)
        self._every: Sequence[HistoryRow] | None = None
        """All that are here or recorded; None until they are read."""
        self._offered: Contenders | None = None
        """Those of them that the subject can be compared with, as it was known then."""
        self._judged_by: tuple[str, str] | None = None
        """The subject's uid and version, of which `_offered` was made."""
        self._listed: tuple[object, ...] = ()

    def body(self) -> Iterable[Widget]:
        def cells(row: HistoryRow) -> tuple[Line, ...]:
            return shown.cells(row, self.size.width, datetime.now(UTC))

        yield LineTable(
            self._columns,
            cells,
            key=_key,
        )
        yield OrderedInput(placeholder="filter: name, status, team, …; !x hides them", compact=True)
        yield Detail()

    def on_mount(self) -> None:
        self.run_worker(self._read(), name="contenders", exit_on_error=False)

    async def _read(self) -> None:
        fleet, where = self.backend.fleet(), self.backend.connection().description
        present = fleet.rows if fleet.live else ()
        entries = await self.host.recordings.entries() if self.host.recordings else ()
        self._every = await asyncio.to_thread(
            history_rows, entries, present, where.context if where else ""
        )
        self._tick()

    def _offer(self) -> None:
        """Anew once more is known of the subject: its own recording may be read after the list."""
        recorded, board = self.source().recorded, self.board()
        uid = recorded.uid if recorded else board.job.uid if board.job else ""
        if self._every is not None and self._judged_by != (uid, board.leaderboard):
            self._judged_by = uid, board.leaderboard
            self._offered = contenders(self._every, *self._judged_by)

    def _columns(self, _width: int) -> Sequence[ListColumn]:
        columns, order = shown.columns(self.size.width), self.order
        return with_arrow(columns, order.title, falling=order.falling) if order else columns

    def titles(self) -> Sequence[str]:
        return [each.title for each in shown.columns(self.size.width)]

    def natural(self, title: str) -> Order:
        return natural(title)

    @property
    def chosen(self) -> tuple[HistoryRow, ...]:
        """What is marked, in the order of the list."""
        marks, rows = self.table.marks, self._offered.rows if self._offered else ()
        return tuple(row for row in rows if _key(row) in marks)

    def compare(self, file: str = "") -> None:
        """With what is marked, and that file; with the selected one where there is neither."""
        selected = self.table.selected
        rows = self.chosen or ((selected,) if selected and not file else ())
        others = (*map(self._contender, rows), *((Contender(file=file),) if file else ()))
        self.go(Destination(Place.COMPARISON, self._subject, self.source(), others=others))

    def _contender(self, row: HistoryRow) -> Contender:
        recording, recordings = row.recording, self.host.recordings
        subject = (recording.namespace, recording.name)
        if row.present or recordings is None:
            return Contender(subject, LiveSource(self.backend, *subject))
        return Contender(subject, recordings.open(recording))

    def tick(self) -> None:
        self._offer()
        listed = (self._judged_by, self.board().stale_why, self.wanted, self.order)
        if listed == self._listed:
            return
        self._listed = listed
        rows = self._offered.rows if self._offered else ()
        left = [row for row in rows if matches(row, self.wanted)]
        self.table.show(in_order(left, self.order, datetime.now(UTC)) if self.order else left)
        self.tell_selected()

    def tell_selected(self) -> None:
        detail = self.query_one(Detail)
        if self._offered is not None and self.table.selected:
            told = partial(shown.told, self._offered, len(self.chosen))
            detail.show(told)
            return
        detail.show(partial(wrapped, text((self._nothing(), Tone.MUTED))))

    def _nothing(self) -> str:
        if self._offered is None or self.board().stale_why == READING:
            return "The recordings are being read."
        return f"Nothing matches {self.wanted!r}." if self.wanted else self.NO_CANDIDATE
