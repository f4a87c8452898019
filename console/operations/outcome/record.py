"""A route's record of the merge as the board keeps it. Pure; checks nothing."""

from __future__ import annotations

from typing import Any

from console.domain.progress import FinishedRoute
from console.results.raw_record import scenario_of


def finished_route(pair: int, route_id: str, repetition: int, raw: dict[str, Any]) -> FinishedRoute:
    """A checked record as the board keeps it."""
    scores, meta = raw["scores"], raw["meta"]
    return FinishedRoute(
        pair=pair,
        route_id=route_id,
        repetition=repetition,
        status=raw["status"],
        score_composed=scores["score_composed"],
        score_route=scores["score_route"],
        score_penalty=scores["score_penalty"],
        infractions=tuple((name, tuple(texts)) for name, texts in raw["infractions"].items()),
        route_length=meta["route_length"],
        duration_game=meta["duration_game"],
        duration_system=meta["duration_system"],
        scenario=scenario_of(raw),
    )
