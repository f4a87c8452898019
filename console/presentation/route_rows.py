"""The routes of one result as the rows of a table: columns, order, filter. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from console.domain.hostile_text import neutralise
from console.domain.progress import FinishedRoute
from console.operations.outcome.comparison import in_natural_order
from console.presentation.infraction_marks import code, counted, words
from console.presentation.result_lines import mark_of
from console.presentation.table import ListColumn, Order, in_order
from console.presentation.tones import Line, Tone, text
from console.presentation.word_filter import fits


class RouteColumn(msgspec.Struct, frozen=True):
    """What a column tells of a route, and what it is sorted by."""

    title: str
    width: int
    """0 takes what the others leave."""
    key: Callable[[FinishedRoute], Any]
    cell: Callable[[FinishedRoute], Line]
    least: int = 0
    """Cells of the table: a narrower one leaves it out."""
    right: bool = False
    falling: bool = False
    """The greatest is what is looked for first."""


def _status(route: FinishedRoute) -> Line:
    mark, tone = mark_of(route)
    return text((f"{mark} {neutralise(route.status.removeprefix('Failed - '))}", tone))


def _count(route: FinishedRoute) -> int:
    return sum(len(entries) for _, entries in route.infractions)


def _kinds(route: FinishedRoute) -> str:
    return counted((kind, len(entries)) for kind, entries in route.infractions)


COLUMNS = (
    RouteColumn("PAIR", 4, lambda r: (r.pair, in_natural_order(r.route_id)),
                lambda r: text((f"{r.pair or '?'}", Tone.MUTED))),
    RouteColumn("ROUTE", 22, lambda r: in_natural_order(r.route_id),
                lambda r: text(neutralise(r.route_id))),
    RouteColumn("STATUS", 0, lambda r: (not r.failed, r.perfect, r.status), _status),
    RouteColumn("SCORE", 6, lambda r: r.score_composed,
                lambda r: text((f"{r.score_composed:.2f}", Tone.STRONG)), right=True),
    RouteColumn("ROUTE %", 7, lambda r: r.score_route,
                lambda r: text(f"{r.score_route:.1f}"), 72, right=True),
    RouteColumn("PENALTY", 7, lambda r: r.score_penalty,
                lambda r: text(f"{r.score_penalty:.3f}"), 96, right=True),
    RouteColumn("KM", 6, lambda r: r.route_length,
                lambda r: text((f"{r.route_length / 1000:.2f}", Tone.MUTED)),
                96, right=True, falling=True),
    RouteColumn("GAME s", 7, lambda r: r.duration_game,
                lambda r: text((f"{r.duration_game:.0f}", Tone.MUTED)),
                96, right=True, falling=True),
    RouteColumn("INFR.", 6, _count, lambda r: text((f"{_count(r) or ''}", Tone.WARN)),
                right=True, falling=True),
    RouteColumn("OF WHICH", 16, _kinds, lambda r: text((_kinds(r), Tone.WARN)), 114),
)  # fmt: skip
_FALLING = {column.title for column in COLUMNS if column.falling}


def _shown(width: int) -> tuple[RouteColumn, ...]:
    return tuple(column for column in COLUMNS if width >= column.least)


def columns(width: int) -> tuple[ListColumn, ...]:
    """The table of routes for that many cells."""
    return tuple(ListColumn(each.title, each.width, each.right) for each in _shown(width))


def cells(route: FinishedRoute, width: int) -> tuple[Line, ...]:
    """One route, a line a column."""
    return tuple(column.cell(route) for column in _shown(width))


def natural(title: str) -> Order:
    """By that column, in the direction in which it is most often wanted."""
    return Order(title, title in _FALLING)


def rows(
    routes: Sequence[FinishedRoute], order: Order | None, wanted: str
) -> Sequence[FinishedRoute]:
    """Those that fit the filter, sorted."""
    left = [route for route in routes if fits(_told(route), wanted)] if wanted else routes
    keys = {column.title: column.key for column in COLUMNS}
    if order is None or order.title not in keys:
        return left
    return in_order(left, keys[order.title], falling=order.falling)


def _told(route: FinishedRoute) -> str:
    """All that a filter looks in."""
    kinds = [kind for kind, entries in route.infractions if entries]
    named = " ".join(f"{words(kind)} {code(kind)}" for kind in kinds)
    ended = "failed" if route.failed else "perfect" if route.perfect else "completed"
    return f"pair {route.pair} {route.route_id} {route.status} {ended} {named}"
