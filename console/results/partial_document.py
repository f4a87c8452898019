"""A partial as an evaluator would have left it behind, made from records alone.

For whoever has records and needs the file: a submission that goes on, a merged document that is
checked. Knows no plan and opens nothing.
"""

from __future__ import annotations

from typing import Any, Dict

from console.results import layout, statistics_v1, statistics_v2, statuses
from console.results.agreement import entry_status_of

Row = Dict[str, Any]


def left_behind(version: str, rows: list[Row], total: int, sensors: list[str]) -> dict[str, Any]:
    """The document of an evaluator that was given `total` drives and has these records of them.

    With all of them it is a finished one, and a resume drives nothing again.
    """
    summary = _summary(version, rows) if len(rows) == total else {}
    status = entry_status_of(version, rows) if summary else statuses.STARTED
    program = statistics_v1 if version == "1.0" else statistics_v2
    return {
        "_checkpoint": {
            "global_record": summary,
            "progress": [len(rows), total],
            "records": rows,
        },
        "entry_status": status,
        "eligible": statuses.words(version).eligible_with(status),
        "sensors": sensors,
        "values": program.values(summary) if summary else [],
        "labels": layout.labels(version) if summary else [],
    }


def before(
    version: str, rows: list[Row], total: int, sensors: list[str], following: Row
) -> dict[str, Any]:
    """The document of which every evaluator of a version goes on behind these records.

    For 2.x it is that of a crash in the `following` drive, whose record goes at its next start: the
    commit of the 2.0 image repeats the last drive of any file, the later ones only what crashed.
    """
    if version == "1.0" or len(rows) == total:
        return left_behind(version, rows, total, sensors)
    document = left_behind(version, rows, total, sensors)
    document["_checkpoint"].update(progress=[len(rows) + 1, total], records=[*rows, following])
    return {**document, "entry_status": statuses.CRASHED}


def unloaded(version: str, place: int, route_id: str, length: float) -> Row:
    """What an evaluator records of a drive whose world could not be loaded.

    `length` in metres is known to 1.0 only.
    """
    row = {
        "index": place,
        "route_id": route_id,
        "status": statuses.SIMULATION_CRASHED,
        "num_infractions": 0,
        "infractions": {name: [] for name in layout.infractions(version)},
        "scores": {"score_route": 0.0, "score_penalty": 1.0, "score_composed": 0.0},
        "meta": {"route_length": 0, "duration_game": 0.0, "duration_system": 0.0},
    }
    if version == "1.0":
        del row["num_infractions"]
        row["meta"] = {"duration_game": 0.0, "duration_system": 0.0, "route_length": length}
    return row


def _summary(version: str, rows: list[Row]) -> Row:
    """Empty where Leaderboard 1.0 cannot make one either: a driven route without a length."""
    first = version == "1.0"
    if first and any(statistics_v1.without_length(row) for row in rows):
        return {}
    program = statistics_v1 if first else statistics_v2
    return dict(program.global_record(rows, len(rows)))
