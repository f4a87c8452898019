"""What is said over the socket: one question a connection, one answer, each a line of JSON."""

from __future__ import annotations

from typing import Literal

import msgspec

from console.operations.ports.recorder_process import ProcessState, RecorderList
from console.struct_library import decoder_of

PROTOCOL = 1
"""Raised when either side would misunderstand the other: a recorder of another one is replaced."""
LONGEST_QUESTION = 64 * 1024
LONGEST_ANSWER = 64 * 1024 * 1024


class Inquiry(msgspec.Struct, frozen=True):
    """`namespace` None: all of them. `name` and `uid` belong to `saw`."""

    ask: Literal["state", "list", "follow", "saw", "stop"]
    namespace: str | None = None
    name: str = ""
    uid: str = ""
    protocol: int = PROTOCOL


class RecorderReply(msgspec.Struct, frozen=True):
    """What belongs to the question; `listed` None: it cannot be told from here, now."""

    protocol: int = PROTOCOL
    state: ProcessState | None = None
    listed: RecorderList | None = None
    saw: bool = False


class Greeting(msgspec.Struct, frozen=True):
    """What an answer of any protocol has."""

    protocol: int


def encoded(message: Inquiry | RecorderReply) -> bytes:
    """One line."""
    return msgspec.json.encode(message) + b"\n"


def question(line: bytes) -> Inquiry | None:
    """None for what is no question of this protocol."""
    try:
        told = decoder_of(Inquiry).decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return told if told.protocol == PROTOCOL else None
