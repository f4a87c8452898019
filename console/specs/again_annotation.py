"""How a Job says which drives of an earlier submission it drives again: written, and read back.

An annotation, so that it is there wherever the Job is: in the cluster, a recording, a place. What
cannot be read is taken for nothing that this console has written, and no drive is named by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from console.domain.driven_again import DrivenAgain, Why
from console.errors import InvalidInput
from console.results.subsets import MOST_DRIVES
from console.struct_library import decoder_of, msgspec

AGAIN_ANNOTATION = "leaderboard.carla.org/driven-again"
"""`[["RouteScenario_6", 0, "Failed - Simulation crashed", 12.5, "crashed", "raven"]]`"""
_MOST_BYTES = 200_000
"""Kubernetes takes 256 KiB of all annotations of a Job."""
_LONGEST = 253
"""Characters of a submission's name; a route's and a status are shorter."""

_Row = tuple[str, int, str, float, str, str]


def as_annotation(again: Sequence[DrivenAgain]) -> str:
    """Raises InvalidInput where no Job could carry so many."""
    rows = [(e.route, e.repetition, e.status, e.score, e.why.value, e.of) for e in again]
    told = msgspec.json.encode(rows).decode()
    if len(told) > _MOST_BYTES:
        raise InvalidInput(
            f"{len(again)} drives that are driven again are more than a Job can name.",
            fix="Launch it anew.",
        )
    return told


def driven_again_of(annotations: Mapping[str, Any] | None) -> tuple[DrivenAgain, ...]:
    """Nothing of a Job that names none."""
    told = (annotations or {}).get(AGAIN_ANNOTATION)
    if not isinstance(told, str) or len(told) > _MOST_BYTES:
        return ()
    try:
        rows = decoder_of(tuple[_Row, ...]).decode(told)
        return tuple(_read(row) for row in rows[:MOST_DRIVES])
    except (msgspec.MsgspecError, ValueError):
        return ()


def _read(row: _Row) -> DrivenAgain:
    route, repetition, status, score, why, of = row
    if not all(text.isprintable() and len(text) <= _LONGEST for text in (route, status, of)):
        raise ValueError("no text that this console writes")
    return DrivenAgain(route, repetition, status, score, Why(why), of)
