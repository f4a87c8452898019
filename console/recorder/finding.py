"""Which lines match in one piece of a run's file: whole lines, each with its timestamp. Pure.

A match may lie in the text only, for the timestamp is not the container's word.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.recorder.sought import Sought

_DENSE = 1024
"""Where there is a match in so many bytes, some lines, looking at each is the shorter way."""
_FEW = 8


def hits(sought: Sought, piece: bytes, first: int) -> list[int]:
    """In order; `first` is the number of the piece's first line."""
    ends = sought.ends(piece, len(piece) // _DENSE + _FEW)
    if ends is not None:
        return list(_at(ends, sought, piece, first))
    fits, lines = sought.fits, enumerate(piece.split(b"\n")[:-1], first)
    return [number for number, line in lines if fits(line.partition(b" ")[2])]


def _at(ends: list[int], sought: Sought, piece: bytes, first: int) -> Iterator[int]:
    """Of the lines that have one of the ends; newlines are counted between hits only."""
    judged, counted, number = 0, 0, first
    for at in ends:
        if at <= judged:
            continue
        begin, judged = piece.rfind(b"\n", 0, at) + 1, piece.find(b"\n", at)
        if sought.fits(piece[begin:judged].partition(b" ")[2]):
            number += piece.count(b"\n", counted, begin)
            counted = begin
            yield number
