"""The chunks of an HTTP body in their plain form, a whole buffer of them at once. Pure.

A log comes in chunks of 4 kB: a step for each would cost more than all that is done with its lines.
What is not in the plain form is handed back, to be read by the library that knows every form.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_NEXT = re.compile(rb"\r\n([1-9A-Fa-f][0-9A-Fa-f]{0,6})\r\n")
_BEGUN = re.compile(rb"(?:\r(?:\n(?:[1-9A-Fa-f][0-9A-Fa-f]{0,6}\r?)?)?)?")
_END = b"\r\n"


class Taken(NamedTuple):
    """What a buffer held."""

    data: bytes
    rest: bytes | None
    """From the size of the first chunk on that is not plain, or is the last; None without one."""


class PlainChunks:
    """Feed it a body from its first byte, until there is a rest."""

    def __init__(self) -> None:
        self._left = 0
        """Bytes of a chunk that are still to come."""
        # As if a chunk had just ended: then the first one is as all others.
        self._cut: bytes = _END

    def feed(self, came: bytes | bytearray, end: int) -> Taken:
        """What comes next: that buffer up to `end`. It may be filled anew afterwards."""
        # Only what was cut in two is copied: most buffers begin and end in the midst of a chunk's
        # bytes.
        if self._cut:
            came, end = self._cut + came[:end], len(self._cut) + end
            self._cut = b""
        view = memoryview(came)[:end]
        at = self._left
        pieces = [view[:at]]
        while at < end and (found := _NEXT.match(came, at, end)):
            start = found.end()
            at = start + int(found[1], 16)
            pieces.append(view[start:at])
        self._left = max(at - end, 0)
        return Taken(b"".join(pieces), self._rest(bytes(view[at:])))

    def _rest(self, behind: bytes) -> bytes | None:
        if _BEGUN.fullmatch(behind):
            self._cut = behind
            return None
        # A chunk that is longer than it said has no end of a line where it should: with one, the
        # library finds no size there and refuses it.
        return behind[len(_END) :] if behind.startswith(_END) else _END + behind
