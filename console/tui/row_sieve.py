"""The rows that a filter leaves of thousands, of which few change between two looks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Row = TypeVar("Row")


class RowSieve(Generic[Row]):
    """Asks of each row once whether it is left; rows are values, so that the same one stays so."""

    def __init__(self, leaves: Callable[[Row, str], bool]) -> None:
        self._leaves = leaves
        self._typed = ""
        self._known: dict[int, tuple[Row, bool]] = {}
        """By the identity of a row, which is held here, so that it is no other's."""

    def __call__(self, rows: Sequence[Row], typed: str) -> Sequence[Row]:
        """All of them where nothing is typed."""
        if typed != self._typed:
            self._typed, self._known = typed, {}
        if not typed:
            return rows
        before, self._known = self._known, {}
        for row in rows:
            known = before.get(id(row))
            self._known[id(row)] = known or (row, self._leaves(row, typed))
        return [row for row, left in self._known.values() if left]
