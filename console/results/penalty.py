"""A route's scores recomputed from its infractions, as intervals, and compared with the claims.

Percentages stand in the messages with two digits only, so a penalty can be told within bounds,
not exactly. Knows one record at a time.
"""

from __future__ import annotations

import re
from typing import Mapping, Sequence, Tuple

from console.results.report import Record

Bounds = Tuple[float, float]

_FACTORS = {
    "collisions_pedestrian": 0.5,
    "collisions_vehicle": 0.6,
    "collisions_layout": 0.65,
    "red_light": 0.7,
    "stop_infraction": 0.8,
    "scenario_timeouts": 0.7,
    "yield_emergency_vehicle_infractions": 0.7,
}
_WEIGHTS = {
    "collisions_pedestrian": 1.0,
    "collisions_vehicle": 0.7,
    "collisions_layout": 0.6,
    "red_light": 0.4,
    "stop_infraction": 0.25,
    "scenario_timeouts": 0.4,
    "yield_emergency_vehicle_infractions": 0.4,
}
_SLOW_FACTOR = 0.3
_SLOW_WEIGHT = 0.4
_OFF_ROAD = re.compile(r"\((-?\d+(?:\.\d+)?(?:e-?\d+)?)% of the completed route\)")
_SLOW = re.compile(r"Average speed is (-?\d+(?:\.\d+)?(?:e-?\d+)?)% of the surrounding")
_HALF_DIGIT = 0.005
_PENALTY_SLACK = 2e-6
_COMPOSED_SLACK = 2e-4
_COMPLETE = 100


def differences(record: Record, version: str) -> list[str]:
    """What in a record's own numbers does not fit together, in words; empty when all does."""
    found = []
    bounds = penalty_bounds(record.infractions, version)
    claimed = record.scores
    if bounds is None:
        found.append("an infraction message holds no percentage")
    elif not _within(claimed.penalty, bounds, _PENALTY_SLACK):
        text = f"penalty is {claimed.penalty:g}, its infractions give {bounds[0]:.6f}"
        found.append(text + _other_version(record, version))
    composed = claimed.route * claimed.penalty
    if abs(claimed.composed - composed) > _COMPOSED_SLACK:
        found.append(f"driving score is {claimed.composed:g}, route x penalty gives {composed:g}")
    return found + _status_differences(record, version)


def penalty_bounds(infractions: Mapping[str, Sequence[str]], version: str) -> Bounds | None:
    """(least, most) penalty that a version gives for these entries; None if it cannot be told."""
    off_road = _product(infractions.get("outside_route_lanes", ()), _OFF_ROAD, -1.0)
    if off_road is None:
        return None
    if version == "2.1":
        return _additive(infractions, off_road)
    slow: Bounds | None = (1.0, 1.0)
    if version != "1.0":
        slow = _product(infractions.get("min_speed_infractions", ()), _SLOW, _SLOW_FACTOR)
    if slow is None:
        return None
    fixed = 1.0
    for name, factor in _FACTORS.items():
        fixed *= factor ** len(infractions.get(name, ()))
    return fixed * off_road[0] * slow[0], fixed * off_road[1] * slow[1]


def _additive(infractions: Mapping[str, Sequence[str]], off_road: Bounds) -> Bounds | None:
    weight = sum(_WEIGHTS[name] * len(infractions.get(name, ())) for name in _WEIGHTS)
    least = most = weight
    for message in infractions.get("min_speed_infractions", ()):
        share = _share(message, _SLOW)
        if share is None:
            return None
        least += _SLOW_WEIGHT * (1 - min(share[1], 1.0))
        most += _SLOW_WEIGHT * (1 - share[0])
    return off_road[0] / (1 + most), off_road[1] / (1 + least)


def _product(entries: Sequence[str], pattern: re.Pattern[str], slope: float) -> Bounds | None:
    """Product of 1 - q (slope -1: q counts against) or of 1 - slope*(1 - q), within bounds."""
    least = most = 1.0
    for message in entries:
        share = _share(message, pattern)
        if share is None:
            return None
        low, high = share
        if slope < 0:
            least, most = least * max(1 - high, 0.0), most * max(1 - low, 0.0)
        else:
            least, most = least * (1 - slope * (1 - low)), most * (1 - slope * (1 - high))
    return least, most


def _share(message: str, pattern: re.Pattern[str]) -> Bounds | None:
    """The percentage of a message as (least, most) share of one."""
    found = pattern.search(message)
    if not found:
        return None
    percent = float(found.group(1))
    return (percent - _HALF_DIGIT) / 100, (percent + _HALF_DIGIT) / 100


def _within(number: float, bounds: Bounds, slack: float) -> bool:
    return min(bounds) - slack <= number <= max(bounds) + slack


def _other_version(record: Record, version: str) -> str:
    for other in ("2.0", "2.1"):
        bounds = penalty_bounds(record.infractions, other)
        if version in ("1.0", other) or bounds is None:
            continue
        if _within(record.scores.penalty, bounds, _PENALTY_SLACK):
            return f"; it fits Leaderboard {other}"
    return ""


def _status_differences(record: Record, version: str) -> list[str]:
    found = []
    completed = record.status in ("Perfect", "Completed")
    if completed != (record.scores.route >= _COMPLETE):
        found.append(f"status is {record.status!r} with {record.scores.route:g}% of the route")
    if record.status == "Perfect" and record.num_infractions:
        found.append("status is 'Perfect' with infractions")
    claimed = record.raw.get("num_infractions", record.num_infractions)
    if version != "1.0" and claimed != record.num_infractions:
        found.append(f"num_infractions is {claimed}, the lists hold {record.num_infractions}")
    return found
