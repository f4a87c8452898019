"""SPDY/3.1 frames, as far as a port-forward needs them: kubectl sends them inside a WebSocket.

No library of it is kept any more. Of flow control and priorities nothing is here, for kubectl has
none. Pure.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from console.errors import ConsoleError

_SYN_STREAM, _SYN_REPLY, _RST_STREAM, _PING, _GOAWAY = 1, 2, 3, 6, 7
_CONTROL, _VERSION, _FIN = 0x8000, 3, 1
_FLOW_CONTROL_ERROR = 7
_HEAD, _STREAM = struct.Struct(">II"), 0x7FFFFFFF
_LONGEST_HEADERS = 64 * 1024


class NoSpdy(ConsoleError):
    """What came is no frame."""


@dataclass(frozen=True, slots=True)
class StreamOpened:
    """A new stream of the client's."""

    stream: int
    headers: Mapping[str, str]
    last: bool
    """The client writes nothing on it."""


@dataclass(frozen=True, slots=True)
class StreamWritten:
    """Bytes on a stream; `last`: no more of them."""

    stream: int
    data: bytes
    last: bool


@dataclass(frozen=True, slots=True)
class StreamReset:
    """The client wants nothing more of a stream."""

    stream: int


@dataclass(frozen=True, slots=True)
class Pinged:
    """To be answered with the same number."""

    number: int


@dataclass(frozen=True, slots=True)
class ClientLeaving:
    """The client opens no more streams."""


Frame = StreamOpened | StreamWritten | StreamReset | Pinged | ClientLeaving


class FrameReader:
    """Bytes in any pieces to frames. The headers of all frames are one compressed stream."""

    def __init__(self) -> None:
        self._held = b""
        self._headers = zlib.decompressobj(zdict=_dictionary())

    def feed(self, received: bytes) -> Iterator[Frame]:
        """The frames that are whole now. Raises NoSpdy."""
        self._held += received
        while len(self._held) >= _HEAD.size:
            first, second = _HEAD.unpack_from(self._held)
            length, flags = second & 0xFFFFFF, second >> 24
            if len(self._held) < _HEAD.size + length:
                return
            body = self._held[_HEAD.size : _HEAD.size + length]
            self._held = self._held[_HEAD.size + length :]
            frame = self._frame(first, flags, body)
            if frame is not None:
                yield frame

    def _frame(self, first: int, flags: int, body: bytes) -> Frame | None:
        if not first >> 16 & _CONTROL:
            return StreamWritten(first, body, bool(flags & _FIN))
        if first >> 16 & ~_CONTROL != _VERSION:
            raise NoSpdy("The frames are of another version than SPDY/3.1.")
        kind = first & 0xFFFF
        if kind == _GOAWAY:
            return ClientLeaving()
        if kind not in (_SYN_STREAM, _RST_STREAM, _PING):
            return None
        try:
            (number,) = struct.unpack_from(">I", body)
            if kind == _SYN_STREAM:
                return StreamOpened(
                    number & _STREAM, self._read_headers(body[10:]), bool(flags & _FIN)
                )
        except (struct.error, zlib.error, UnicodeDecodeError) as error:
            raise NoSpdy(f"A frame cannot be read: {error}.") from error
        return StreamReset(number & _STREAM) if kind == _RST_STREAM else Pinged(number)

    def _read_headers(self, packed: bytes) -> dict[str, str]:
        block = self._headers.decompress(packed, _LONGEST_HEADERS)
        if self._headers.unconsumed_tail:
            raise NoSpdy("A stream has more headers than a port-forward can have.")
        (count,), at = struct.unpack_from(">I", block), 4
        words = []
        for _ in range(2 * count):
            (length,) = struct.unpack_from(">I", block, at)
            words.append(block[at + 4 : at + 4 + length].decode())
            at += 4 + length
        return dict(zip(words[::2], words[1::2], strict=True))


class FrameWriter:
    """Frames to bytes, for one connection."""

    def __init__(self) -> None:
        # Without the dictionary: a reader needs it for what refers to it alone.
        self._headers = zlib.compressobj()

    def accepted(self, stream: int) -> bytes:
        """The client's stream is open."""
        none = self._headers.compress(bytes(4)) + self._headers.flush(zlib.Z_SYNC_FLUSH)
        return _control(_SYN_REPLY, struct.pack(">I", stream) + none)

    def pinged(self, number: int) -> bytes:
        """The answer to a ping."""
        return _control(_PING, struct.pack(">I", number))

    def reset(self, stream: int) -> bytes:
        """Nothing more is taken of a stream: there was too much of it."""
        return _control(_RST_STREAM, struct.pack(">II", stream, _FLOW_CONTROL_ERROR))

    def written(self, stream: int, data: bytes, *, last: bool = False) -> bytes:
        """Bytes on a stream."""
        return _HEAD.pack(stream, (_FIN if last else 0) << 24 | len(data)) + data


def _control(kind: int, body: bytes) -> bytes:
    return _HEAD.pack((_CONTROL | _VERSION) << 16 | kind, len(body)) + body


@cache
def _dictionary() -> bytes:
    """What SPDY/3 has both sides know before the first header."""
    return Path(__file__).with_name("spdy3.dictionary").read_bytes()
