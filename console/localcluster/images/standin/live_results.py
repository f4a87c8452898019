"""The live-results file of LB 2.x, rewritten at every tick of a run with `--debug` 2 or more.

Owns its text, with upstream's missing line breaks. Writes one file and decides nothing.
"""

import math
from typing import Any, Dict, List

from console.results.leaderboard import V2_1
from console.results.version_rules import Leaderboard

from .records import FACTORS, WEIGHTS, Driven
from .route_plan import RouteEvent
from .routes import DrivenRoute, Point

LEAST_DEBUG = 2
SHOWN_EVENTS = 5
GRADED = ("OUTSIDE_ROUTE_LANES_INFRACTION", "MIN_SPEED_INFRACTION")
CONTROL = {"throttle": 0.75, "brake": 0.0, "steer": 0.0}
"""A vehicle that goes on: the stand-in's agent gives no commands."""

_TEXT = """Route id: {id}

Scores:
    Driving score:      {score_composed:.3f}
    Route completion:   {score_route:.3f}
    Infraction penalty: {score_penalty:.3f}

    Route length:    {route_length:.3f}
    Game duration:   {duration_game:.3f}
    System duration: {duration_system:.3f}

Ego:
    Throttle:           {throttle:.3f}
    Brake:              {brake:.3f}
    Steer:              {steer:.3f}

    Speed:           {speed:.3f} km/h

    Location:           ({x:.3f} {y:.3f} {z:.3f})

Total infractions: {count}
Last 5 infractions:
"""


def write(
    path: str, record: Dict[str, Any], route: DrivenRoute, drive: Driven, version: Leaderboard
) -> None:
    """Replace the file's text by the state of a route under way. Raises OSError."""
    with open(path, "w") as opened:
        opened.write(text(record, route, drive, version))


def text(record: Dict[str, Any], route: DrivenRoute, drive: Driven, version: Leaderboard) -> str:
    """The file's text: `record` is the one that the route would get if it ended now."""
    x, y, z = _place(route, drive.completed / 100)
    hours = drive.game_seconds / 3600
    kilometres = route.length / 1000 * drive.completed / 100
    told = _TEXT.format(
        id=record["route_id"],
        speed=kilometres / hours if hours else 0.0,
        x=x,
        y=y,
        z=z,
        count=record["num_infractions"],
        **record["scores"],
        **record["meta"],
        **CONTROL,
    )
    return told + "".join(_line(event, version) for event in _newest(drive))


def _newest(drive: Driven) -> List[RouteEvent]:
    return list(reversed(drive.events))[:SHOWN_EVENTS]


def _line(event: RouteEvent, version: Leaderboard) -> str:
    """Events that only end a route get neither a suffix nor a line break, as upstream has it."""
    factors = WEIGHTS if version is V2_1 else FACTORS
    told = "    " + event.type
    if event.type in GRADED:
        return f"{told} (value: {round(event.percentage or 0.0, 3)}%)\n"
    if event.type in factors:
        return f"{told} (penalty: {factors[event.type]})\n"
    return told


def _place(route: DrivenRoute, share: float) -> Point:
    """Where the vehicle is after a share (0..1) of the route."""
    left = route.length * share
    for one, other in zip(route.points, route.points[1:]):
        metres = math.sqrt(sum((b - a) ** 2 for a, b in zip(one, other)))
        if metres >= left:
            part = left / metres if metres else 0.0
            x, y, z = (a + (b - a) * part for a, b in zip(one, other))
            return x, y, z
        left -= metres
    return route.points[-1] if route.points else (0.0, 0.0, 0.0)
