"""What a route's infractions cost: the factor of a record, by each of the two rules there are.

Off-road stretches are left out; they are known by their texts only, see `console.results.penalty`.
"""

from __future__ import annotations

from console.results.named_tuple import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Mapping, Sequence


FACTORS = {
    "collisions_pedestrian": 0.5,
    "collisions_vehicle": 0.6,
    "collisions_layout": 0.65,
    "red_light": 0.7,
    "stop_infraction": 0.8,
    "scenario_timeouts": 0.7,
    "yield_emergency_vehicle_infractions": 0.7,
}
WEIGHTS = {
    "collisions_pedestrian": 1.0,
    "collisions_vehicle": 0.7,
    "collisions_layout": 0.6,
    "red_light": 0.4,
    "stop_infraction": 0.25,
    "scenario_timeouts": 0.4,
    "yield_emergency_vehicle_infractions": 0.4,
}
SLOW = "min_speed_infractions"
SLOW_FACTOR = 0.3
SLOW_WEIGHT = 0.4


def product(infractions: Mapping[str, Sequence[str]], slow: Sequence[float]) -> float:
    """Each infraction multiplies. `slow`: the shares of the surrounding traffic's speed."""
    factor = 1.0
    for name, each in FACTORS.items():
        factor *= each ** len(infractions.get(name, ()))
    for share in slow:
        factor *= 1 - SLOW_FACTOR * (1 - share)
    return factor


def quotient(infractions: Mapping[str, Sequence[str]], slow: Sequence[float]) -> float:
    """Weights add up below the line, so that a long route is not lost to many small faults."""
    weight = sum(each * len(infractions.get(name, ())) for name, each in WEIGHTS.items())
    return 1 / (1 + weight + sum(SLOW_WEIGHT * max(1 - share, 0.0) for share in slow))
