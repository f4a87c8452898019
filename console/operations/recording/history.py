"""All recorded submissions as one list: of every cluster, deleted ones and their namesakes too.

Needs no cluster. How entries are remembered, so that thousands open at once, the port does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from fnmatch import fnmatchcase

import msgspec

from console.domain.drive_times import drive_times
from console.domain.facts import UID_SHOWN
from console.domain.fleet import SubmissionRow
from console.domain.gpu_time import gpu_time
from console.domain.sizes import in_words
from console.domain.spans import FIRST, age
from console.errors import Conflict, NotFound
from console.operations.outcome.row import row_of
from console.operations.ports.history_entries import HistoryEntry
from console.operations.ports.recorder import Recording
from console.operations.recording.recorded import as_it_ended, recorded_board
from console.operations.services import Services
from console.specs.plan import team_in_lists

LEAST_OF_UID = 4
"""Characters: fewer are a slip of the hand."""


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
    team: str = ""
    """A part of the team, as the Job names it."""
    since: datetime | None = None
    """Begun at that time or later."""
    until: datetime | None = None
    """Begun before that time."""
    score: tuple[float, float] | None = None
    """From and to, both included: what has no score is left out."""


def entry_of(services: Services, recording: Recording) -> HistoryEntry:
    """What its recording tells by now. Reads files."""
    recorder = services.recorder
    pinned, size = recorder.pinned(recording), recorder.size(recording)
    came = recorder.imported(recording)
    machine = came.machine if came else ""
    board = recorded_board(services, recording)
    if board is None:
        return HistoryEntry(
            recording,
            None,
            False,
            pinned=pinned,
            bytes=size,
            imported=came is not None,
            machine=machine,
        )
    last = as_it_ended(board, services.clock())
    job = last.job
    plan = job.plan if job else None
    return HistoryEntry(
        recording,
        row_of(last),
        last.ended,
        plan.images.agent if plan else "",
        plan.track if plan else "",
        _team(services, recording),
        job.ended_at if job else None,
        board.stale_since,
        gpu_time(last, None),
        pinned,
        size,
        came is not None,
        machine,
        drive_times(last),
    )


def _team(services: Services, recording: Recording) -> str | None:
    kept = services.recorder.manifest(recording)
    if kept is None:
        return None
    from console.specs.publishing_annotations import (
        team_of,  # late: who asks for no team reads no manifest
    )

    metadata = kept.manifest.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    told = annotations if isinstance(annotations, dict) else {}
    return team_in_lists(told, team_of(kept.manifest))


def every(services: Services) -> tuple[HistoryEntry, ...]:
    """All that are recorded, in no order. Reads files."""
    store = services.store
    return () if store is None else store.entries(lambda each: entry_of(services, each))


def found(entries: Iterable[HistoryEntry], search: Search) -> tuple[HistoryEntry, ...]:
    """Those that are looked for, the newest first."""
    matching = (each for each in entries if _matches(each, search))
    return tuple(sorted(matching, key=_begun, reverse=True))


def meant(entries: Iterable[HistoryEntry], search: Search, word: str) -> HistoryEntry:
    """The one of that name, or whose uid begins so. Raises NotFound, and Conflict for several."""
    matching = found(entries, search)
    named = [each for each in matching if each.recording.name == word]
    of_uid = [each for each in matching if each.recording.uid.startswith(word)]
    choice = named or (of_uid if len(word) >= LEAST_OF_UID else [])
    if not choice:
        raise NotFound(
            f"Nothing is recorded here of {word}.",
            why="Neither a recorded submission's name nor the beginning of its uid is that.",
            fix="See what is recorded: carla-console history",
        )
    if len(choice) > 1:
        raise Conflict(
            f"{len(choice)} recorded submissions are meant by {word}.",
            why="; ".join(f"{each.recording.uid} in {_place(each)}" for each in choice),
            fix="Give the uid, or enough of its beginning, instead of the name.",
        )
    return choice[0]


def lost_with(entry: HistoryEntry, now: datetime) -> tuple[str, ...]:
    """What would go with that recording, in plain sentences."""
    recording, row = entry.recording, entry.row
    which = f"{_place(entry)}/{recording.name} (uid {recording.uid[:UID_SHOWN]})"
    begun = "begun: ?"
    if row is not None and row.begun_at is not None:
        begun = f"begun {row.begun_at:%Y-%m-%d %H:%M} UTC"
    told = [f"All that is recorded of {which} goes: {in_words(entry.bytes)}, {begun}."]
    if row is None:
        told.append("What it was cannot be told: the recording does not hold its Job.")
    elif not entry.ended:
        seen = f", {age(entry.seen_at, now)} ago" if entry.seen_at else ""
        told.append(f"It had not ended when it was last seen{seen}: {row.status.value}.")
    return (*told, "Whether its cluster still has any of it is not known here: none is asked.")


def _place(entry: HistoryEntry) -> str:
    return f"{entry.recording.cluster}: {entry.recording.namespace}"


def _begun(entry: HistoryEntry) -> tuple[datetime, str]:
    return (entry.row.begun_at if entry.row else None) or FIRST, entry.recording.uid


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
        and search.team.lower() in (entry.team or "").lower()
        and (search.since is None or _begun(entry)[0] >= search.since)
        and (search.until is None or FIRST < _begun(entry)[0] < search.until)
        and (search.score is None or _scored(row, *search.score))
    )


def _scored(row: SubmissionRow | None, least: float, most: float) -> bool:
    return row is not None and row.driving_score is not None and least <= row.driving_score <= most


def _named(name: str, pattern: str) -> bool:
    if any(each in pattern for each in "*?["):
        return fnmatchcase(name, pattern)
    return pattern in name
