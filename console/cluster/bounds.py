"""How much is taken of a server's answer: bytes, depth and parts. Pure; knows no resource.

The server may be anything that answers at the address: a broken proxy, a sign-in page, an enemy.
Bytes are counted as they are unpacked. The limits leave room for 20,000 pods in pages.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import NoReturn

from console.cluster.failures import Asked
from console.errors import ConsoleError

MIB = 1024 * 1024
ANSWER_BYTES = 32 * MIB
"""A page of 500 pods of nine containers has 9 MiB."""
ERROR_BYTES = MIB
"""Of an answer that is no success only its beginning is read, and that much of it."""
LINE_BYTES = 8 * MIB
"""One event of a watch. A server stores no object of more than 1.5 MiB."""
DEPTH = 64
"""Levels of nesting; the deepest of Kubernetes' own objects has less than 30."""
PARTS = 2_000_000
"""Objects and lists in one answer."""

_COMPOUND = re.compile(rb"\s*[\[{]")
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_BESIDES = bytes(each for each in range(256) if each not in b'{}[]"')
FIX = "See what answers at that address: it may be no Kubernetes API, or a proxy before it."


class TooMuch(ConsoleError):
    """An answer is larger, deeper or longer than what is taken of a server."""


def refuse(asked: Asked, why: str) -> NoReturn:
    """Raises TooMuch: what was asked, and which limit was passed."""
    raise TooMuch(
        f"The cluster's answer is more than the console takes: {asked}.", why=why, fix=FIX
    )


async def whole(pieces: AsyncIterator[bytes], asked: Asked) -> bytes:
    """The whole body. Raises TooMuch before more than the limit is held."""
    held, size = [], 0
    async for piece in pieces:
        size += len(piece)
        if size > ANSWER_BYTES:
            refuse(asked, f"It is longer than {ANSWER_BYTES // MIB} MiB.")
        held.append(piece)
    return b"".join(held)


async def beginning(pieces: AsyncIterator[bytes], held: bytearray) -> None:
    """Puts the body into `held` as far as its limit for errors; the rest is left on the wire."""
    async for piece in pieces:
        held += piece
        if len(held) >= ERROR_BYTES:
            del held[ERROR_BYTES:]
            return


async def lines(pieces: AsyncIterator[bytes], asked: Asked) -> AsyncIterator[bytes]:
    """The lines of a body that are not blank. Raises TooMuch for one without an end."""
    partial = b""
    async for piece in pieces:
        *ended, partial = (partial + piece).split(b"\n")
        if len(partial) > LINE_BYTES or any(len(line) > LINE_BYTES for line in ended):
            refuse(asked, f"One line of it is longer than {LINE_BYTES // MIB} MiB.")
        for line in ended:
            if line.strip():
                yield line


def check_shape(body: bytes, asked: Asked) -> None:
    """Raises TooMuch for JSON that is too deep or has too many parts. Any other text passes.

    For what becomes objects of any kind: a typed struct takes no part that it has no field for.
    """
    if not _COMPOUND.match(body):
        return
    brackets = _brackets(body)
    if len(brackets) > 2 * PARTS:
        refuse(asked, f"It has more than {PARTS:,} parts.")
    if _deeper(brackets, DEPTH):
        refuse(asked, f"It is nested more than {DEPTH} levels deep.")


def _brackets(body: bytes) -> bytes:
    """Each object and list as a pair of square brackets; what stands in strings is left out."""
    plain = body.replace(b"\\\\", b"").replace(b'\\"', b"") if b"\\" in body else body
    marks = plain.translate(_BRACKETS, _BESIDES).replace(b'""', b"")
    return b"".join(marks.split(b'"')[::2]) if b'"' in marks else marks


def _deeper(brackets: bytes, depth: int) -> bool:
    """Whether peeling off the innermost level so often leaves something."""
    for peeled in range(depth):
        inner = brackets.replace(b"[]", b"")
        if len(inner) == len(brackets):
            return peeled + inner.count(b"[") > depth
        brackets = inner
    return bool(brackets)
