"""`list`: the submissions of a namespace, one line each."""

from __future__ import annotations

import argparse
from collections.abc import Collection
from datetime import UTC, datetime

from console.cli import output
from console.cli.connection import with_services
from console.cli.flags import add_connection_flags
from console.cli.narration import say
from console.cli.refusing import refuse_together
from console.domain.board import BoardSnapshot, tally
from console.domain.budget import tally_of
from console.domain.fleet import SubmissionRow, listed_first
from console.domain.gpu_meetings import meetings, words
from console.domain.progress import entry_words
from console.domain.spans import age
from console.operations.services import Services
from console.operations.watching.fleet_once import Look, fleet_once
from console.operations.watching.fleet_row import row_of


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("list")
    add_connection_flags(parser)
    parser.add_argument("-A", "--all-namespaces", action="store_true")
    parser.add_argument("-o", "--output", choices=["table", "json", "name"], default="table")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    refuse_together(options, "--namespace", "--all-namespaces")

    async def work(services: Services, namespace: str) -> Look:
        return await fleet_once(services, None if options.all_namespaces else namespace)

    look = with_services(options, work)
    rows = _rows(look.boards)
    if look.unasked:
        say(
            f"note: {len(look.unasked)} submissions have more to tell than a list of them: what is"
            " '?' here, or null, `carla-console status NAME` asks for"
        )
    if options.output == "json":
        from console.cli.documents import row_document

        output.as_json([row_document(row) for row in rows])
    elif options.output == "name":
        output.text("\n".join(f"job.batch/{row.name}" for row in rows)) if rows else None
    else:
        _table(rows, look.unasked)
    return 0


def _rows(boards: tuple[BoardSnapshot, ...]) -> tuple[SubmissionRow, ...]:
    """Blocked ones first, then the newest."""
    met = meetings(boards)
    rows = (row_of(each, words(met.get((each.namespace, each.name), ()))) for each in boards)
    return tuple(listed_first(rows))


TITLES = (
    *("NAMESPACE", "NAME", "LEADERBOARD", "STATUS", "ROUTES"),
    *("RESTARTS", "SCORE", "ENTRY", "AGE"),
)


def cells(row: SubmissionRow, now: datetime, *, unasked: bool = False) -> list[str]:
    """One line of the table; `unasked`: its log was not read, so that it may have a score."""
    none = "?" if unasked else "-"
    return [
        row.namespace,
        row.name,
        row.leaderboard,
        row.status.value,
        tally(row.done, row.total),
        tally_of(row.restarts, row.backoff_limit, row.restarts_at_least),
        none if row.driving_score is None else f"{row.driving_score:.2f}",
        none if row.eligible is None else entry_words(row.entry_status, row.eligible),
        age(row.created_at, now),
    ]


def _table(rows: tuple[SubmissionRow, ...], unasked: Collection[tuple[str, str]]) -> None:
    now = datetime.now(UTC)
    lines = [cells(row, now, unasked=(row.namespace, row.name) in unasked) for row in rows]
    output.columns(list(TITLES), lines)
