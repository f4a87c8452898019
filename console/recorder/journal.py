"""Domain events as JSON lines and back. Versioned; what it cannot read it leaves out."""

from __future__ import annotations

import typing
from collections.abc import Iterator

import msgspec

from console.domain import events

VERSION = 1
_KINDS: dict[str, type] = {kind.__name__: kind for kind in typing.get_args(events.Event)}


class Entry(msgspec.Struct):
    """One line of a journal."""

    v: int
    kind: str
    event: msgspec.Raw


def encode(event: events.Event) -> bytes:
    """One line with its newline."""
    body = msgspec.Raw(msgspec.json.encode(event))
    return msgspec.json.encode(Entry(VERSION, type(event).__name__, body)) + b"\n"


def decode(line: bytes) -> events.Event | None:
    """The event; None for a torn line, an unknown kind or a later version."""
    try:
        entry = msgspec.json.decode(line, type=Entry)
        kind = _KINDS.get(entry.kind)
        if kind is None or entry.v != VERSION:
            return None
        return typing.cast(events.Event, msgspec.json.decode(entry.event, type=kind))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def decode_all(lines: Iterator[bytes]) -> Iterator[events.Event]:
    """The readable events, in order."""
    for line in lines:
        if (event := decode(line)) is not None:
            yield event
