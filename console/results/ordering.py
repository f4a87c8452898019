"""Sort keys of route ids and the original merge's two checks of a finished set of ids.

The checks are reproduced with their blind spots; the trustworthy merge does not use them.
"""

from __future__ import annotations

from console.results.named_tuple import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any


def key_v1(route_id: Any) -> int:
    """The number behind the first underscore; repetitions are not told apart."""
    return int(route_id.split("_")[1])


def key_v2(route_id: Any) -> tuple[int, int]:
    """(route, repetition) of `RouteScenario_<id>_rep<k>`."""
    return int(route_id.split("_")[1]), int(route_id.split("_rep")[-1])


def refuse_duplicates(sorted_ids: list[str]) -> None:
    """Raises ValueError naming the first id that occurs twice."""
    for route_id in sorted_ids:
        if sorted_ids.count(route_id) > 1:
            raise ValueError(f"Stopping. Found that the route {route_id} has more than one record")


def refuse_gaps(sorted_ids: list[str]) -> None:
    """Raises ValueError at the first jump; repetitions are guessed from the first reset to 0."""
    repetitions, last_repetition, last_place, last_id = 1, 0, 0, ""
    for route_id in sorted_ids:
        route, repetition = key_v2(route_id)
        if repetition < last_repetition:
            repetitions = last_repetition + 1
        place = route * repetitions + repetition
        if place - last_place > 1:
            raise ValueError(
                f"Stopping. Missing some data as the ids jumped from {last_id} to {route_id}"
            )
        last_repetition, last_place, last_id = repetition, place, route_id
