"""What each infraction is called, in words and in two letters, and what it costs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from console.results import penalty_rules
from console.results.layout import SHOWN_V2
from console.results.statuses import BY_INFRACTION
from console.results.version_rules import Leaderboard

CODES = {
    "collisions_pedestrian": "CP",
    "collisions_vehicle": "CV",
    "collisions_layout": "CL",
    "red_light": "RL",
    "stop_infraction": "SS",
    "outside_route_lanes": "OR",
    "min_speed_infractions": "MS",
    "yield_emergency_vehicle_infractions": "YE",
    "scenario_timeouts": "ST",
    "route_dev": "RD",
    "vehicle_blocked": "AB",
    "route_timeout": "RT",
}
_LABELS = {key: label for key, label, _ in SHOWN_V2}
_ENDING = dict(BY_INFRACTION)


def code(kind: str) -> str:
    """Its two letters; the name itself of one that no Leaderboard here knows."""
    return CODES.get(kind, kind)


def words(kind: str) -> str:
    """As screens and commands say it."""
    return kind.replace("_", " ")


def counted(times: Iterable[tuple[str, int]]) -> str:
    """`2 CV 1 RL`; empty without any."""
    return " ".join(f"{number} {code(kind)}" for kind, number in times if number)


def meanings(version: Leaderboard) -> Iterator[tuple[str, str, str]]:
    """Letters, words and cost of every kind that a version counts."""
    for kind in version.infractions:
        yield code(kind), _LABELS.get(kind, words(kind)), cost(kind, version)


def cost(kind: str, version: Leaderboard) -> str:
    """What one of it does to the score of its route."""
    if kind in _ENDING:
        return "ends the route"
    if kind in version.forgives:
        return "costs nothing"
    if kind == "outside_route_lanes":
        return "penalty x (1 - its share of the route)"
    slow = kind == "min_speed_infractions"
    if version.penalty({"red_light": ("",)}, ()) == penalty_rules.FACTORS["red_light"]:
        factor = penalty_rules.FACTORS.get(kind)
        least = f"penalty x {1 - penalty_rules.SLOW_FACTOR:g} at the slowest"
        return least if slow else f"penalty x {factor:g}" if factor else "costs nothing"
    weight = penalty_rules.SLOW_WEIGHT if slow else penalty_rules.WEIGHTS.get(kind)
    most = " at the slowest" if slow else ""
    return f"adds {weight:g} to what divides the score{most}" if weight else "costs nothing"
