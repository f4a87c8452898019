"""The bar of a pair's routes, their score, and how wide what rows of pairs have is. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from console.domain.board import PairBoard, RouteCell, tally
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
    """How wide what stands in the rows of a board is, so that it stands below each other."""

    number: int = 1
    bar: int = 0
    cells: int = 0
    """The bar, where each route has one character."""
    tally: int = 0
    score: int = 0

    def stand_close(self, width: int, counts: int) -> bool:
        """Whether there is little room: the same for all, so that they stand below each other."""
        return self.number + self.bar + len("   ") + _BRIEF + counts >= width


_BRIEF = 20
"""Characters of what a pair does, or of what is wrong: `● stalled 245/400 s`."""


def columns_of(pairs: Iterable[PairBoard]) -> Columns:
    """The widest of each."""
    told = [
        (
            len(f"{each.number}"),
            width_of(route_bar(each.cells, BAR)),
            width_of(_close(each.cells)),
            len(tally(each.done, each.total)),
            len(score_of(each)),
        )
        for each in pairs
    ]
    return Columns(*map(max, zip(*told, strict=True))) if told else Columns()


def bar_in_row(cells: tuple[RouteCell, ...], columns: Columns, *, close: bool = False) -> Line:
    """As wide as those of the other rows. `close`: a character each, where there is little room."""
    bar, room = (_close(cells), columns.cells) if close else (route_bar(cells, BAR), columns.bar)
    return (*bar, (" " * max(room - width_of(bar), 0), Tone.TEXT))


def _close(cells: tuple[RouteCell, ...]) -> Line:
    return route_bar(cells, min(len(cells), BAR))


def score_so_far(cells: tuple[RouteCell, ...]) -> str:
    """The mean driving score of the finished routes, `-` before the first."""
    scores = [cell.score for cell in cells if cell.score is not None]
    return f"{sum(scores) / len(scores):.1f}" if scores else "-"


def score_of(pair: PairBoard) -> str:
    """The same of a pair; `?` where nobody knows what it has finished."""
    score = score_so_far(pair.cells)
    return "?" if score == "-" and pair.done is None else score
