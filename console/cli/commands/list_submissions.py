"""`list`: the submissions of a namespace, one line each."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime

from console import paths, wiring
from console.cli import output
from console.cli.connection import acting_as, chosen_by, wanted
from console.cli.flags import (
    DOCUMENTS,
    add_connection_flags,
    add_everywhere_flag,
    add_output_flag,
    add_selector_flag,
    add_table_flags,
)
from console.cli.narration import say
from console.cli.refusing import refuse_empty, refuse_together
from console.domain.board import tally
from console.domain.budget import tally_of
from console.domain.fleet import MOST_ASKED, SubmissionRow
from console.domain.progress import entry_words
from console.domain.publication import Published, PublishedAs
from console.domain.spans import age
from console.operations.ports.recorder_process import RecorderList


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("list")
    add_connection_flags(parser)
    add_everywhere_flag(parser)
    add_output_flag(parser, "table", "wide", *DOCUMENTS, "custom-columns=", "csv", "name")
    add_table_flags(parser)
    add_selector_flag(parser)
    parser.add_argument("-w", "--watch", action="store_true", help="then each line as it changes")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    refuse_together(options, "--namespace", "--all-namespaces")
    refuse_empty(options, "--selector")
    chooses = chosen_by(options.selector)
    if options.watch:
        refuse_together(options, "--watch", "--sort-by", why="Lines come as they change.")
        from console.cli.watched_list import watch

        return watch(options, chooses, *_columns(options))
    # An older recorder may tell rows without labels.
    listed = recorded = None if options.selector else _as_recorded(options)
    # What a recorder has not heard of is better asked for than shown as `?`.
    if listed is None or 0 < len(listed.unheard) <= MOST_ASKED:
        listed = _as_of_now(options)
    rows = tuple(row for row in listed.rows if chooses(dict(row.labels)))
    unasked = frozenset(listed.unheard).intersection((row.namespace, row.name) for row in rows)
    if unasked:
        say(
            f"note: {len(unasked)} submissions have more to tell than a list of them: what is"
            " '?' here, or null, `carla-console status NAME` asks for"
        )
    rows = sorted_rows(rows, options.sort_by)
    if options.output in ("table", "wide"):
        _table(rows, unasked, options)
    elif options.output == "name":
        output.text("\n".join(f"job.batch/{row.name}" for row in rows)) if rows else None
    else:
        from console.cli.documents import row_document

        told = [row_document(row) for row in rows]
        output.documents(told, options.output, headless=options.no_headers)
    if recorded is None and any(row.takes_turns for row in rows):
        from console.cli.idle_line import tell_if_idle

        tell_if_idle(options, rows)
    _remember(options, listed.rows)
    return 0


def _remember(options: argparse.Namespace, rows: tuple[SubmissionRow, ...]) -> None:
    """For the names that a shell completes, and for the screens' first paint."""
    if not options.all_namespaces:
        # A disk that is full or read-only costs that memory, not the list that has been told.
        with contextlib.suppress(OSError):
            wiring.remember_list(wanted(options), rows)


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


_NONE, _NONE_CHOSEN = "There is no submission.", "No submission has these labels."
TITLES = (
    *("NAMESPACE", "NAME", "LEADERBOARD", "STATUS", "ROUTES"),
    *("RESTARTS", "SCORE", "ENTRY", "AGE"),
)
MORE_TITLES = ("TEAM", "TRACK", "IMAGE", "PUBLISHED", "REASON", "UID")
SORTED_BY = {title: title.lower() for title in (*TITLES, *MORE_TITLES)} | {
    "ROUTES": "routes.done",
    "SCORE": "drivingScore",
    "ENTRY": "entryStatus",
    "AGE": "createdAt",
    "PUBLISHED": "published.state",
}
"""A title -> the key of the JSON that tells its order; by AGE the oldest comes first."""


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


def more_cells(row: SubmissionRow) -> list[str]:
    """What `-o wide` tells besides."""
    team = "?" if row.team is None else row.team or "-"
    published = published_cell(row.published)
    return [team, row.track or "?", row.image or "?", published, row.reason or "-", row.uid]


def published_cell(told: Published | None) -> str:
    """`finished 2026-11-30 12:03`; `-` for what is to be published nowhere."""
    if told is None:
        return "?"
    if told.state is PublishedAs.NOWHERE:
        return "-"
    return f"{told.state} {told.at:%Y-%m-%d %H:%M}" if told.at and told.dated else told.state.value


def sorted_rows(rows: tuple[SubmissionRow, ...], key: str | None) -> tuple[SubmissionRow, ...]:
    """In the order of a key of their JSON, or of a title. Raises InvalidInput for any other."""
    if key is None:
        return rows
    from console.cli.document_forms import by_key
    from console.cli.documents import row_document

    return tuple(rows[place] for place in by_key(map(row_document, rows), key, SORTED_BY))


def _columns(options: argparse.Namespace) -> tuple[Sequence[str], Callable[..., list[str]]]:
    """The titles, and a line below them."""
    if options.output != "wide":
        return TITLES, cells
    return (*TITLES, *MORE_TITLES), lambda row, *asked, **more: [
        *cells(row, *asked, **more),
        *more_cells(row),
    ]


def _table(
    rows: tuple[SubmissionRow, ...],
    unasked: Collection[tuple[str, str]],
    options: argparse.Namespace,
) -> None:
    if not rows:
        say(_NONE_CHOSEN if options.selector else _NONE)
    now = datetime.now(UTC)
    titles, cells_of = _columns(options)
    lines = [cells_of(row, now, unasked=(row.namespace, row.name) in unasked) for row in rows]
    output.columns(titles, lines, headless=options.no_headers)
