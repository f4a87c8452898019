"""What became of many that were waited for: one table, one exit code. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from console.cli.documents import row_document
from console.domain.board import BoardSnapshot, SubmissionStatus, tally
from console.domain.budget import tally_of
from console.domain.fleet import SubmissionRow
from console.domain.progress import entry_words
from console.domain.spans import duration
from console.errors import SubmissionFailed
from console.operations.outcome.row import row_of
from console.results import command

TITLES = ("NAME", "RESULT", "ROUTES", "SCORE", "ENTRY", "RESTARTS", "DURATION", "WHY")


class EndedRow(msgspec.Struct, frozen=True):
    """One that has ended: its line of the list, how long it ran, and why it failed."""

    row: SubmissionRow
    seconds: float | None
    why: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Its result is there and final."""
        return self.row.status is SubmissionStatus.COMPLETE


def ended_row(board: BoardSnapshot, answers: Sequence[str]) -> EndedRow:
    """`answers`: the diagnosis, what says most first; without one the board's reason stands."""
    job = board.job
    ran = None
    if job is not None and job.started_at is not None and job.ended_at is not None:
        ran = (job.ended_at - job.started_at).total_seconds()
    reason = (board.reason,) if board.reason and not any(answers) else ()
    return EndedRow(row_of(board), ran, (*filter(None, answers), *reason))


def summary_lines(rows: Iterable[EndedRow]) -> list[list[str]]:
    """A line for each, under TITLES."""
    return [_line(each) for each in rows]


def _line(each: EndedRow) -> list[str]:
    row = each.row
    return [
        row.name,
        row.status.value,
        tally(row.done, row.total),
        "-" if row.driving_score is None else f"{row.driving_score:.2f}",
        "-" if row.eligible is None else entry_words(row.entry_status, row.eligible),
        tally_of(row.restarts, row.backoff_limit, row.restarts_at_least),
        "-" if each.seconds is None else duration(each.seconds),
        each.why[0] if each.why else "",
    ]


def summary_documents(rows: Iterable[EndedRow]) -> list[dict[str, Any]]:
    """The same for programs."""
    return [
        row_document(each.row) | {"durationSeconds": each.seconds, "why": list(each.why)}
        for each in rows
    ]


def verdict(rows: Sequence[EndedRow]) -> int:
    """The exit code where all are complete. Raises SubmissionFailed where one is not."""
    lost = [each for each in rows if not each.complete]
    if lost:
        first = lost[0]
        raise SubmissionFailed(
            f"{len(lost)} of {len(rows)} submissions have no complete result.",
            why=f"{first.row.name}: {first.why[0] if first.why else first.row.status.value}",
            fix=f"Why, with the evidence: carla-console inspect {first.row.name}",
        )
    return command.INELIGIBLE if any(each.row.eligible is False for each in rows) else command.DONE
