"""`list`: the submissions of a namespace, one line each."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Collection
from datetime import UTC, datetime

from console import paths, wiring
from console.cli import output
from console.cli.connection import acting_as, wanted
from console.cli.flags import add_connection_flags
from console.cli.narration import say
from console.cli.refusing import refuse_together
from console.domain.board import tally
from console.domain.budget import tally_of
from console.domain.fleet import MOST_ASKED, SubmissionRow
from console.domain.progress import entry_words
from console.domain.spans import age
from console.operations.ports.recorder_process import RecorderList


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("list")
    add_connection_flags(parser)
    parser.add_argument("-A", "--all-namespaces", action="store_true", default=argparse.SUPPRESS)
    parser.add_argument("-o", "--output", choices=["table", "json", "name"], default="table")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    refuse_together(options, "--namespace", "--all-namespaces")

    listed = recorded = _as_recorded(options)
    # What a recorder has not heard of is better asked for than shown as `?`.
    if listed is None or 0 < len(listed.unheard) <= MOST_ASKED:
        listed = _as_of_now(options)
    rows, unasked = listed.rows, frozenset(listed.unheard)
    if unasked:
        say(
            f"note: {len(unasked)} submissions have more to tell than a list of them: what is"
            " '?' here, or null, `carla-console status NAME` asks for"
        )
    if options.output == "json":
        from console.cli.documents import row_document

        output.as_json([row_document(row) for row in rows])
    elif options.output == "name":
        output.text("\n".join(f"job.batch/{row.name}" for row in rows)) if rows else None
    else:
        _table(rows, unasked)
    if recorded is None and any(row.place for row in rows):
        from console.cli.idle_line import tell_if_idle

        tell_if_idle(options, rows)
    _remember(options, rows)
    return 0


def _remember(options: argparse.Namespace, rows: tuple[SubmissionRow, ...]) -> None:
    """For the names that a shell completes, and for the screens' first paint."""
    asked = wanted(options)
    if not (options.all_namespaces or asked.local):
        # A disk that is full or read-only costs that memory, not the list that has been told.
        with contextlib.suppress(OSError):
            wiring.remember_list(asked, rows)


def _as_recorded(options: argparse.Namespace) -> RecorderList | None:
    """What a recorder process has at hand; None where it cannot tell the whole list now."""
    if not paths.recorder_wanted():
        return None
    recorder = wiring.recorder_process(wanted(options))
    listed = recorder.listed(None if options.all_namespaces else recorder.where.namespace)
    if listed is not None and recorder.where.acts_as:
        say(acting_as(recorder.where))
    return listed


def _as_of_now(options: argparse.Namespace) -> RecorderList:
    """The same asked of the cluster. Imported late: HTTP and TLS take longer than a list."""
    from console.cli.own_look import listed

    return listed(options)


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
        row.standing,
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
