"""Global statistics of Leaderboard 2.0 and 2.1: the arithmetic, its order and its number kinds.

Works on records as they stand in a file, in list order, and lets Python's own errors through:
whoever merges decides what they mean. 2.0 and 2.1 differ in a route's penalty only.
"""

from __future__ import annotations

import math

from console.results.layout import INFRACTIONS_V2, SCORES_SHOWN, SCORES_V2, SHOWN_V2
from console.results.named_tuple import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, Dict

    RawRecord = Dict[str, Any]


_OFF_ROAD = "outside_route_lanes"
METRES_WORD = 8
"""Place of the metres among the blank-separated words of an off-road message."""
_LEAST_KILOMETRES = 0.001
_RATE_DIGITS = 3
_SCORE_DIGITS = 6
COMPLETE = 100
"""Percent of a route that was driven to its end."""


def global_record(records: list[RawRecord], total: Any, *, pinned: bool = False) -> dict[str, Any]:
    """The global record over `records` of `total` routes.

    `pinned` counts a route without off-road message as the integer 0, as the older release does.
    """
    means, meta, status = _means(records, total)
    spread = _spread(records, means, total)
    return {
        "index": -1,
        "route_id": -1,
        "status": status,
        "infractions": _rates(records, pinned),
        "scores_mean": means,
        "scores_std_dev": spread,
        "meta": meta,
    }


def values(summary: dict[str, Any]) -> list[str]:
    """The `values` of a checkpoint: the numbers of its global record as text."""
    scores = [str(summary["scores_mean"][key]) for key, _, _ in SCORES_SHOWN]
    counts = SHOWN_V2[len(scores) :]
    return scores + [str(summary["infractions"][key]) for key, _, _ in counts]


def entry_status(records: list[RawRecord]) -> str:
    """The last record that crashed or was rejected decides; agent errors do not matter."""
    status = "Finished"
    for record in records:
        if "Simulation crashed" in record["status"]:
            status = "Crashed"
        elif "Agent's sensors were invalid" in record["status"]:
            status = "Rejected"
    return status


def _means(records: list[RawRecord], total: Any) -> tuple[dict[str, Any], dict[str, Any], str]:
    means: dict[str, Any] = dict.fromkeys(SCORES_V2, 0)
    meta: dict[str, Any] = {
        "total_length": 0,
        "duration_game": 0,
        "duration_system": 0,
        "exceptions": [],
    }
    status = "Perfect"
    for record in records:
        for key in ("score_route", "score_penalty", "score_composed"):
            means[key] += record["scores"][key] / total
        meta["total_length"] += record["meta"]["route_length"]
        meta["duration_game"] += record["meta"]["duration_game"]
        meta["duration_system"] += record["meta"]["duration_system"]
        if "Failed" in record["status"]:
            meta["exceptions"].append([record["route_id"], record["index"], record["status"]])
            status = "Failed"
        elif status == "Perfect":
            status = record["status"]
    return {key: round(mean, _SCORE_DIGITS) for key, mean in means.items()}, meta, status


def _spread(records: list[RawRecord], means: dict[str, Any], total: Any) -> dict[str, Any]:
    squares: dict[str, Any] = dict.fromkeys(SCORES_V2, 0)
    if total == 1:
        return squares
    for record in records:
        for key in SCORES_V2:
            squares[key] += math.pow(record["scores"][key] - means[key], 2)
    return {
        key: round(math.sqrt(square / float(total - 1)), _RATE_DIGITS)
        for key, square in squares.items()
    }


def _rates(records: list[RawRecord], pinned: bool) -> dict[str, Any]:
    kilometres: Any = 0
    rates: dict[str, Any] = dict.fromkeys(INFRACTIONS_V2, 0)
    for record in records:
        kilometres += record["meta"]["route_length"] / 1000 * record["scores"]["score_route"] / 100
        for key in INFRACTIONS_V2:
            entries = record["infractions"][key]
            rates[key] += _off_road(entries, pinned) if key == _OFF_ROAD else len(entries)
    kilometres = max(kilometres, _LEAST_KILOMETRES)
    for key in INFRACTIONS_V2:
        if key != _OFF_ROAD:
            rates[key] /= kilometres
        rates[key] = round(rates[key], _RATE_DIGITS)
    return rates


def _off_road(entries: list[str], pinned: bool) -> float:
    """Kilometres outside the lanes: they stand nowhere but in the first message's text."""
    if not entries:
        return 0 if pinned else 0.0
    return float(entries[0].split(" ")[METRES_WORD]) / 1000
