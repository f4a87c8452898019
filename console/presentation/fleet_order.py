"""In which order the list of submissions stands: by need, in groups, or by a column. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from console.domain.fleet import Need, SubmissionRow
from console.presentation import fleet_columns as of
from console.presentation import published_words, table
from console.presentation.number_keys import number_key
from console.presentation.table import GroupHeading, Order
from console.presentation.tones import Tone, text

NEEDS = {
    Need.FAILING: ("failed or failing", Tone.FAIL),
    Need.BLOCKED: ("blocked", Tone.FAIL),
    Need.UNPUBLISHED: ("not published", Tone.WARN),
    Need.HELD_UP: ("slow, silent or back-off", Tone.WARN),
    Need.RUNNING: ("running", Tone.ACCENT),
    Need.QUEUED: ("queued or starting", Tone.TEXT),
    Need.ENDED: ("ended", Tone.MUTED),
}
_FALLING = (of.PAIRS, of.RESTARTS, of.SCORE, of.ROUTES)
"""Where the greatest is most often looked for first."""
_KEYS: dict[str, Callable[[SubmissionRow], Any]] = {
    of.SPACE: attrgetter("namespace", "name"),
    of.NAME: attrgetter("name"),
    of.LB: lambda row: row.leaderboard or None,
    of.STATUS: lambda row: (row.need, row.status.value),
    of.ROUTES: lambda row: row.done,
    of.PAIRS: lambda row: len(row.pair_problems) + len(row.attention) or None,
    of.RESTARTS: attrgetter("restarts"),
    of.SCORE: attrgetter("driving_score"),
    of.TEAM: lambda row: number_key(row.team.lower()) if row.team else None,
    of.TRACK: lambda row: row.track or None,
    of.IMAGE: lambda row: row.image or None,
    of.PUBLISHED: lambda row: published_words.rank(row.published),
    of.AGE: lambda row: row.created_at and -row.created_at.timestamp(),
}
"""None where nobody knows: such rows are last in either direction."""


def natural(title: str) -> Order:
    """By that column, in the direction in which it is most often wanted."""
    return Order(title, title in _FALLING)


def in_order(rows: Sequence[SubmissionRow], order: Order | None) -> Sequence[SubmissionRow]:
    """Of rows by need; without an order the very same."""
    if order is None:
        return rows
    key = _KEYS.get(order.title)
    if key is None:
        return rows
    return table.in_order(rows, key, falling=order.falling)


def headings(
    rows: Sequence[SubmissionRow], order: Order | None, *, growing: bool = False
) -> tuple[GroupHeading, ...]:
    """One above each group of rows that stand by need; of a sorted list one that says so.
    `growing`: the list is still being read."""
    if order is not None and order.title in _KEYS:
        arrow = "↓" if order.falling else "↑"
        told = text((f"by {order.title} {arrow}, not by need; B groups them again", Tone.MUTED))
        return (GroupHeading(0, told),) if rows else ()
    found, first = [], 0
    while first < len(rows):
        need = rows[first].need
        end = bisect_right(rows, need, first, key=lambda row: row.need)
        word, tone = NEEDS[need]
        so_far = " so far" if growing else ""
        found.append(GroupHeading(first, text((f"{word} {end - first}{so_far}", tone))))
        first = end
    return tuple(found)
