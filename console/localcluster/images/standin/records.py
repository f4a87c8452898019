"""A drive -> its record: statuses, penalties, kinds of numbers, of both file layouts.

Pure. The global record is not made here but by `console.results`.
"""

from typing import Any, Dict, List, NamedTuple, Tuple

from console.results import penalty_rules
from console.results.leaderboard import V2_1
from console.results.version_rules import Leaderboard

from .route_plan import EVENT_OF_LIST, RouteEvent
from .routes import DrivenRoute

FACTORS = {EVENT_OF_LIST[name]: each for name, each in penalty_rules.FACTORS.items()}
WEIGHTS = {EVENT_OF_LIST[name]: each for name, each in penalty_rules.WEIGHTS.items()}
CRITERIA_V1: Tuple[Tuple[str, Tuple[str, ...]], ...] = (
    ("RouteCompletionTest", ()),
    ("OutsideRouteLanesTest", ("OUTSIDE_ROUTE_LANES_INFRACTION",)),
    ("CollisionTest", ("COLLISION_STATIC", "COLLISION_VEHICLE", "COLLISION_PEDESTRIAN")),
    ("RunningRedLightTest", ("TRAFFIC_LIGHT_INFRACTION",)),
    ("RunningStopTest", ("STOP_INFRACTION",)),
    ("InRouteTest", ("ROUTE_DEVIATION",)),
    ("AgentBlockedTest", ("VEHICLE_BLOCKED",)),
)
CRITERIA_V2: Tuple[Tuple[str, Tuple[str, ...]], ...] = (
    *CRITERIA_V1[:5],
    ("MinSpeedTest", ("MIN_SPEED_INFRACTION",)),
    *CRITERIA_V1[5:],
    ("ScenarioTimeoutTest", ("SCENARIO_TIMEOUT",)),
    ("YieldToEmergencyVehicleTest", ("YIELD_TO_EMERGENCY_VEHICLE",)),
)
WEATHER = "0"
REASONS = {
    "ROUTE_DEVIATION": "Agent deviated from the route",
    "VEHICLE_BLOCKED": "Agent got blocked",
}


class Driven(NamedTuple):
    """What was measured on a route: percent, seconds, epochs. `loaded`: a scenario existed."""

    loaded: bool = True
    moved: bool = False
    completed: float = 0.0
    timed_out: bool = False
    events: Tuple[RouteEvent, ...] = ()
    game_seconds: float = 0.0
    system_seconds: float = 0.0
    started: float = 0.0
    ended: float = 0.0
    timeouts: int = 1
    """How often a time limit that ran out is listed: once for every look at it."""


def frame_seconds(version: Leaderboard) -> float:
    """Simulated seconds of one frame."""
    return 0.05000000074505806 if version.generation == 1 else 0.05


def criteria(version: Leaderboard) -> Tuple[Tuple[str, Tuple[str, ...]], ...]:
    """(criterion, its event types) in the order they are walked."""
    return CRITERIA_V1 if version.generation == 1 else CRITERIA_V2


def walked(drive: Driven, version: Leaderboard) -> List[RouteEvent]:
    """The events in criteria order; chronological inside one criterion."""
    return [e for _, types in criteria(version) for e in drive.events if e.type in types]


def record(route: DrivenRoute, drive: Driven, reason: str, version: Leaderboard) -> Dict[str, Any]:
    """The record of one route; `reason` is the external failure or empty."""
    return (_record_v1 if version.generation == 1 else _record_v2)(route, drive, reason, version)


def _record_v1(
    route: DrivenRoute, drive: Driven, reason: str, version: Leaderboard
) -> Dict[str, Any]:
    penalty = _product(drive, version)
    score: float = float(drive.completed) if drive.moved or not drive.loaded else 0
    return {
        "index": route.place,
        "infractions": _lists(drive, version),
        "meta": {
            "duration_game": drive.game_seconds,
            "duration_system": drive.system_seconds,
            "route_length": route.length,
        },
        "route_id": route.name,
        "scores": {
            "score_composed": max(score * penalty, 0.0),
            "score_penalty": penalty,
            "score_route": score,
        },
        "status": _status(drive, reason, "Completed", version),
    }


