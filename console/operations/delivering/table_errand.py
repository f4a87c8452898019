"""A table is told of a submission, a step further. Blocks: it reads a recording, and sends.

What is told is decided where it is for EvalAI: a score only with a verified final result, and no
end that nobody can tell. When it ended is kept before it is sent, so that what is sent again is the
same.
"""

from __future__ import annotations

from msgspec.structs import replace

from console.errors import Conflict, ConsoleError, NotFound
from console.operations.delivering import learning
from console.operations.delivering.standing import Standing
from console.operations.delivering.table_marks import Row, end_mark, start_mark
from console.operations.ports.deliveries import (
    Delivery,
    DeliveryKind,
    DeliveryLedger,
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

    def __init__(
        self, services: Services, targets: DeliveryTargets, ledger: DeliveryLedger
    ) -> None:
        self._services, self._targets, self._ledger = services, targets, ledger

    def advance(self, known: Delivery, here: Standing) -> Delivery:
        """As far as it goes now; what a table does is in the value that comes back."""
        now = self._services.clock()
        try:
            table = self._targets.open_table(known.target)
            if table is None:
                raise learning.not_set(known.target)
            row = self._row(known)
            known = replace(known, subject="/".join(row))
            return self._told(table, row, known, here)
        except RowTaken as taken:
            return learning.refused(known, taken, now)
        except ConsoleError as error:
            return learning.failed(known, error, now)

    def _told(self, table: MarkedTable, row: Row, known: Delivery, here: Standing) -> Delivery:
        now, job = self._services.clock(), here.seen.board.job
        if not (here.over or known.start_told) and job is not None and job.suspended:
            return learning.rests(known, "It has not started.", now, self._targets.period)
        if not known.start_told:
            self._refuse_another(known, here)
            self._send(table, self._start(known, row), known)
            return learning.started(known, now)
        if not here.over:
            return learning.rests(known, learning.RUNS, now, self._targets.period)
        # A person may have decided what nobody can tell from here.
        outcome = known.outcome or here.ended
        if outcome is None:
            return learning.refused(known, _nobody_knows(known, here), now)
        if known.ended is None:
            completed = job.completed_at if job is not None else None
            return replace(known, ended=completed or now, outcome=outcome, changed=now)
        if outcome is RemoteOutcome.FINISHED and not here.view.final:
            return learning.failed(known, learning.not_recorded(known), now)
        started = known.started or known.changed
        self._send(table, end_mark(row, started, known.ended, outcome, here.view), known)
        return learning.finished(known, now, outcome, here.unknown)

    def marks(self, known: Delivery, here: Standing) -> tuple[TableMark, ...]:
        """All that the table would be told by now, whatever it has been told. Sends nothing."""
        row, now = self._row(known), self._services.clock()
        start = self._start(known, row)
        if here.ended is None:
            return (start,)
        job = here.seen.board.job
        ended = known.ended or (job.completed_at if job else None) or now
        return start, end_mark(row, known.started or now, ended, here.ended, here.view)

    def _start(self, known: Delivery, row: Row) -> TableMark:
        kept = self._services.recorder.manifest(known.recording)
        storage = self._targets.storage
        files = ""
        if kept is not None and storage.startswith(S3):
            files = f"{storage}/{folder_of(kept.manifest, known.recording.name)}"
        return start_mark(row, known.started or known.changed, files)

    def _row(self, known: Delivery) -> Row:
        kept = self._services.recorder.manifest(known.recording)
        row = row_of(kept.manifest) if kept is not None else ("", "")
        if not all(row):
            raise NotFound(
                f"The recording of {known.recording.name} tells no team and no submission id.",
                why="By these the table has its rows.",
            )
        return row

    def _send(self, table: MarkedTable, mark: TableMark, known: Delivery) -> None:
        if not table.update(mark):
            raise RowTaken(
                f"{known.where} tells of a later start, or of one by others: it is left as it is.",
            )

    def _refuse_another(self, known: Delivery, here: Standing) -> None:
        """A row is one submission, and what goes on from it; EvalAI's number is one by itself."""
        job = here.seen.board.job
        if job is not None and job.evalai is not None:
            return
        others = [
            each.recording
            for each in self._ledger.all()
            if (each.kind, each.target, each.subject)
            == (DeliveryKind.TABLE, known.target, known.subject)
            and each.recording.uid != known.recording.uid
            and each.start_told
        ]
        kept = self._services.recorder.manifest(known.recording)
        earlier = earlier_of(self._services, known.recording, kept.manifest if kept else {})
        for other in others:
            if other.name not in earlier:
                raise RowTaken(
                    f"{known.where} tells of another submission: {printable(other.name, 60)}.",
                    why="One row is one submission, and what goes on from it.",
                    fix="Launch with a submission id of its own.",
                )


class RowTaken(Conflict):
    """A row of a table tells of another launch."""


def _nobody_knows(known: Delivery, here: Standing) -> ConsoleError:
    return ConsoleError(f"{known.where} is told no end.", why=here.unknown)
