"""The last known list of submissions on disk: shown, as old, until the cluster has answered.

Holds rows only, no credentials. A file that cannot be read is no list.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from console import paths
from console.domain.board import SubmissionStatus
from console.domain.fleet import FleetSnapshot, SubmissionRow
from console.results import files

MOST_ROWS = 500
MOST_BYTES = 1_000_000
VERSION = 2
NOTHING = FleetSnapshot(why="Not connected.")


def place(wanted: object) -> Path:
    """The file for what was asked for; KUBECONFIG is part of the question."""
    asked = f"{wanted!r} {os.environ.get('KUBECONFIG', '')}"
    name = hashlib.sha256(asked.encode()).hexdigest()[:16]
    return paths.state() / "last-known" / f"{name}.json"


def last_known(wanted: object, *, local: bool) -> FleetSnapshot:
    """The list to begin with. The embedded cluster's Jobs end with it: an older list would show
    what cannot be there."""
    return (None if local else recall(place(wanted))) or NOTHING


def recall(file: Path) -> FleetSnapshot | None:
    """The list as it was, marked as not live; None where there is none to be read."""
    try:
        with file.open("rb") as stored:
            found = json.loads(stored.read(MOST_BYTES))
        if found["version"] != VERSION:
            return None
        rows = tuple(_row(each) for each in found["rows"][:MOST_ROWS])
        at = datetime.fromisoformat(found["at"])
        return FleetSnapshot(rows, False, "the last known list", at) if at.tzinfo else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def remember(file: Path, fleet: FleetSnapshot) -> None:
    """Replace the file by this list, whole or not at all. Raises OSError."""
    rows = [{**asdict(row), "created_at": _text(row.created_at)} for row in fleet.rows[:MOST_ROWS]]
    content = json.dumps({"version": VERSION, "at": _text(fleet.updated_at), "rows": rows})
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    files.replace(str(file), [content.encode()], permissions=files.PRIVATE)


def _row(stored: dict[str, Any]) -> SubmissionRow:
    text = {key: stored[key] for key in ("namespace", "name", "uid", "leaderboard", "reason")}
    count = {key: stored[key] for key in ("restarts_at_least", "backoff_limit")}
    perhaps = {key: stored[key] for key in ("done", "total", "restarts")}
    score = stored["driving_score"]
    entry, eligible = stored.get("entry_status"), stored.get("eligible")
    ending = isinstance(entry, str | None) and isinstance(eligible, bool | None)
    texts = all(isinstance(value, str) for value in text.values())
    counts = all(type(value) is int for value in count.values())
    known = all(value is None or type(value) is int for value in perhaps.values())
    if not (texts and counts and known and ending and isinstance(score, int | float | None)):
        raise TypeError("a row of another shape")
    created = stored["created_at"] and datetime.fromisoformat(stored["created_at"])
    if created and not created.tzinfo:
        raise ValueError("a time without its zone")
    return SubmissionRow(
        **text,
        **count,
        **perhaps,
        status=SubmissionStatus(stored["status"]),
        created_at=created or None,
        driving_score=score,
        entry_status=entry,
        eligible=eligible,
    )


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
