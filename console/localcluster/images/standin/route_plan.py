"""What happens on one route: the stated part of a scenario, the rest drawn from a seed.

Owns the meaning of `outcome` and `infractions`, and the messages of drawn events. The draw depends
on seed, route id and repetition only, so an interrupted and repeated route tells the same story.
Knows no file, clock or process.
"""

import random
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

EVENT_OF_LIST = {
    "collisions_layout": "COLLISION_STATIC",
    "collisions_pedestrian": "COLLISION_PEDESTRIAN",
    "collisions_vehicle": "COLLISION_VEHICLE",
    "red_light": "TRAFFIC_LIGHT_INFRACTION",
    "stop_infraction": "STOP_INFRACTION",
    "outside_route_lanes": "OUTSIDE_ROUTE_LANES_INFRACTION",
    "min_speed_infractions": "MIN_SPEED_INFRACTION",
    "yield_emergency_vehicle_infractions": "YIELD_TO_EMERGENCY_VEHICLE",
    "scenario_timeouts": "SCENARIO_TIMEOUT",
    "route_dev": "ROUTE_DEVIATION",
    "vehicle_blocked": "VEHICLE_BLOCKED",
}
ENDED_BY = {"blocked": "vehicle_blocked", "deviated": "route_dev"}
OUTCOMES = ("perfect", "completed", "blocked", "deviated", "timed_out", "never_moved", "failed")

_ACTORS = {
    "collisions_layout": ("static.fence", "static.pole", "static.guardrail", "static.building"),
    "collisions_pedestrian": ("walker.pedestrian.0005", "walker.pedestrian.0021"),
    "collisions_vehicle": ("vehicle.audi.tt", "vehicle.lincoln.mkz_2017", "vehicle.yamaha.yzf"),
}
_FIXED_TEXT = {
    "yield_emergency_vehicle_infractions": "Agent failed to yield to an emergency vehicle",
    "scenario_timeouts": "Agent timed out a scenario",
}
_USUAL = ("collisions_layout", "collisions_vehicle", "red_light", "stop_infraction",
          "outside_route_lanes", "min_speed_infractions")  # fmt: skip


class RouteEvent(NamedTuple):
    """One infraction: its event type, message, and the percentage where the type has one."""

    type: str
    message: str
    percentage: Optional[float]


class RoutePlan(NamedTuple):
    """One drive. `system_seconds` is what the record says, `frames` are of 0.05 game seconds."""

    ending: str
    route_completed: float
    route_timeout: bool
    frames: int
    system_seconds: float
    never_moved: bool
    events: Tuple[RouteEvent, ...]
    server: str
    crash_wait_seconds: float
    log_lines: int
    escape_seconds: float
    message: str
    wall_seconds: Optional[float]
    share: float = 1.0


def draw(
    seed: int, route: str, repetition: int, case: Dict[str, Any], kinds: List[str]
) -> RoutePlan:
    """The plan of one route: what `case` states wins, the rest is drawn."""
    dice = random.Random(f"{seed}/{route}/{repetition}")
    drawn = dice.choice(kinds)
    outcome = case.get("outcome", drawn)
    frames = dice.randrange(1600, 9000)
    system = round(frames * 0.05 / dice.uniform(0.15, 0.6), 3)
    share = dice.uniform(8.0, 92.0)
    done = 100 if outcome in ("perfect", "completed") else 0 if outcome == "never_moved" else share
    counts = case.get("infractions", _usual_counts(dice, outcome))
    events = _stated(case["events"]) if "events" in case else _events(dice, counts, outcome)
    plan = RoutePlan(
        ending=case.get("ending", "normal"),
        route_completed=case.get("route_completed", done),
        route_timeout=case.get("route_timeout", outcome == "timed_out"),
        frames=case.get("frames", frames),
        system_seconds=case.get("system_seconds", system),
        never_moved=case.get("never_moved", outcome == "never_moved"),
        events=events,
        server=case.get("server", "crash"),
        crash_wait_seconds=case.get("crash_wait_seconds", 0.0),
        log_lines=case.get("log_lines", 0),
        escape_seconds=case.get("escape_seconds", 0.0),
        message=case.get("message", ""),
        wall_seconds=case.get("wall_seconds"),
    )
    return plan if plan.ending == "normal" else _cut(plan, case.get("at", 1.0))


def _cut(plan: RoutePlan, share: float) -> RoutePlan:
    """The part of a plan that happens before an ending at `share` (0..1) of it."""
    if share >= 1.0:
        return plan
    return plan._replace(
        route_completed=plan.route_completed * share,
        route_timeout=False,
        frames=max(1, int(plan.frames * share)),
        system_seconds=round(plan.system_seconds * share, 3),
        events=plan.events[: int(len(plan.events) * share)],
        share=share,
    )


def _stated(events: List[Dict[str, Any]]) -> Tuple[RouteEvent, ...]:
    return tuple(RouteEvent(e["type"], e["message"], e.get("percentage")) for e in events)


def _usual_counts(dice: random.Random, outcome: str) -> Dict[str, int]:
    if outcome in ("perfect", "never_moved"):
        return {}
    chosen = dice.sample(_USUAL, dice.randrange(1, 4))
    return {name: dice.randrange(1, 3) for name in _USUAL if name in chosen}


def _events(dice: random.Random, counts: Dict[str, int], outcome: str) -> Tuple[RouteEvent, ...]:
    counts = dict(counts)
    if outcome in ENDED_BY:
        counts.setdefault(ENDED_BY[outcome], 1)
    if counts.get("outside_route_lanes", 0) > 1:
        counts["outside_route_lanes"] = 1
    return tuple(_event(dice, name) for name, count in counts.items() for _ in range(count))


def _event(dice: random.Random, name: str) -> RouteEvent:
    kind = EVENT_OF_LIST[name]
    if name == "outside_route_lanes":
        metres, percentage = dice.uniform(2.0, 60.0), dice.uniform(0.5, 8.0)
        text = "Agent went outside its route lanes for about {} meters ({}% of the completed route)"
        return RouteEvent(kind, text.format(round(metres, 3), round(percentage, 2)), percentage)
    if name == "min_speed_infractions":
        percentage = round(dice.uniform(40.0, 99.0), 2)
        text = "Average speed is {}% of the surrounding traffic's one"
        return RouteEvent(kind, text.format(percentage), percentage)
    return RouteEvent(kind, _FIXED_TEXT.get(name) or _placed(dice, name), None)


def _placed(dice: random.Random, name: str) -> str:
    number = dice.randrange(100, 9000)
    x, y, z = (round(dice.uniform(-a, a), 3) for a in (900.0, 900.0, 3.0))
    place = f" at (x={x}, y={y}, z={z})"
    if name in _ACTORS:
        actor = dice.choice(_ACTORS[name])
        number = 0 if name == "collisions_layout" else number
        text = f"Agent collided against object with type={actor} and id={number}"
    elif name == "red_light":
        text = f"Agent ran a red light {number}"
    elif name == "stop_infraction":
        text = f"Agent ran a stop with id={number}"
    else:
        blocked = name == "vehicle_blocked"
        text = "Agent got blocked" if blocked else "Agent deviated from the route"
    return text + place