def _record_v2(
    route: DrivenRoute, drive: Driven, reason: str, version: Leaderboard
) -> Dict[str, Any]:
    penalty = (_quotient if version is V2_1 else _product)(drive, version)
    score = _score_v2(drive)
    lists = _lists(drive, version)
    count = sum(len(entries) for entries in lists.values())
    return {
        "index": route.place,
        "route_id": f"{route.name}_rep{route.repetition}",
        **(_of_bench2drive(route) if version.counts_successes else {}),
        "status": _status(drive, reason, "Completed" if count else "Perfect", version),
        "num_infractions": count,
        "infractions": lists,
        "scores": {
            "score_route": score,
            "score_penalty": round(penalty, 6),
            "score_composed": round(max(score * penalty, 0.0), 6),
        },
        "meta": {
            "route_length": round(route.length, 3) if drive.loaded else 0,
            "duration_game": round(drive.game_seconds, 3),
            "duration_system": round(drive.system_seconds, 3),
        },
        **({"town_name": route.town} if version.counts_successes else {}),
    }


def _of_bench2drive(route: DrivenRoute) -> Dict[str, Any]:
    """The keys that it has more; its save name ends in the time of the drive."""
    drive = f"{route.name}_rep{route.repetition}_{route.town}_{route.scenario}"
    return {
        "scenario_name": route.scenario,
        "weather_id": WEATHER,
        "save_name": f"{drive}_{WEATHER}_01_01_00_00_00",
    }


def _score_v2(drive: Driven) -> float:
    """100 and 0 are integers in the file, unless no scenario existed."""
    if drive.completed >= 100:
        return 100
    if drive.loaded and not drive.moved:
        return 0
    return round(float(drive.completed), 2)


def _status(drive: Driven, reason: str, done: str, version: Leaderboard) -> str:
    """Completion wins; then blocked, deviated, timed out, and the external reason last."""
    if drive.completed >= 100:
        return done
    if drive.timed_out:
        reason = "Agent timed out"
    for event in walked(drive, version):
        reason = REASONS.get(event.type, reason)
    return "Failed - " + reason if reason else "Failed"


def _lists(drive: Driven, version: Leaderboard) -> Dict[str, List[str]]:
    lists: Dict[str, List[str]] = {name: [] for name in version.infractions}
    for event in walked(drive, version):
        for name, kind in EVENT_OF_LIST.items():
            if kind == event.type:
                lists[name].append(event.message)
    if drive.timed_out:
        lists["route_timeout"] = ["Route timeout."] * drive.timeouts
    return lists


def _product(drive: Driven, version: Leaderboard) -> float:
    penalty = 1.0
    for event in walked(drive, version):
        if any(EVENT_OF_LIST.get(each) == event.type for each in version.forgives):
            continue
        if event.type == "OUTSIDE_ROUTE_LANES_INFRACTION":
            penalty *= 1 - (event.percentage or 0.0) / 100
        elif event.type == "MIN_SPEED_INFRACTION":
            penalty *= 1 - penalty_rules.SLOW_FACTOR * (1 - (event.percentage or 0.0) / 100)
        else:
            penalty *= FACTORS.get(event.type, 1.0)
    return penalty


def _quotient(drive: Driven, version: Leaderboard) -> float:
    weight, lanes = 0.0, 1.0
    for event in walked(drive, version):
        if event.type == "OUTSIDE_ROUTE_LANES_INFRACTION":
            lanes *= 1 - (event.percentage or 0.0) / 100
        elif event.type == "MIN_SPEED_INFRACTION":
            weight += penalty_rules.SLOW_WEIGHT * (1 - (event.percentage or 0.0) / 100)
        else:
            weight += WEIGHTS.get(event.type, 0.0)
    return lanes * (1 / (1 + weight))
