"""An answer in HTTP/1.1, read from a blocking socket in its plainest form. Knows no connection.

Whatever is rare is Unusual: no guess is made, and nothing is tried again. Who meets it asks anew by
the usual transport, whose library knows every form.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import AsyncIterator, Iterator
from io import BufferedReader

import msgspec

PIECE = 256 * 1024
"""Bytes, as they are unpacked too."""
LONGEST_LINE = 16 * 1024
MOST_HEADERS = 100
LONGEST_LENGTH = 12
"""Digits of a length."""

_STATUS = re.compile(rb"HTTP/1\.1 ([2-5][0-9]{2})(?: [^\r\n]*)?\r\n")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*?)[ \t]*\r\n")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})\r\n")
_ONCE = ("content-length", "transfer-encoding", "content-encoding", "connection")


class Unusual(Exception):
    """Not the plain success that was hoped for: ask by the usual transport."""


class Head(msgspec.Struct, frozen=True):
    """The status, and the headers by their names in small letters; of several alike the last."""

    status: int
    headers: dict[str, str]

    @property
    def kept(self) -> bool:
        """The connection serves another request after this one."""
        return self.headers.get("connection", "keep-alive").lower() == "keep-alive"


def head_of(peer: BufferedReader) -> Head:
    """What comes before the body. Raises Unusual, and OSError of the socket."""
    status = _STATUS.fullmatch(peer.readline(LONGEST_LINE))
    if status is None:
        raise Unusual("no answer in HTTP/1.1")
    headers: dict[str, str] = {}
    for _ in range(MOST_HEADERS):
        line = peer.readline(LONGEST_LINE)
        if line == b"\r\n":
            return Head(int(status[1]), headers)
        told = _HEADER.fullmatch(line)
        name = told[1].decode().lower() if told else ""
        # Of two lengths one is a lie: so one answer is passed off as two.
        if told is None or (name in _ONCE and name in headers):
            raise Unusual("a header of another form")
        headers[name] = told[2].decode("latin-1")
    raise Unusual("many headers")


class PlainBody:
    """The bytes behind a head, unpacked; `ended` when all of them were read.

    `piece`: so many are waited for at once, but for the last; None takes them as they come.
    """

    def __init__(self, peer: BufferedReader, head: Head, piece: int | None = None) -> None:
        self.ended, self._piece = False, piece
        packing = head.headers.get("content-encoding", "identity")
        if packing not in ("identity", "gzip"):
            raise Unusual("packed in another way")
        self._pieces = self._told(peer, head)
        if packing == "gzip":
            self._pieces = _unpacked(self._pieces)

    async def readany(self) -> bytes:
        """The next piece, none at the end. Blocks where it has to wait."""
        return next(self._pieces, b"")

    async def iter_any(self) -> AsyncIterator[bytes]:
        """Every piece."""
        for piece in self._pieces:
            yield piece

    async def rest(self, seconds: float) -> None:
        """Nothing is waited for here: it is read as fast as it comes."""

    def _told(self, peer: BufferedReader, head: Head) -> Iterator[bytes]:
        length, coding = (
            head.headers.get(name) for name in ("content-length", "transfer-encoding")
        )
        if coding is None and length is not None:
            yield from _whole(peer, _number(length), self._piece)
        elif coding == "chunked" and length is None:
            yield from _chunks(peer)
        else:
            raise Unusual("a body of another form")
        self.ended = True


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > LONGEST_LENGTH:
        raise Unusual("a length that is none")
    return int(text)


def _whole(peer: BufferedReader, length: int, at_once: int | None) -> Iterator[bytes]:
    """So many bytes. Raises Unusual where the connection ends before."""
    while length:
        if at_once is None:
            piece = peer.read1(min(length, PIECE))
        else:
            piece = peer.read(min(length, at_once))
        if not piece:
            raise Unusual("cut short")
        length -= len(piece)
        yield piece


def _chunks(peer: BufferedReader) -> Iterator[bytes]:
    while True:
        told = _CHUNK.fullmatch(peer.readline(LONGEST_LINE))
        if told is None:
            raise Unusual("a chunk of another form")
        length = int(told[1], 16)
        yield from _whole(peer, length, None)
        if peer.readline(LONGEST_LINE) != b"\r\n":
            raise Unusual("a chunk that does not end, or trailers")
        if not length:
            return


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Of gzip, never more at once than a piece: a small answer may hold gigabytes."""
    unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        for piece in pieces:
            if unpacking.eof:
                raise Unusual("more than was packed")
            while piece and not unpacking.eof:
                if told := unpacking.decompress(piece, PIECE):
                    yield told
                piece = unpacking.unconsumed_tail
    except zlib.error as error:
        raise Unusual("packed wrongly") from error
    if not unpacking.eof or unpacking.unused_data:
        raise Unusual("packed incompletely")
