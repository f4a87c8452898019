"""A route's scores recomputed from its infractions, as intervals, and compared with the claims.

Off-road percentages stand in the messages with two digits only, while the penalty knew them all:
it can be told within bounds, not exactly. All else is exact. Knows one record at a time.
"""

from __future__ import annotations

import re
from typing import Mapping, Sequence, Tuple

from console.results.quoting import wrong
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
_OFF_ROAD = re.compile(r"\((-?[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)?)% of the completed route\)")
_SLOW = re.compile(r"Average speed is (-?[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)?)% of the surrounding")
_HALF_DIGIT = 0.005 / 100
_NOISE = 1e-9
_HALF_SCORE_DIGIT = 5e-7


def differences(record: Record, version: str) -> list[str]:
    """What in a record's own numbers does not fit together, in words; empty when all does."""
    found = []
    bounds = penalty_bounds(record.infractions, version)
    claimed = record.scores
    if bounds is None:
        found += _without_share(record.infractions)
    elif not _within(claimed.penalty, bounds, version):
        text = f"score_penalty is {claimed.penalty:.9g}, its infractions give {bounds[0]:.9g}"
        found.append(text + _other_version(record, version))
    composed = claimed.route * claimed.penalty
    if abs(claimed.composed - composed) > (claimed.route + 1) * _rounding(version) + _NOISE:
        text = f"score_composed is {claimed.composed:.9g}, route x penalty gives {composed:.9g}"
        found.append(text)
    return found


def penalty_bounds(infractions: Mapping[str, Sequence[str]], version: str) -> Bounds | None:
    """(least, most) penalty that a version gives for these entries; None if it cannot be told."""
    off_road = _shares(infractions.get("outside_route_lanes", ()), _OFF_ROAD)
    slow = _shares(infractions.get("min_speed_infractions", ()), _SLOW)
    if off_road is None or slow is None:
        return None
    factor = _additive(infractions, slow) if version == "2.1" else _product(infractions, slow)
    least = most = factor
    for share in off_road:
        least *= max(1 - share - _HALF_DIGIT, 0.0)
        most *= max(1 - share + _HALF_DIGIT, 0.0)
    return least, min(most, factor)


def _without_share(infractions: Mapping[str, Sequence[str]]) -> list[str]:
    patterns = (("outside_route_lanes", _OFF_ROAD), ("min_speed_infractions", _SLOW))
    return [
        wrong(f"infractions/{name}", text, "a percentage")
        for name, pattern in patterns
        for text in infractions.get(name, ())
        if not pattern.search(text)
    ]


def _product(infractions: Mapping[str, Sequence[str]], slow: list[float]) -> float:
    factor = 1.0
    for name, each in _FACTORS.items():
        factor *= each ** len(infractions.get(name, ()))
    for share in slow:
        factor *= 1 - _SLOW_FACTOR * (1 - share)
    return factor


def _additive(infractions: Mapping[str, Sequence[str]], slow: list[float]) -> float:
    weight = sum(each * len(infractions.get(name, ())) for name, each in _WEIGHTS.items())
    return 1 / (1 + weight + sum(_SLOW_WEIGHT * max(1 - share, 0.0) for share in slow))


def _shares(messages: Sequence[str], pattern: re.Pattern[str]) -> list[float] | None:
    """The percentages of messages as shares of one; None if one holds none."""
    found = [pattern.search(message) for message in messages]
    return [float(one.group(1)) / 100 for one in found if one] if all(found) else None


def _within(number: float, bounds: Bounds, version: str) -> bool:
    slack = _rounding(version) + _NOISE
    return min(bounds) - slack <= number <= max(bounds) + slack


def _rounding(version: str) -> float:
    """How far a score in a file may be from the one that was computed: 1.0 rounds nothing."""
    return 0.0 if version == "1.0" else _HALF_SCORE_DIGIT


def _other_version(record: Record, version: str) -> str:
    for other in ("2.0", "2.1"):
        bounds = penalty_bounds(record.infractions, other)
        if version in ("1.0", other) or bounds is None:
            continue
        if _within(record.scores.penalty, bounds, other):
            return f"; it fits Leaderboard {other}"
    return ""
