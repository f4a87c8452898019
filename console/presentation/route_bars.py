"""The bar of a pair's routes, and how wide what begins the rows of several pairs is. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from console.domain.board import PairBoard, RouteCell
from console.presentation.tones import CELL_MARKS, Line, Span, Tone, text, width_of

_SMALL_BAR = 5
BAR = 25
"""Cells of a bar in a row."""


def route_bar(cells: tuple[RouteCell, ...], width: int) -> Line:
    """One cell a route: wide ones while they fit, else one character each."""
    if not cells:
        return text(("routes not known yet", Tone.MUTED))
    spans: list[Span] = []
    wide = len(cells) <= _SMALL_BAR and width >= 4 * len(cells)
    for cell in cells[:width]:
        glyph, tone = CELL_MARKS[cell.state]
        spans.append((f" {glyph} " if wide else glyph, tone))
        if wide:
            spans.append((" ", Tone.TEXT))
    return tuple(spans[:-1] if wide else spans)


class Columns(msgspec.Struct, frozen=True, gc=False):
    """How wide what stands first is in the rows of a board, so that they stand below each other."""

    number: int = 1
    bar: int = 0


def columns_of(pairs: Iterable[PairBoard]) -> Columns:
    """The widest of each."""
    told = [(len(f"{each.number}"), width_of(route_bar(each.cells, BAR))) for each in pairs]
    return Columns(*map(max, zip(*told, strict=True))) if told else Columns()
