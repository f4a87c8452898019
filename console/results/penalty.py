"""A route's scores recomputed from its infractions, as intervals, and compared with the claims.

Off-road percentages stand in the messages with two digits only, while the penalty knew them all:
it can be told within bounds, not exactly. All else is exact. Knows one record at a time.
"""

from __future__ import annotations

import re

from console.results.leaderboard import MERGED
from console.results.named_tuple import TYPE_CHECKING
from console.results.quoting import wrong
from console.results.report import Record
from console.results.version_rules import Leaderboard

if TYPE_CHECKING:
    from typing import Mapping, Sequence, Tuple

    Bounds = Tuple[float, float]


_OFF_ROAD = re.compile(r"\((-?[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)?)% of the completed route\)")
_SLOW = re.compile(r"Average speed is (-?[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)?)% of the surrounding")
_HALF_DIGIT = 0.005 / 100
_NOISE = 1e-9


def differences(record: Record, leaderboard: Leaderboard) -> list[str]:
    """What in a record's own numbers does not fit together, in words; empty when all does."""
    found = []
    bounds = penalty_bounds(record.infractions, leaderboard)
    claimed = record.scores
    if bounds is None:
        found += _without_share(record.infractions)
    elif not _within(claimed.penalty, bounds, leaderboard):
        text = f"score_penalty is {claimed.penalty:.9g}, its infractions give {bounds[0]:.9g}"
        found.append(text + _other_version(record, leaderboard))
    composed = claimed.route * claimed.penalty
    # The penalty was rounded in the file, and counts as often as the route; so was the product.
    if abs(claimed.composed - composed) > (claimed.route + 1) * leaderboard.score_rounding + _NOISE:
        text = f"score_composed is {claimed.composed:.9g}, route x penalty gives {composed:.9g}"
        found.append(text)
    return found


def penalty_bounds(
    infractions: Mapping[str, Sequence[str]], leaderboard: Leaderboard
) -> Bounds | None:
    """(least, most) penalty that a version gives for these entries; None if it cannot be told."""
    off_road = _shares(infractions.get("outside_route_lanes", ()), _OFF_ROAD)
    slow = _shares(infractions.get("min_speed_infractions", ()), _SLOW)
    if off_road is None or slow is None:
        return None
    factor = leaderboard.penalty(infractions, slow)
    least = most = factor
    for share in off_road:
        least *= max(1 - share - _HALF_DIGIT, 0.0)
        most *= max(1 - share + _HALF_DIGIT, 0.0)
    # Off the road nothing is gained, however the digits were rounded.
    return least, min(most, factor)


def _without_share(infractions: Mapping[str, Sequence[str]]) -> list[str]:
    patterns = (("outside_route_lanes", _OFF_ROAD), ("min_speed_infractions", _SLOW))
    return [
        wrong(f"infractions/{name}", text, "a percentage")
        for name, pattern in patterns
        for text in infractions.get(name, ())
        if not pattern.search(text)
    ]


def _shares(messages: Sequence[str], pattern: re.Pattern[str]) -> list[float] | None:
    """The percentages of messages as shares of one; None if one holds none."""
    found = [pattern.search(message) for message in messages]
    return [float(one.group(1)) / 100 for one in found if one] if all(found) else None


def _within(number: float, bounds: Bounds, leaderboard: Leaderboard) -> bool:
    slack = leaderboard.score_rounding + _NOISE
    return min(bounds) - slack <= number <= max(bounds) + slack


def _other_version(record: Record, leaderboard: Leaderboard) -> str:
    """Which other version with the same infractions the claim is right for, if one."""
    for other in MERGED:
        bounds = penalty_bounds(record.infractions, other)
        # A version with other lists cannot have written this record, whatever its penalty.
        if other is leaderboard or other.infractions != leaderboard.infractions or bounds is None:
            continue
        if _within(record.scores.penalty, bounds, other):
            return f"; it fits Leaderboard {other}"
    return ""
