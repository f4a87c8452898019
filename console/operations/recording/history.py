"""All recorded submissions as one list: of every cluster, deleted ones and their namesakes too.

Needs no cluster. How entries are remembered, so that thousands open at once, the port does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from fnmatch import fnmatchcase

import msgspec

from console.operations.outcome.row import row_of
from console.operations.ports.history import HistoryEntry
from console.operations.ports.recorder import Recording
from console.operations.recording.recorded import as_it_ended, recorded_board
from console.operations.services import Services

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Search(msgspec.Struct, frozen=True):
    """What is looked for; an empty field leaves none out."""

    name: str = ""
    """With `*` and `?` as a shell has them; else a part of the name."""
    namespace: str = ""
    cluster: str = ""
    """The context that it was recorded in."""
    status: str = ""
    image: str = ""
    """A part of the agent's image."""
    track: str = ""
    since: datetime | None = None
    """Begun at that time or later."""


def entry_of(services: Services, recording: Recording) -> HistoryEntry:
    """What its recording tells by now. Reads files."""
    board = recorded_board(services, recording)
    if board is None:
        return HistoryEntry(recording, None, False)
    last = as_it_ended(board, services.clock())
    job = last.job
    plan = job.plan if job else None
    return HistoryEntry(
        recording,
        row_of(last),
        last.ended,
        plan.images.agent if plan else "",
        plan.track if plan else "",
        job.ended_at if job else None,
        board.stale_since,
    )


def found(entries: Iterable[HistoryEntry], search: Search) -> tuple[HistoryEntry, ...]:
    """Those that are looked for, the newest first."""
    matching = (each for each in entries if _matches(each, search))
    return tuple(sorted(matching, key=_begun, reverse=True))


def _begun(entry: HistoryEntry) -> tuple[datetime, str]:
    return (entry.row.created_at if entry.row else None) or _LONG_AGO, entry.recording.uid


def _matches(entry: HistoryEntry, search: Search) -> bool:
    recording, row = entry.recording, entry.row
    status = row.status.value if row else ""
    return (
        _named(recording.name, search.name)
        and search.namespace in ("", recording.namespace)
        and search.cluster in ("", recording.cluster)
        and search.status.lower() in ("", status.lower())
        and search.image in entry.agent_image
        and search.track.upper() in ("", entry.track.upper())
        and (search.since is None or _begun(entry)[0] >= search.since)
    )


def _named(name: str, pattern: str) -> bool:
    if any(each in pattern for each in "*?["):
        return fnmatchcase(name, pattern)
    return pattern in name
