"""Which of some things that lie over each other is seen where in a row. Pure; paints nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

from textual.geometry import Region

T = TypeVar("T")
Span = tuple[int, int]
"""A first one, and the one after the last."""


class Stretch(NamedTuple, Generic[T]):
    """A stretch of a row in which nothing lies over this one."""

    left: int
    end: int
    whose: T


def seen(y: int, placed: Iterable[tuple[T, Region]], width: int) -> tuple[Stretch[T], ...]:
    """Of a row of so many columns; what lies above all others is placed first."""
    found: list[Stretch[T]] = []
    free: list[Span] = [(0, width)]
    for whose, region in placed:
        if free and region.width and region.y <= y < region.bottom:
            here = region.column_span
            found += [Stretch(*part, whose) for part in _within(free, here)]
            free = [part for each in free for part in _without(each, here)]
    return tuple(found)


def _within(free: Iterable[Span], here: Span) -> Iterator[Span]:
    for left, end in free:
        if (first := max(left, here[0])) < (last := min(end, here[1])):
            yield first, last


def _without(free: Span, here: Span) -> Iterator[Span]:
    left, end = free
    for part in ((left, min(end, here[0])), (max(left, here[1]), end)):
        if part[0] < part[1]:
            yield part


def stretches(rows: Iterable[int]) -> Iterator[Span]:
    """Neighbouring rows together, of rows that come in order."""
    top = end = -1
    for y in rows:
        if y != end:
            if end > top:
                yield top, end
            top = y
        end = y + 1
    if end > top:
        yield top, end
