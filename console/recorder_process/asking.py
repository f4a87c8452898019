"""Asking a recorder process: blocking, with a limit, and never in doubt whether it answered."""

from __future__ import annotations

import contextlib
import socket
import time

import msgspec

from console.recorder_process.messages import (
    LONGEST_ANSWER,
    PROTOCOL,
    Greeting,
    Inquiry,
    RecorderReply,
    encoded,
)
from console.recorder_process.recorder_folder import ProcessFolder
from console.struct_library import decoder_of

_BLOCK = 1 << 20


class OtherProtocol(Exception):
    """It runs, and is of another version of this program."""


def ask(folder: ProcessFolder, question: Inquiry, *, seconds: float) -> RecorderReply | None:
    """The answer; None where nobody answers within `seconds`. Raises OtherProtocol."""
    deadline = time.monotonic() + seconds
    try:
        with folder.address() as address, socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(seconds)
            connection.connect(address)
            connection.sendall(encoded(question))
            line = _line(connection, deadline)
    except OSError:
        return None
    return _answer(line)


def _line(connection: socket.socket, deadline: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    while size <= LONGEST_ANSWER:
        connection.settimeout(max(deadline - time.monotonic(), 0.001))
        block = connection.recv(_BLOCK)
        if not block:
            break
        parts.append(block)
        size += len(block)
    return b"".join(parts)


def _answer(line: bytes) -> RecorderReply | None:
    if not line.endswith(b"\n"):
        return None
    with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
        if decoder_of(Greeting).decode(line).protocol != PROTOCOL:
            raise OtherProtocol
        return decoder_of(RecorderReply).decode(line)
    return None
