"""A table is told of a submission, a step further. Blocks: it reads a recording, and sends.

What is told is decided where it is for EvalAI: a score only with a verified final result, and no
end that nobody can tell. When it ended is kept before it is sent, so that what is sent again is the
same.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from console.errors import Conflict, ConsoleError, Forbidden, NotFound
from console.operations.delivering import delivery_changes
from console.operations.delivering.standing import Standing
from console.operations.delivering.table_marks import (
    Row,
    RowOwner,
    another_in_row,
    end_mark,
    outcome_there,
    start_mark,
    told_by_another,
)
from console.operations.ports.deliveries import (
    Delivery,
    DeliveryTargets,
    MarkedTable,
    TableMark,
)
from console.operations.ports.evalai import RemoteOutcome
from console.operations.recording.earlier import earlier_of
from console.operations.services import Services
from console.results.quoting import printable
from console.specs.publishing_annotations import folder_of, row_of

S3 = "s3://"


class TableErrand:
    """Of one recorder, or one command."""

    def __init__(self, services: Services, targets: DeliveryTargets) -> None:
        self._services, self._targets = services, targets

    def advance(self, known: Delivery, here: Standing) -> Delivery:
        """As far as it goes now; what a table does is in the value that comes back."""
        now = self._services.clock()
        try:
            table = self._targets.open_table(known.target)
            if table is None:
                raise delivery_changes.not_set(known.target)
            row = self._row(known)
            known = replace(known, subject="/".join(row))
            return self._told(table, row, known, here)
        except RowTaken as taken:
            return delivery_changes.refused(known, taken, now)
        except ConsoleError as error:
            return delivery_changes.failed(known, error, now)

    def _told(self, table: MarkedTable, row: Row, known: Delivery, here: Standing) -> Delivery:
        now, job = self._services.clock(), here.seen.board.job
        if not (here.over or known.start_told) and job is not None and job.suspended:
            return delivery_changes.rests(known, "It has not started.", now, self._targets.period)
        whose, begun = self._whose(known, here), known.started or known.changed
        if not known.start_told:
            if not table.update(start_mark(row, begun, self._folder(known), whose)):
                return self._left_as_it_is(table, row, known, whose, begun)
            return delivery_changes.started(known, now)
        if not here.over:
            return delivery_changes.rests(known, delivery_changes.RUNS, now, self._targets.period)
        # A person may have decided what nobody can tell from here.
        outcome = known.outcome or here.ended
        if outcome is None:
            return delivery_changes.refused(known, _nobody_knows(known, here), now)
        if known.ended is None:
            completed = job.completed_at if job is not None else None
            return replace(known, ended=completed or now, outcome=outcome, changed=now)
        if outcome is RemoteOutcome.FINISHED and not here.view.final:
            return delivery_changes.failed(known, delivery_changes.not_recorded(known), now)
        if not table.update(end_mark(row, begun, known.ended, outcome, here.view, whose.writer)):
            return self._left_as_it_is(table, row, known, whose, begun)
        return delivery_changes.finished(known, now, outcome, here.unknown)

    def marks(self, known: Delivery, here: Standing) -> tuple[TableMark, ...]:
        """All that the table would be told by now, whatever it has been told. Sends nothing."""
        row, now = self._row(known), self._services.clock()
        whose, begun = self._whose(known, here), known.started or now
        start = start_mark(row, begun, self._folder(known), whose)
        if here.ended is None:
            return (start,)
        job = here.seen.board.job
        ended = known.ended or (job.completed_at if job else None) or now
        return start, end_mark(row, begun, ended, here.ended, here.view, whose.writer)

    def _folder(self, known: Delivery) -> str:
        """Of its files in a bucket; empty where they are in none."""
        kept, storage = self._services.recorder.manifest(known.recording), self._targets.storage
        if kept is None or not storage.startswith(S3):
            return ""
        return f"{storage}/{folder_of(kept.manifest, known.recording.name)}"

    def _whose(self, known: Delivery, here: Standing) -> RowOwner:
        kept, job = self._services.recorder.manifest(known.recording), here.seen.board.job
        writer = self._targets.writer
        return RowOwner(
            known.recording.name,
            known.recording.uid,
            earlier_of(self._services, known.recording, kept.manifest if kept else {}),
            f"{writer.who} {writer.id}",
            any_row=job is not None and job.evalai is not None,
        )

    def _row(self, known: Delivery) -> Row:
        kept = self._services.recorder.manifest(known.recording)
        row = row_of(kept.manifest) if kept is not None else ("", "")
        if not all(row):
            raise NotFound(
                f"The recording of {known.recording.name} tells no team and no submission id.",
                why="By these the table has its rows.",
            )
        return row

    def _left_as_it_is(
        self, table: MarkedTable, row: Row, known: Delivery, whose: RowOwner, begun: datetime
    ) -> Delivery:
        """Another machine has told all of this very run, or the row is another run's. Raises
        RowTaken for that."""
        try:
            there = table.row_of(*row)
        except Forbidden:
            there = {}
        if who := told_by_another(there, whose, begun):
            others = printable(who.rpartition(" ")[0], 60)
            known = replace(known, others=others, start_told=True)
            return delivery_changes.done_by_others(
                known, self._services.clock(), outcome_there(there)
            )
        other = "" if whose.any_row else another_in_row(there, whose.uid, whose.earlier)
        if other:
            raise RowTaken(
                f"{known.where} tells of another submission: {printable(other, 60)}.",
                why="One row is one submission, and what goes on from it.",
                fix="Launch with a submission id of its own.",
            )
        raise RowTaken(
            f"{known.where} tells of a later start, or of one by others: it is left as it is.",
        )


class RowTaken(Conflict):
    """A row of a table tells of another launch."""


def _nobody_knows(known: Delivery, here: Standing) -> ConsoleError:
    return ConsoleError(f"{known.where} is told no end.", why=here.unknown)
