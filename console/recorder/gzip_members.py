"""A log as a gzip file of many members, each with its sizes in its header: `zcat` reads it, and so
does whoever wants one piece. Pure.

A gzip file may be several one behind the other, and each may carry an extra field that others pass
over. Ours has the member's length in the file, its bytes unpacked and the newlines in them, so that
a file is found through by hopping from header to header, with no index that could be missing.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator

import msgspec

RAW = 256 * 1024
"""Bytes unpacked of each member but the last: a piece is read in a millisecond or two."""
_LEVEL = 6
_FIXED = b"\x1f\x8b\x08\x04" + bytes(4) + b"\x00\xff"
"""Deflated, with an extra field; no name and no time, so that equal logs are equal files."""
_FIELD = struct.Struct("<HccHIII")
_NAME = (b"L", b"C")
_OF_FIELD = _FIELD.size - 2
HEADER = len(_FIXED) + _FIELD.size
_TRAILER = struct.Struct("<II")


class Member(msgspec.Struct, frozen=True):
    """One, as its header tells: bytes in the file, bytes unpacked, newlines in them."""

    length: int
    raw: int
    newlines: int


def members(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """One for each piece."""
    for piece in pieces:
        deflater = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        body = deflater.compress(piece) + deflater.flush()
        length = HEADER + len(body) + _TRAILER.size
        told = _FIELD.pack(_OF_FIELD, *_NAME, _OF_FIELD - 4, length, len(piece), piece.count(b"\n"))
        yield _FIXED + told + body + _TRAILER.pack(zlib.crc32(piece), len(piece))


def told_by(header: bytes) -> Member | None:
    """What the first `HEADER` bytes of a member say; None for what is none of ours."""
    if len(header) < HEADER or not header.startswith(_FIXED):
        return None
    size, first, second, own, length, raw, newlines = _FIELD.unpack_from(header, len(_FIXED))
    if (size, first, second, own) != (_OF_FIELD, *_NAME, _OF_FIELD - 4):
        return None
    # A header that a fault has hit may say anything; hopping on by it would lead astray.
    if length <= HEADER + _TRAILER.size or not newlines <= raw <= RAW:
        return None
    return Member(length, raw, newlines)


def unpacked(member: bytes) -> bytes | None:
    """The piece; None where the member is damaged."""
    told = told_by(member)
    if told is None or told.length != len(member):
        return None
    checksum, size = _TRAILER.unpack_from(member, len(member) - _TRAILER.size)
    try:
        # Its size as told: a damaged member cannot make more of it than a piece.
        piece = zlib.decompress(member[HEADER : -_TRAILER.size], -zlib.MAX_WBITS, told.raw)
    except zlib.error:
        return None
    right = (len(piece), zlib.crc32(piece), size) == (told.raw, checksum, told.raw)
    return piece if right else None
