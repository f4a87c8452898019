"""Domain events as JSON lines and back. Versioned; what it cannot read it leaves out."""

from __future__ import annotations

import contextlib
import typing
from collections.abc import Iterator

import msgspec

from console.domain import events
from console.results.leaderboard import named
from console.results.subsets import PlanError
from console.results.version_rules import Leaderboard
from console.struct_library import decoder_of

VERSION = 3
_EARLIER = (1, 2)
_KINDS: dict[str, type] = {kind.__name__: kind for kind in typing.get_args(events.Event)}


class Entry(msgspec.Struct):
    """One line of a journal."""

    v: int
    kind: str
    event: msgspec.Raw


def encode(event: events.Event) -> bytes:
    """One line with its newline."""
    body = msgspec.Raw(msgspec.json.encode(event, enc_hook=_written))
    return msgspec.json.encode(Entry(VERSION, type(event).__name__, body)) + b"\n"


def decode(line: bytes) -> events.Event | None:
    """The event; None for a torn line, an unknown kind or a later version."""
    try:
        entry = decoder_of(Entry).decode(line)
        kind = _KINDS.get(entry.kind)
        if kind is None or entry.v not in (*_EARLIER, VERSION):
            return None
        body = _with_drives(entry.event) if entry.v in _EARLIER else entry.event
        event = typing.cast(events.Event, decoder_of(kind, _read).decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return event if _can_be(event) else None


def _can_be(event: events.Event) -> bool:
    """A damaged line may be whole JSON: a plan whose routes cannot be told was never launched."""
    plan = event.job.plan if isinstance(event, events.JobSeen) else None
    if plan is None:
        return True
    try:
        return len(plan.drives.routes) == len(plan.pairs)
    except PlanError:
        return False


def is_newer(line: bytes) -> bool:
    """An entry that is whole, and that a later version of this program has written."""
    try:
        entry = decoder_of(Entry).decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return entry.v > VERSION or (entry.v == VERSION and entry.kind not in _KINDS)


def decode_all(lines: Iterator[bytes]) -> Iterator[events.Event]:
    """The readable events, in order."""
    for line in lines:
        if (event := decode(line)) is not None:
            yield event


def _with_drives(event: msgspec.Raw) -> bytes | msgspec.Raw:
    """An event of an earlier version, where a plan told its drives otherwise.

    In version 1 it told its Leaderboard and repetitions itself, and each pair its subset; in
    version 2 its drives had names for their fields. What has another shape is refused when it is
    decoded.
    """
    if b'"plan":{' not in bytes(event):
        return event
    told = msgspec.json.decode(event)
    with contextlib.suppress(KeyError, TypeError, AttributeError):
        plan = told["job"]["plan"]
        named = plan.get("drives") or {
            "leaderboard": plan["leaderboard"],
            "repetitions": plan["repetitions"],
            "subsets": [pair["routes_subset"] for pair in plan["pairs"]],
        }
        if isinstance(named, dict):
            plan["drives"] = [named["leaderboard"], named["repetitions"], named["subsets"]]
    return msgspec.json.encode(told)


def _written(value: object) -> str:
    """A Leaderboard is told by its name: what it carries is this program's, not the journal's."""
    if isinstance(value, Leaderboard):
        return value.name
    raise NotImplementedError


def _read(kind: type, value: object) -> object:
    if issubclass(kind, Leaderboard):
        return named(str(value))
    raise NotImplementedError
