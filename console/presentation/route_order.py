"""The order of a table of routes, and what its filter leaves. Pure; knows no column's meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import msgspec

Row = TypeVar("Row")


class RouteOrder(msgspec.Struct, frozen=True):
    """By which column the routes are sorted; without a title as they come."""

    title: str = ""
    falling: bool = False

    @property
    def turned(self) -> RouteOrder:
        """The other way round."""
        return RouteOrder(self.title, not self.falling)

    def arrowed(self, title: str) -> str:
        """A column's title, with an arrow where the rows are sorted by it."""
        return f"{title}{'↓' if self.falling else '↑'}" if title == self.title else title


AS_THEY_COME = RouteOrder()


def next_order(order: RouteOrder, titles: Sequence[str], falling: Iterable[str]) -> RouteOrder:
    """By the next column, the greatest first where that is looked for; after the last as they
    come."""
    every = ("", *titles)
    here = every.index(order.title) if order.title in every else 0
    title = every[(here + 1) % len(every)]
    return RouteOrder(title, title in falling)


def in_order(
    rows: Sequence[Row], order: RouteOrder, key: Callable[[Row], Any] | None
) -> Sequence[Row]:
    """Sorted; what nobody knows is last in either direction."""
    if key is None:
        return rows
    known = [row for row in rows if key(row) is not None]
    unknown = [row for row in rows if key(row) is None]
    return [*sorted(known, key=key, reverse=order.falling), *unknown]


def fits(told: str, wanted: str) -> bool:
    """Whether a row that tells this has all words that are wanted; a leading `!` inverts."""
    negative, needles = wanted.startswith("!"), wanted.lstrip("!").lower().split()
    return not needles or all(each in told.lower() for each in needles) is not negative
