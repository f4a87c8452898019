"""Pages of Jobs without the templates whose shapes are known. Pure; knows no plan.

A template is nearly all of a Job's text, and to hold it against a known shape is four times as
quick as to read over it. A mark takes its place, with the values that are its own: of these and
the shape the whole text can be made again. What looks unusual stays as it is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence

import msgspec

from console.cluster.shapes import Shape

_KEY = b'"spec":'
"""Always a key: within a text its quotes would have backslashes before them."""
_BEGIN, _BETWEEN, _END = b'":["', b'","', b'"]}'
"""Of a mark, `{"word number":["value","value"]}`. No value has a quote in it."""


FIRST_BYTES = 256 * 1024
"""Where a list's first object is looked for; a Job of ours has 25,000."""
_ITEMS = b'"items":['


def first_item(page: bytes) -> bytes | None:
    """The first object of a list, as it is written; None where it is not found at once."""
    at = page.find(_ITEMS) + len(_ITEMS)
    text = page[at : at + FIRST_BYTES].decode(errors="surrogateescape")
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    # A page that nests too deep is refused where it is read; here it is merely not shortened.
    except (ValueError, RecursionError):
        return None
    return text[:end].encode(errors="surrogateescape")


class MarkedTemplate(msgspec.Struct, frozen=True):
    """What a mark says: the number of the shape, and what was cut out of the template."""

    number: int
    values: list[bytes]


class Shortening:
    """Its marks mean nothing to another one."""

    def __init__(self) -> None:
        # No server can guess the word, so that none of its Jobs has a mark of its own.
        self._word = b'{"%s ' % os.urandom(16).hex().encode()

    def shortened(self, page: bytes, shapes: Sequence[Shape]) -> bytes:
        """That page; where there is nothing to be cut out the very same."""
        kept, done = [], 0
        at = page.find(_KEY) if shapes else -1
        while at >= 0:
            at += len(_KEY)
            if (found := self._marked(page, at, shapes)) is not None:
                mark, end = found
                kept += [page[done:at], mark]
                at = done = end
            at = page.find(_KEY, at)
        return b"".join([*kept, page[done:]]) if kept else page

    def told(self, text: bytes) -> MarkedTemplate | None:
        """None for what is no mark."""
        if not text.startswith(self._word):
            return None
        number, _, values = text[len(self._word) : -len(_END)].partition(_BEGIN)
        return MarkedTemplate(int(number), values.split(_BETWEEN))

    def _marked(self, page: bytes, at: int, shapes: Sequence[Shape]) -> tuple[bytes, int] | None:
        """The mark for the template that begins there, and where that ends."""
        for number, shape in enumerate(shapes):
            if (found := shape.cut(page, at)) is not None:
                values, end = found
                told = _BETWEEN.join(values)
                return self._word + str(number).encode() + _BEGIN + told + _END, end
        return None
