"""The last known list of submissions on disk: shown, as old, until the cluster has answered.

Holds rows only, no credentials. A file that cannot be read is no list.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from console import paths
from console.domain.fleet import FleetSnapshot, SubmissionRow
from console.results import files

MOST_ROWS = 500
MOST_BYTES = 1_000_000
VERSION = 2
NOTHING = FleetSnapshot(why="Not connected.")


class _Stored(msgspec.Struct, frozen=True):
    version: int
    at: datetime
    rows: tuple[SubmissionRow, ...]


def place(wanted: object) -> Path:
    """The file for what was asked for."""
    return paths.last_known_list(str(wanted))


def last_known(wanted: object, *, local: bool) -> FleetSnapshot:
    """The list to begin with. The embedded cluster's Jobs end with it: an older list would show
    what cannot be there."""
    return (None if local else recall(place(wanted))) or NOTHING


def recall(file: Path) -> FleetSnapshot | None:
    """The list as it was, marked as not live; None where there is none to be read."""
    try:
        with file.open("rb") as stored:
            found = msgspec.json.decode(stored.read(MOST_BYTES), type=_Stored)
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
