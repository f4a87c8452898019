"""A partial as an evaluator would have left it behind, made from records alone.

For whoever has records and needs the file: a submission that goes on, a merged document that is
checked. Knows no plan and opens nothing.
"""

from __future__ import annotations

from console.results import statistics_v1, statuses
from console.results.named_tuple import TYPE_CHECKING
from console.results.version_rules import Leaderboard

if TYPE_CHECKING:
    from typing import Any, Dict

    Row = Dict[str, Any]


def left_behind(
    leaderboard: Leaderboard, rows: list[Row], total: int, sensors: list[str]
) -> dict[str, Any]:
    """The document of an evaluator that was given `total` drives and has these records of them.

    With all of them it is a finished one, and a resume drives nothing again.
    """
    summary = _summary(leaderboard, rows) if len(rows) == total else {}
    if not summary:
        return unfinished(leaderboard, rows, total, sensors)
    status = leaderboard.entry_status(rows)
    return {
        "_checkpoint": {
            "global_record": summary,
            "progress": [len(rows), total],
            "records": rows,
        },
        "entry_status": status,
        "eligible": leaderboard.words.eligible_with(status),
        "sensors": sensors,
        "values": leaderboard.values(summary),
        "labels": leaderboard.labels,
    }


def unfinished(
    leaderboard: Leaderboard, rows: list[Row], total: int, sensors: list[str]
) -> dict[str, Any]:
    """The same while nobody has called it finished, though all of its drives may be there."""
    return {
        "_checkpoint": {
            "global_record": {},
            "progress": [len(rows), total],
            "records": rows,
        },
        "entry_status": statuses.STARTED,
        "eligible": leaderboard.words.eligible_with(statuses.STARTED),
        "sensors": sensors,
        "values": [],
        "labels": [],
    }


def before(
    leaderboard: Leaderboard, rows: list[Row], total: int, sensors: list[str], following: Row
) -> dict[str, Any]:
    """The document of which every evaluator of a version goes on behind these records.

    For 2.x it is that of a crash in the `following` drive, whose record goes at its next start: the
    commit of the 2.0 image repeats the last drive of any file, the later ones only what crashed.
    One that begins at the first failure would count that crash as one, and repeat a drive more.
    """
    document, words = left_behind(leaderboard, rows, total, sensors), leaderboard.words
    if words.repeats == statuses.NOTHING or words.driven_again or len(rows) == total:
        return document
    document["_checkpoint"].update(progress=[len(rows) + 1, total], records=[*rows, following])
    return {**document, "entry_status": statuses.CRASHED}


def unloaded(leaderboard: Leaderboard, place: int, route_id: str, length: float) -> Row:
    """What an evaluator records of a drive whose world could not be loaded.

    `length` in metres is known to 1.0 only.
    """
    row = {
        "index": place,
        "route_id": route_id,
        "status": statuses.SIMULATION_CRASHED,
        "num_infractions": 0,
        "infractions": {name: [] for name in leaderboard.infractions},
        "scores": {"score_route": 0.0, "score_penalty": 1.0, "score_composed": 0.0},
        "meta": {"route_length": 0, "duration_game": 0.0, "duration_system": 0.0},
    }
    if not leaderboard.counts_infractions:
        del row["num_infractions"]
        row["meta"] = {"duration_game": 0.0, "duration_system": 0.0, "route_length": length}
    return row


def _summary(leaderboard: Leaderboard, rows: list[Row]) -> Row:
    """Empty where Leaderboard 1.0 cannot make one either: a driven route without a length."""
    if leaderboard.divides_by_length and any(map(statistics_v1.without_length, rows)):
        return {}
    return dict(leaderboard.global_record(rows, len(rows)))
