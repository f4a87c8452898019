"""The last known list of submissions on disk: shown, as old, until the cluster has answered.

Holds rows only, no credentials. A file that cannot be read is no list.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from console import paths
from console.domain.fleet import FleetSnapshot, SubmissionRow, listed_first
from console.results import files
from console.struct_library import decoder_of

if TYPE_CHECKING:
    from console.operations.ports.recorder_process import RecorderProcess

MOST_ROWS = 500
MOST_BYTES = 1_000_000
VERSION = 2
NOT_CONNECTED = "Not connected."
NOTHING = FleetSnapshot(why=NOT_CONNECTED)
THE_RECORDERS = "the recorder's list"
"""Why a list that is not ours is as good as live: another process has it from its own watch."""


class _Stored(msgspec.Struct, frozen=True):
    version: int
    at: datetime
    rows: tuple[SubmissionRow, ...]


def place(wanted: object) -> Path:
    """The file for what was asked for."""
    return paths.last_known_list(str(wanted))


def last_known(wanted: object, *, local: bool) -> FleetSnapshot:
    """The list to begin with. The embedded cluster's Jobs end with it: an older list would show
    what cannot be there, and serves for names that a shell completes alone."""
    return (None if local else recall(place(wanted))) or NOTHING


def told_by(recorder: RecorderProcess | None, namespace: str | None) -> FleetSnapshot | None:
    """The list that a recorder process has at this moment; None where none can tell it."""
    told = recorder.listed(namespace) if recorder is not None else None
    return None if told is None else FleetSnapshot(told.rows, False, THE_RECORDERS, now())


def with_rest(heard: FleetSnapshot, known: FleetSnapshot) -> FleetSnapshot:
    """While a first list is read: what it has told so far, beside the last known of all others."""
    if not heard.growing or not known.rows:
        return heard
    # Each of its rows tells more than a list that has not come to the pods.
    if known.why == THE_RECORDERS:
        return known
    told = {(row.namespace, row.name) for row in heard.rows}
    rest = [row for row in known.rows if (row.namespace, row.name) not in told]
    if not rest:
        return heard
    rows = tuple(listed_first([*heard.rows, *rest]))
    return replace(heard, rows=rows, updated_at=known.updated_at)


def now() -> datetime:
    """The present, aware UTC."""
    return datetime.now(UTC)


def recall(file: Path) -> FleetSnapshot | None:
    """The list as it was, marked as not live; None where there is none to be read."""
    try:
        with file.open("rb") as stored:
            found = decoder_of(_Stored).decode(stored.read(MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return None
    times = [found.at, *(row.created_at for row in found.rows if row.created_at)]
    if found.version != VERSION or not all(each.tzinfo for each in times):
        return None
    return FleetSnapshot(found.rows[:MOST_ROWS], False, "the last known list", found.at)


def remember(file: Path, fleet: FleetSnapshot) -> None:
    """Replace the file by this list, whole or not at all. Raises OSError."""
    if fleet.updated_at is None:
        return
    content = msgspec.json.encode(_Stored(VERSION, fleet.updated_at, fleet.rows[:MOST_ROWS]))
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    files.replace(str(file), [content], permissions=files.PRIVATE)


def renew(wanted: object, rows: tuple[SubmissionRow, ...], at: datetime) -> None:
    """Remember those rows. Raises OSError.

    A disk may take longer to write than the list took: only what is new is written.
    """
    before = recall(place(wanted))
    if before is None or before.rows != rows[:MOST_ROWS]:
        remember(place(wanted), FleetSnapshot(rows, True, "", at))
