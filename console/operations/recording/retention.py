"""Recordings are kept, and not for ever: which go at a limit, and what is said of the disk.

The oldest settled ones go first. What is pinned, what may still go on and what is being written
never goes by a limit.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec.structs import replace

from console.domain.sizes import in_words
from console.errors import Conflict, ConsoleError, NotFound
from console.operations.ports.history_entries import HistoryEntry
from console.operations.ports.recording_store import Limits, RecordingStore, Removal, Room
from console.operations.recording.history import every
from console.operations.services import Services

log = logging.getLogger(__name__)

FULL = 1024 * 1024
"""Free bytes below which no log goes on."""
SILENT_DAYS = 30.0
"""A cluster that was taken away tells no end: nothing comes any more of what is silent so long."""
_LATEST = datetime.max.replace(tzinfo=UTC)


class StoreState(msgspec.Struct, frozen=True):
    """How much there is, what is allowed, what went last."""

    place: str
    """Their folder."""
    settings: str
    """The file of the limits."""
    count: int
    bytes: int
    oldest: HistoryEntry | None
    pinned: int
    pinned_bytes: int
    unsettled: int
    unsettled_bytes: int
    limits: Limits | None
    """None where they cannot be read: nothing is removed then."""
    trouble: str
    """Why not."""
    room: Room | None
    removed: Removal | None
    """The last one, with how many there have been."""


def state_of(services: Services) -> StoreState:
    """As of now. Reads files."""
    store = store_of(services)
    entries = every(services)
    trouble, limits = "", None
    try:
        limits = store.limits()
    except ConsoleError as error:
        trouble = " ".join(part for part in (error.what, error.fix) if part)
    pinned = [each for each in entries if each.pinned]
    unsettled = [each for each in entries if not settled(each, services.clock())]
    return StoreState(
        store.place,
        store.settings,
        len(entries),
        _bytes(entries),
        min(entries, key=_at, default=None),
        len(pinned),
        _bytes(pinned),
        len(unsettled),
        _bytes(unsettled),
        limits,
        trouble,
        store.room(),
        store.last_removal(),
    )


def store_of(services: Services) -> RecordingStore:
    """Raises ConsoleError where these services have none."""
    if services.store is None:
        raise ConsoleError("Nobody looks after recordings here.")
    return services.store


def keep_within(services: Services) -> tuple[Removal, ...]:
    """Remove what the limits do not allow, each with a word in the log. Reads files.

    Raises ConsoleError for limits that cannot be read, and for a disk that removes nothing.
    """
    store, now = store_of(services), services.clock()
    limits = store.limits()
    entries = every(services)
    if limits.bytes is not None and _bytes(entries) > limits.bytes:
        # What was compressed since its entry was made is smaller by now.
        recorder = services.recorder
        entries = tuple(replace(each, bytes=recorder.size(each.recording)) for each in entries)
    removed = []
    for entry, why in due(entries, limits, now):
        try:
            services.recorder.remove(entry.recording)
        # Somebody writes it, or has removed it: it is due again at the next look if it is still
        # there.
        except (Conflict, NotFound) as error:
            log.info("Not removed: %s", error.what)
            continue
        removal = Removal(now, entry.recording, entry.bytes, why)
        log.warning("Removed the recording of %s: %s", _named(entry), why)
        store.note_removal(removal)
        removed.append(removal)
    return tuple(removed)


def due(
    entries: Iterable[HistoryEntry], limits: Limits, now: datetime
) -> tuple[tuple[HistoryEntry, str], ...]:
    """Which have to go, the oldest first, each with the reason. Pure."""
    present = tuple(entries)
    total = _bytes(present)
    removable = [each for each in present if settled(each, now) and not each.pinned]
    found = []
    for entry in sorted(removable, key=_at):
        if limits.days is not None and now - _at(entry) > timedelta(limits.days):
            last = "it ended" if entry.ended else "its last word is of"
            why = f"{last} more than {limits.days:g} days ago"
        elif limits.bytes is not None and total > limits.bytes:
            why = f"all recordings together had {in_words(total)} of {in_words(limits.bytes)}"
        else:
            continue
        # Also of what goes by its age: what that leaves may be within the limit of bytes.
        total -= entry.bytes
        found.append((entry, why))
    return tuple(found)


def settled(entry: HistoryEntry, now: datetime) -> bool:
    """Nothing more will come: it has ended, or nobody has heard of it for `SILENT_DAYS`."""
    return entry.ended or now - _at(entry) > timedelta(SILENT_DAYS)


def notice_of(room: Room | None, limits: Limits) -> str:
    """What is to be said of the disk; empty while there is room, or where nobody can tell."""
    if room is None or room.free >= max(limits.announced, FULL):
        return ""
    if room.free < FULL:
        return "disk full: nothing is recorded"
    return f"disk nearly full: {in_words(room.free)} free for recordings"


def _bytes(entries: Iterable[HistoryEntry]) -> int:
    return sum(each.bytes for each in entries)


def _at(entry: HistoryEntry) -> datetime:
    """When it ended, else of when its newest word is; what tells neither is never old."""
    return entry.ended_at or entry.seen_at or _LATEST


def _named(entry: HistoryEntry) -> str:
    recording = entry.recording
    return (
        f"{recording.cluster}: {recording.namespace}/{recording.name} (uid {recording.uid},"
        f" {in_words(entry.bytes)})"
    )
