"""Which rows of the list of submissions a filter leaves. Pure."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from console.domain.fleet import SubmissionRow
from console.presentation.fleet_columns import pairs_in_words
from console.presentation.fleet_order import NEEDS
from console.presentation.published_words import in_a_word
from console.presentation.row_filter import FilterTerms, wanted

FIELDS: dict[str, Callable[[SubmissionRow], str]] = {
    "name": lambda row: f"{row.namespace}/{row.name}",
    "namespace": lambda row: row.namespace,
    "status": lambda row: row.standing,
    "need": lambda row: NEEDS[row.need][0],
    "team": lambda row: row.team or "",
    "image": lambda row: row.image,
    "track": lambda row: row.track,
    "pairs": pairs_in_words,
    "lb": lambda row: row.leaderboard,
    "reason": lambda row: row.reason,
    "published": lambda row: in_a_word(row.published),
}
"""What may be asked for by itself, as `team=raven`."""

_NAMES = ("name", "team", "image")
"""Where letters that lie apart are looked for: a sentence has them all."""


def matches(row: SubmissionRow, typed: str) -> bool:
    """A part of whatever the row tells; what else can be typed is `row_filter`'s."""
    asked = _read(typed)
    named = {each.name: FIELDS[each.name](row).lower() for each in asked.fields}
    looked_in = _NAMES if asked.fuzzy else FIELDS
    words = "\n".join([FIELDS[name](row) for name in looked_in]).lower() if asked.plain else ""
    return asked.leaves(words, named, dict(row.labels) if asked.labels else {})


@lru_cache(16)
def _read(typed: str) -> FilterTerms:
    return wanted(typed, FIELDS)
