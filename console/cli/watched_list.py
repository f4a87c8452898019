"""`list --watch`: the list, then each of its lines as it changes, until a signal ends it.

The lines are those of the screens' list, by the same watch. What time alone changes is no change.
The list itself waits for the last words of what has ended, so that it says what `list` says.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from console.cli import narration, output
from console.cli.connection import with_services
from console.cli.documents import row_document
from console.cli.interruptions import telling
from console.domain.fleet import MOST_ASKED, READING, FleetSnapshot, SubmissionRow
from console.domain.hostile_text import neutralise
from console.errors import InvalidInput
from console.operations.services import Services
from console.operations.shell_commands import carla_console
from console.operations.watching.fleet import Fleet

Key = tuple[str, str]
Cells = Callable[..., list[str]]
DELETED = "Deleted"
PATIENCE = 3.0
"""Seconds that the list is held back for last words; where they do not come, that is told."""


class ChangedRow(msgspec.Struct, frozen=True):
    """A line that is another one than before."""

    row: SubmissionRow
    deleted: bool = False


class RowChanges:
    """What is new in a list since it was asked last."""

    def __init__(self, chooses: Callable[[Mapping[str, str]], bool]) -> None:
        self._chooses = chooses
        self._told: dict[Key, SubmissionRow] = {}

    def of(self, rows: Sequence[SubmissionRow]) -> Iterator[ChangedRow]:
        """In the order of the list; what is gone comes last, as it was."""
        now = {(row.namespace, row.name): row for row in rows if self._chooses(dict(row.labels))}
        gone = {key: row for key, row in self._told.items() if key not in now}
        before, self._told = self._told, now
        for key, row in now.items():
            was = before.get(key)
            if was is not row and (was is None or _said_of(was) != _said_of(row)):
                yield ChangedRow(row)
        yield from (ChangedRow(row, deleted=True) for row in gone.values())


def _said_of(row: SubmissionRow) -> object:
    """What a reader sees of it, in any form, but for its age."""
    told = row_document(row)
    # What is sent each minute, and waited for, is no news of a line.
    told["published"] = row.published and row.published.state
    return told, row.standing


class GrowingTable:
    """Columns whose lines come one after the other: as wide as what they have held so far."""

    def __init__(self, titles: Sequence[str]) -> None:
        self._widths = [len(title) for title in titles]

    def line(self, row: Sequence[str]) -> str:
        tame = [neutralise(cell) for cell in row]
        self._widths = self._widths or [0] * len(tame)
        self._widths = [max(was, len(cell)) for was, cell in zip(self._widths, tame, strict=True)]
        padded = (f"{cell:<{wide}}" for cell, wide in zip(tame, self._widths, strict=True))
        return "   ".join(padded).rstrip()


class _ChangesPrinter:
    """Changes in the form that -o named. The first ones are the list."""

    def __init__(self, options: argparse.Namespace, titles: Sequence[str], cells: Cells) -> None:
        self._form, self._titles, self._cells = options.output, titles, cells
        self._status = titles.index("STATUS")
        self._table = GrowingTable([] if options.no_headers else titles)
        self._headed = options.no_headers

    def print(self, changes: Sequence[ChangedRow]) -> None:
        if self._form in ("table", "wide"):
            self._lines(changes)
            return
        for each in changes:
            if self._form == "name":
                output.text(f"job.batch/{each.row.name}")
            else:
                document = row_document(each.row) | {"deleted": each.deleted}
                output.in_stream(document, self._form)

    def _lines(self, changes: Sequence[ChangedRow]) -> None:
        if not changes:
            return
        rows = [] if self._headed else [self._titles]
        self._headed = True
        rows += [self._line(each) for each in changes]
        for row in rows:
            # All of them before the first is told: the list itself is aligned.
            self._table.line(row)
        if rows:
            output.text("\n".join(map(self._table.line, rows)))

    def _line(self, change: ChangedRow) -> Sequence[str]:
        told = self._cells(change.row, datetime.now(UTC), unasked=change.row.unread)
        if change.deleted:
            told[self._status] = DELETED
        return told


def watch(
    options: argparse.Namespace,
    chooses: Callable[[Mapping[str, str]], bool],
    titles: Sequence[str],
    cells: Cells,
) -> int:
    """Ends by a signal only. Raises InvalidInput for a form that has no lines of its own."""
    if options.output == "csv" or options.output.startswith(output.CUSTOM_COLUMNS):
        form = options.output.partition("=")[0]
        raise InvalidInput(
            f"--watch and -o {form} do not go together.", fix="Take -o json, a line each."
        )
    everywhere = options.all_namespaces

    async def work(services: Services, namespace: str) -> None:
        again = carla_console(
            services.cluster.description, "list", "--watch", *(["-A"] if everywhere else [])
        )
        fleet = Fleet(services, None if everywhere else namespace)
        with telling(lambda: f"nothing depended on this; watch it again: {again}"):
            async with _snapshots(fleet) as snapshots:
                printer = _ChangesPrinter(options, titles, cells)
                await _tell(fleet, snapshots, RowChanges(chooses), printer, patience=PATIENCE)

    with_services(options, work)
    return 0


async def _tell(
    fleet: Fleet,
    snapshots: AsyncIterator[FleetSnapshot],
    changes: RowChanges,
    printer: _ChangesPrinter,
    *,
    patience: float,
) -> None:
    told, loop = READING, asyncio.get_running_loop()
    until: float | None = None
    async for snapshot in snapshots:
        if not snapshot.live:
            # Before the first list too: who waits for it is told why it does not come.
            if snapshot.why != told:
                told = snapshot.why
                narration.say(f"note: not live: {told}")
            continue
        told = ""
        # Of ended ones the last words are read for who looks; a long list is not read whole.
        shown = snapshot.rows[:MOST_ASKED]
        fleet.show_rows([(row.namespace, row.name) for row in shown])
        until = loop.time() + patience if until is None else until
        if loop.time() < until and any(row.unread for row in shown):
            continue
        until = 0.0
        printer.print([*changes.of(snapshot.rows)])


@contextlib.asynccontextmanager
async def _snapshots(fleet: Fleet) -> AsyncIterator[AsyncIterator[FleetSnapshot]]:
    """Each one that has replaced another, and the last one again while there is no news, so that
    nothing is held back for ever. Raises what watching raises; it ends with the block."""
    task = asyncio.create_task(fleet.run(), name="watch the list")

    async def each() -> AsyncIterator[FleetSnapshot]:
        while not task.done():
            changed = asyncio.create_task(fleet.changed.wait())
            await asyncio.wait(
                {task, changed}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED
            )
            changed.cancel()
            fleet.changed.clear()
            yield fleet.snapshot
        task.result()

    try:
        yield each()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
