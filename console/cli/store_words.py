"""How much is recorded, what is allowed and what went: as `record status` says it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from console.cli.documents import moment
from console.domain.sizes import in_words
from console.operations.ports.recording_store import Limits
from console.operations.recording.retention import StoreState, notice_of


def store_words(state: StoreState) -> Iterator[str]:
    """Some lines, with text from outside in them."""
    yield f"Recordings: {state.count}, {in_words(state.bytes)} in {state.place}"
    if state.count:
        stay = (
            f"{state.pinned} pinned ({in_words(state.pinned_bytes)})",
            f"{state.unsettled} not settled ({in_words(state.unsettled_bytes)})",
        )
        yield f"  {_oldest(state)}{', '.join(stay)}: no limit removes those"
    yield f"  limits: {_limits(state)}"
    yield f"  removed by a limit: {_removed(state)}"
    yield f"  disk: {_room(state)}"


def _oldest(state: StoreState) -> str:
    entry = state.oldest
    at = (entry.ended_at or entry.seen_at) if entry else None
    if entry is None or at is None:
        return ""
    return f"oldest {entry.recording.namespace}/{entry.recording.name} of {at:%Y-%m-%d}, "


def _limits(state: StoreState) -> str:
    limits = state.limits
    if limits is None:
        return f"not readable, so that nothing is removed. {state.trouble}"
    days = "of any age" if limits.days is None else f"{limits.days:g} days"
    size = "of any size" if limits.bytes is None else in_words(limits.bytes)
    return f"{days}, {size}; set in {state.settings}"


def _removed(state: StoreState) -> str:
    last = state.removed
    if last is None:
        return "none"
    recording = last.recording
    return (
        f"{last.count}, last {recording.namespace}/{recording.name} (uid {recording.uid},"
        f" {in_words(last.bytes)}) at {last.at:%Y-%m-%d %H:%M} UTC: {last.why}"
    )


def _room(state: StoreState) -> str:
    if state.room is None:
        return "? free"
    told = f"{in_words(state.room.free)} free of {in_words(state.room.total)}"
    notice = notice_of(state.room, state.limits or Limits())
    return f"{told}; {notice.upper()}" if notice else told


def store_document(state: StoreState) -> dict[str, Any]:
    """Null is what cannot be told, and no limit."""
    limits, room, last = state.limits, state.room, state.removed
    return {
        "place": state.place,
        "count": state.count,
        "bytes": state.bytes,
        "pinned": {"count": state.pinned, "bytes": state.pinned_bytes},
        "unsettled": {"count": state.unsettled, "bytes": state.unsettled_bytes},
        "limits": None
        if limits is None
        else {"days": limits.days, "bytes": limits.bytes, "announceBelow": limits.announced},
        "limitsFile": state.settings,
        "limitsTrouble": state.trouble or None,
        "disk": None if room is None else {"free": room.free, "total": room.total},
        "notice": notice_of(room, limits or Limits()) or None,
        "removed": None
        if last is None
        else {
            "count": last.count,
            "name": last.recording.name,
            "namespace": last.recording.namespace,
            "context": last.recording.cluster,
            "uid": last.recording.uid,
            "bytes": last.bytes,
            "at": moment(last.at),
            "why": last.why,
        },
    }
