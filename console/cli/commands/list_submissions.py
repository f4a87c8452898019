"""`list`: the submissions of a namespace, one line each."""

from __future__ import annotations

import argparse
import asyncio
from datetime import UTC, datetime

from console.cli import output
from console.cli.connection import with_services
from console.cli.documents import row_document
from console.cli.flags import add_connection_flags
from console.cli.refusing import refuse_together
from console.domain.board import BoardSnapshot, tally
from console.domain.budget import tally_of
from console.domain.facts import JobFacts
from console.domain.fleet import SubmissionRow, listed_first
from console.domain.gpu_meetings import meetings, words
from console.domain.progress import entry_words
from console.domain.spans import age
from console.errors import NotFound
from console.operations.services import Services
from console.operations.watching.fleet_row import row_of
from console.operations.watching.single_look import board_once

AT_ONCE = 8
"""Submissions that are looked up side by side."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("list")
    add_connection_flags(parser)
    parser.add_argument("-A", "--all-namespaces", action="store_true")
    parser.add_argument("-o", "--output", choices=["table", "json", "name"], default="table")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    refuse_together(options, "--namespace", "--all-namespaces")

    async def work(services: Services, namespace: str) -> tuple[SubmissionRow, ...]:
        return await _rows(services, None if options.all_namespaces else namespace)

    rows = with_services(options, work)
    if options.output == "json":
        output.as_json([row_document(row) for row in rows])
    elif options.output == "name":
        output.text("\n".join(f"job.batch/{row.name}" for row in rows)) if rows else None
    else:
        _table(rows)
    return 0


async def _rows(services: Services, namespace: str | None) -> tuple[SubmissionRow, ...]:
    """Blocked ones first, then the newest. A Job that vanishes meanwhile is left out."""
    jobs = await services.cluster.jobs(namespace)
    places = asyncio.Semaphore(AT_ONCE)

    async def board(job: JobFacts) -> BoardSnapshot | None:
        async with places:
            try:
                return await board_once(services, job.namespace, job.name)
            except NotFound:
                return None

    boards = await asyncio.gather(*(board(job) for job in jobs))
    found = [each for each in boards if each is not None]
    met = meetings(found)
    rows = (row_of(each, words(met.get((each.namespace, each.name), ()))) for each in found)
    return tuple(listed_first(rows))


TITLES = (
    *("NAMESPACE", "NAME", "LEADERBOARD", "STATUS", "ROUTES"),
    *("RESTARTS", "SCORE", "ENTRY", "AGE"),
)


def cells(row: SubmissionRow, now: datetime) -> list[str]:
    """One line of the table."""
    return [
        row.namespace,
        row.name,
        row.leaderboard,
        row.status.value,
        tally(row.done, row.total),
        tally_of(row.restarts, row.backoff_limit, row.restarts_at_least),
        "-" if row.driving_score is None else f"{row.driving_score:.2f}",
        "-" if row.eligible is None else entry_words(row.entry_status, row.eligible),
        age(row.created_at, now),
    ]


def _table(rows: tuple[SubmissionRow, ...]) -> None:
    now = datetime.now(UTC)
    output.columns(list(TITLES), [cells(row, now) for row in rows])
