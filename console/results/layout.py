"""The names and orders of the Leaderboard's files, per version. Holds no rule."""

from __future__ import annotations

from console.results.named_tuple import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, Tuple

    Metric = Tuple[str, str, str]


SCORES_V1 = ("score_route", "score_penalty", "score_composed")
SCORES_V2 = ("score_composed", "score_route", "score_penalty")
"""Order of the means in a 2.x global record."""
RECORD_SCORES_V2 = ("score_route", "score_penalty", "score_composed")
"""Order of the scores in a 2.x record."""

INFRACTIONS_V1 = (
    "collisions_layout",
    "collisions_pedestrian",
    "collisions_vehicle",
    "outside_route_lanes",
    "red_light",
    "route_dev",
    "route_timeout",
    "stop_infraction",
    "vehicle_blocked",
)
INFRACTIONS_V2 = (
    "collisions_layout",
    "collisions_pedestrian",
    "collisions_vehicle",
    "red_light",
    "stop_infraction",
    "outside_route_lanes",
    "min_speed_infractions",
    "yield_emergency_vehicle_infractions",
    "scenario_timeouts",
    "route_dev",
    "vehicle_blocked",
    "route_timeout",
)

SHOWN_V2: tuple[Metric, ...] = (
    ("score_composed", "Avg. driving score", "Driving score"),
    ("score_route", "Avg. route completion", "Route completion"),
    ("score_penalty", "Avg. infraction penalty", "Infraction penalty"),
    ("collisions_pedestrian", "Collisions with pedestrians", "Collisions pedestrians"),
    ("collisions_vehicle", "Collisions with vehicles", "Collisions vehicles"),
    ("collisions_layout", "Collisions with layout", "Collisions layout"),
    ("red_light", "Red lights infractions", "Red light infractions"),
    ("stop_infraction", "Stop sign infractions", "Stop sign infractions"),
    ("outside_route_lanes", "Off-road infractions", "Off-road infractions"),
    ("route_dev", "Route deviations", "Route deviations"),
    ("route_timeout", "Route timeouts", "Route timeouts"),
    ("vehicle_blocked", "Agent blocked", "Agent blocked"),
    (
        "yield_emergency_vehicle_infractions",
        "Yield emergency vehicles infractions",
        "Yield emergency vehicle infractions",
    ),
    ("scenario_timeouts", "Scenario timeouts", "Scenario timeouts"),
    ("min_speed_infractions", "Min speed infractions", "Min speed infractions"),
)
SHOWN_V1 = SHOWN_V2[:12]
SCORES_SHOWN = SHOWN_V2[:3]
"""Those that are scores; all others count infractions."""


def defaults_v2() -> dict[str, Any]:
    """What a 2.x record has where it does not say otherwise, in the order of its keys."""
    return {
        "index": -1,
        "route_id": None,
        "status": "Started",
        "num_infractions": 0,
        "infractions": {key: [] for key in INFRACTIONS_V2},
        "scores": dict.fromkeys(RECORD_SCORES_V2, 0),
        "meta": {"route_length": 0, "duration_game": 0, "duration_system": 0},
    }


def defaults_v1() -> dict[str, Any]:
    """What the original program takes for the keys that a 1.0 record lacks."""
    return {
        "index": None,
        "route_id": None,
        "status": "Started",
        "infractions": {key: [] for key in INFRACTIONS_V1},
        "scores": dict.fromkeys(SCORES_V1, 0),
        "meta": {},
    }
