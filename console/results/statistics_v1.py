"""Global statistics of Leaderboard 1.0: the arithmetic, its order and its number kinds.

Works on records as they stand in a file, in list order, and lets Python's own errors through.
"""

from __future__ import annotations

import math

from console.results.layout import INFRACTIONS_V1, SCORES_SHOWN, SCORES_V1, SHOWN_V1
from console.results.named_tuple import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, Dict

    RawRecord = Dict[str, Any]


_NO_SPREAD = "NaN"


def global_record(records: list[RawRecord], total: Any, *, compat: bool = False) -> dict[str, Any]:
    """The global record over `records` of `total` routes.

    With `compat` every route counts as not completed, and a driven route without length is an
    error, as the original program has it.
    """
    sums: dict[str, Any] = dict.fromkeys(SCORES_V1, 0)
    rates: dict[str, Any] = dict.fromkeys(INFRACTIONS_V1, 0)
    meta: dict[str, Any] = {"total_length": 0, "duration_game": 0, "duration_system": 0}
    exceptions = []
    for record in records:
        for key in SCORES_V1:
            sums[key] += record["scores"][key]
        meta["total_length"] += record["meta"]["route_length"]
        meta["duration_game"] += record["meta"]["duration_game"]
        meta["duration_system"] += record["meta"]["duration_system"]
        if compat or record["meta"]["route_length"] != 0:
            _add_rates(rates, record)
        if compat or record["status"] != "Completed":
            exceptions.append([record["route_id"], record["index"], record["status"]])
    if exceptions:
        meta["exceptions"] = exceptions
    means = {key: value / float(total) for key, value in sums.items()}
    return {
        "index": -1,
        "route_id": -1,
        "status": "Failed" if exceptions else "Completed",
        "infractions": rates,
        "scores": means,
        "scores_std_dev": _spread(records, means, total),
        "meta": meta,
    }


def values(summary: dict[str, Any]) -> list[str]:
    """The `values` of a checkpoint: the numbers of its global record with three decimals."""
    scores = [f"{summary['scores'][key]:.3f}" for key, _, _ in SCORES_SHOWN]
    counts = SHOWN_V1[len(scores) :]
    return scores + [f"{summary['infractions'][key]:.3f}" for key, _, _ in counts]


def entry_status(records: list[RawRecord]) -> str:
    """How a file with all its records ends."""
    for record in records:
        if "Agent" in record["status"]:
            return "Finished with agent errors"
    return "Finished"


def without_length(record: RawRecord) -> bool:
    """Driven, but of no length: the original divides by zero, and its global record never comes."""
    length, score = record["meta"]["route_length"], record["scores"]["score_route"]
    return bool(length == 0 and score != 0)


def lacks_length(record: Any) -> bool:
    """The same of what may be no record at all."""
    try:
        return without_length(record)
    except (KeyError, TypeError, IndexError):
        return False


def _add_rates(rates: dict[str, Any], record: RawRecord) -> None:
    """Infractions per driven kilometre, added up; a route that was not driven is left out."""
    score = record["scores"]["score_route"]
    if score == 0:
        return
    for key in INFRACTIONS_V1:
        kilometres = score / 100 * record["meta"]["route_length"] / 1000.0
        rates[key] += len(record["infractions"][key]) / kilometres


def _spread(records: list[RawRecord], means: dict[str, Any], total: Any) -> dict[str, Any]:
    if total == 1:
        return dict.fromkeys(SCORES_V1, _NO_SPREAD)
    squares: dict[str, Any] = dict.fromkeys(SCORES_V1, 0)
    for record in records:
        for key in SCORES_V1:
            squares[key] += math.pow(record["scores"][key] - means[key], 2)
    return {key: math.sqrt(square / float(total - 1)) for key, square in squares.items()}
