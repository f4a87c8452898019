"""Routes in the order of a column, and what a filter leaves. Pure; knows no column's meaning."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

Row = TypeVar("Row")


def in_order(
    rows: Sequence[Row], key: Callable[[Row], Any] | None, *, falling: bool
) -> Sequence[Row]:
    """Sorted; what nobody knows is last in either direction. Without a key as they come."""
    if key is None:
        return rows
    known = [row for row in rows if key(row) is not None]
    unknown = [row for row in rows if key(row) is None]
    return [*sorted(known, key=key, reverse=falling), *unknown]


def fits(told: str, wanted: str) -> bool:
    """Whether a row that tells this has all words that are wanted; a leading `!` inverts."""
    negative, needles = wanted.startswith("!"), wanted.lstrip("!").lower().split()
    return not needles or all(each in told.lower() for each in needles) is not negative
