"""Cells of a table side by side as one line, and the order of rows by one. Knows no cursor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import msgspec

from console.presentation.tones import Line, Span, Tone, cut, width_of

GAP = 2
_LEAST_FREE = 8


class ListColumn(msgspec.Struct, frozen=True):
    """One column of a table. Width 0 takes what the others leave."""

    title: str
    width: int
    right: bool = False


class Order(msgspec.Struct, frozen=True):
    """By which column the rows are sorted."""

    title: str
    falling: bool

    @property
    def turned(self) -> Order:
        """The other way round."""
        return Order(self.title, not self.falling)


Row = TypeVar("Row")


def in_order(rows: Iterable[Row], key: Callable[[Row], Any], *, falling: bool) -> list[Row]:
    """Sorted; what nobody knows, of which the key is None, is last in either direction."""
    keyed = [(key(row), row) for row in rows]
    known = [each for each in keyed if each[0] is not None]
    known.sort(key=lambda each: each[0], reverse=falling)
    return [row for _, row in known] + [row for told, row in keyed if told is None]


class GroupHeading(msgspec.Struct, frozen=True):
    """A line above the row of that number, which a cursor passes over."""

    above: int
    line: Line


def heading(line: Line, width: int) -> Line:
    """Ruled to the table's right edge."""
    room = max(width - width_of(line) - 3, 0)
    return ((" ", Tone.TEXT), *line, (f" {'─' * room}", Tone.RULE))


def column_at(columns: Sequence[ListColumn], width: int, x: int) -> int | None:
    """The number of the column in that cell of a row, or just before it; None beyond the last."""
    right = 1
    for number, room in enumerate(widths(columns, width)):
        right += room + GAP
        if x < right:
            return number
    return None


def widths(columns: Sequence[ListColumn], width: int) -> list[int]:
    """Characters of every column in a table of that width."""
    fixed = sum(column.width for column in columns) + GAP * (len(columns) - 1) + 2
    free = max(width - fixed, _LEAST_FREE)
    return [column.width or free for column in columns]


def titles(columns: Sequence[ListColumn], width: int) -> Line:
    """The row above all others."""
    return row([((column.title, Tone.MUTED),) for column in columns], columns, width)


def row(cells: Sequence[Line], columns: Sequence[ListColumn], width: int, mark: str = " ") -> Line:
    """One row: a mark, then a cell a column, cut or padded to its room."""
    out: list[Span] = [(mark, Tone.ACCENT)]
    for cell, column, room in zip(cells, columns, widths(columns, width), strict=True):
        fitted = cut(cell, room)
        pad = (" " * (room - width_of(fitted)), Tone.TEXT)
        out += [pad, *fitted] if column.right else [*fitted, pad]
        out.append((" " * GAP, Tone.TEXT))
    out.pop()
    return tuple(out)
