"""Toned lines on as many rows as they need. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from unicodedata import east_asian_width

from console.domain.hostile_text import neutralise
from console.presentation.tones import Line, Tone

_LEAST_ROOM = 10


def wrapped(line: Line, width: int, indent: int = 0) -> list[Line]:
    """The rows of that line, broken at spaces where there are some; the later ones indented."""
    return list(_rows(line, width, indent))


@lru_cache(maxsize=1000)
def _rows(line: Line, width: int, indent: int) -> tuple[Line, ...]:
    """A screen asks some times a second for the rows of hundreds of lines, of which few differ."""
    whole = tuple((neutralise(span).replace("\t", " "), tone) for span, tone in line)
    plain = "".join(span for span, _ in whole)
    if len(plain) <= width and plain.isascii():
        return (tuple((span, tone) for span, tone in whole if span),)
    rows: list[Line] = []
    start = 0
    while start < len(plain) or not rows:
        margin = indent if rows and width - indent >= _LEAST_ROOM else 0
        stop, following = _break(plain, start, max(width - margin, 1))
        part = _between(whole, start, stop)
        rows.append(((" " * margin, Tone.TEXT), *part) if margin else part)
        start = following
    return tuple(rows)


def all_wrapped(lines: Iterable[Line], width: int, indent: int = 0) -> list[Line]:
    """The same of many."""
    return [row for line in lines for row in wrapped(line, width, indent)]


def _break(plain: str, start: int, room: int) -> tuple[int, int]:
    """Where the row from `start` ends, and where the next begins."""
    stop = _filled(plain, start, room)
    if stop == len(plain):
        return stop, stop
    stop = max(stop, start + 1)
    space = plain.rfind(" ", start, stop + 1)
    if not plain[start:space].strip() or space < start:
        return stop, stop
    return space, space + 1


def _filled(plain: str, start: int, room: int) -> int:
    """Where the first character stands that has no room any more."""
    if plain.isascii():
        return min(start + room, len(plain))
    stop = start
    while stop < len(plain) and (room := room - cells_of(plain[stop])) >= 0:
        stop += 1
    return stop


def cells_of(character: str) -> int:
    """Columns that it takes on a terminal."""
    return 2 if east_asian_width(character) in "WF" else 1


def _between(line: Line, start: int, stop: int) -> Line:
    part, at = [], 0
    for span, tone in line:
        piece = span[max(start - at, 0) : max(stop - at, 0)]
        if piece:
            part.append((piece, tone))
        at += len(span)
    return tuple(part)
