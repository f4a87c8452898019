"""What the terminal shows, so that only cells that differ are written. Draws nothing itself.

Textual writes each row it was asked to paint, whole; most of what it paints again stands there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

Cells = list[tuple[str, Style | None]]
Piece = tuple[int, int, Strip]
"""Column and row of its first cell, and what stands there."""
Written = tuple[int, int, Iterable[Segment]]
"""The same of what is written of one."""

NEAR = 8
"""Cells that are sooner written again than jumped over: a jump and a colour are 40 bytes."""


class Frame:
    """Remembers pieces of rows by their place. A piece that was cut otherwise is written whole."""

    def __init__(self) -> None:
        self._rows: dict[int, dict[int, Strip]] = {}

    def forget(self) -> None:
        """Nobody knows what the terminal shows: what comes next is written whole."""
        self._rows.clear()

    def changes(self, pieces: Iterable[Piece]) -> list[Written]:
        """What has to be written for the terminal to show these pieces too."""
        return [change for piece in pieces for change in self._changed(*piece)]

    def _changed(self, x: int, y: int, new: Strip) -> Iterator[Written]:
        row = self._rows.setdefault(y, {})
        old = row.get(x)
        if old is new:
            return
        known = old is not None and old.cell_length == new.cell_length
        if not known:
            end = x + new.cell_length
            for at in [at for at, each in row.items() if at < end and at + each.cell_length > x]:
                del row[at]
        row[x] = new
        if old is None or not known or (parts := _parts(list(old), list(new))) is None:
            yield x, y, new
        else:
            yield from ((x + offset, y, told) for offset, told in parts)


def _parts(old: list[Segment], new: list[Segment]) -> list[tuple[int, list[Segment]]] | None:
    """Offsets and segments that differ between two pieces of one length; None: all of it.

    Where a glyph is not one cell wide, terminals disagree on where the next one stands.
    """
    if len(old) == len(new) == 1 and old[0].style == new[0].style:  # as the rows of a log are
        return _of_one_style(old[0].text, new[0])
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    before, after = old[head : len(old) - tail], new[head : len(new) - tail]
    if not before and not after:
        return []
    if not _one_cell_each(old) or not _one_cell_each(new):
        return None
    offset = sum(len(each.text) for each in new[:head])
    # A row that the cursor comes to or leaves: no cell has a colour that stood there before.
    if {each.style for each in before}.isdisjoint(each.style for each in after):
        return [(offset, after)]
    cells = _cells(after)
    return [(offset + at, _segments(cells[at:end])) for at, end in _runs(_cells(before), cells)]


def _of_one_style(was: str, new: Segment) -> list[tuple[int, list[Segment]]] | None:
    text, style, _ = new
    if was == text:
        return []
    if not _narrow(was) or not _narrow(text):
        return None
    return [(at, [Segment(text[at:end], style)]) for at, end in _runs(was, text)]


def _alike(one: list[Segment], other: list[Segment]) -> int:
    """How many segments are the same at the beginning."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _one_cell_each(segments: list[Segment]) -> bool:
    return _narrow("".join(each.text for each in segments if not each.control))


def _narrow(text: str) -> bool:
    """Each of its glyphs is one cell wide."""
    return text.isascii() or all(map(_is_narrow, set(text)))


@lru_cache(4096)
def _is_narrow(glyph: str) -> bool:
    return cell_len(glyph) == 1


def _cells(segments: list[Segment]) -> Cells:
    return [(glyph, each.style) for each in segments for glyph in each.text]


def _runs(old: Sequence[object], new: Sequence[object]) -> Iterator[tuple[int, int]]:
    """Where stretches of cells that differ begin and end; near ones are one."""
    begin, end = 0, -1
    for at, (before, after) in enumerate(zip(old, new, strict=True)):
        if before == after:
            continue
        if end >= 0 and at - end > NEAR:
            yield begin, end + 1
            begin = at
        elif end < 0:
            begin = at
        end = at
    if end >= 0:
        yield begin, end + 1


def _segments(cells: Cells) -> list[Segment]:
    """Neighbours of one style together."""
    told: list[tuple[list[str], Style | None]] = []
    for glyph, style in cells:
        if told and told[-1][1] == style:
            told[-1][0].append(glyph)
        else:
            told.append(([glyph], style))
    return [Segment("".join(glyphs), style) for glyphs, style in told]
