"""Bench2Drive's own merge: what it writes, and how such a file is read again.

Its script keeps of the partials nothing but their records, without index, and divides by 220
whatever there is. Reproduced value by value, and byte for byte; judges nothing. Standard-library
Python 3.7.
"""

from __future__ import annotations

import json

from console.results.abilities import JudgedDrive
from console.results.named_tuple import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, Iterable, Sequence

ROUTES = 220
"""What its script divides by."""
SCORE, RATE, COUNT = "driving score", "success rate", "eval num"


def merged(documents: Iterable[Any], routes: int = ROUTES) -> dict[str, Any]:
    """Of these partials in this order. Raises what the script raises for other content."""
    records = [
        {key: part for key, part in record.items() if key != "index"}
        for document in documents
        for record in document["_checkpoint"]["records"]
    ]
    in_order = sorted(records, key=lambda record: record["route_id"], reverse=True)
    return {"_checkpoint": {"records": in_order}, **figures(records, routes)}


def figures(records: Sequence[Any], routes: int) -> dict[str, Any]:
    """What stands beside the records: a driving score in percent, a rate as a factor."""
    scores = [record["scores"]["score_composed"] for record in records]
    successes = sum(_succeeded(record) for record in records)
    return {SCORE: sum(scores) / routes, RATE: successes / routes, COUNT: len(scores)}


def text(document: dict[str, Any]) -> str:
    """As the script writes it."""
    return json.dumps(document, indent=4)


def is_merged(document: Any) -> bool:
    """Whether somebody has merged it with that script."""
    inner = document.get("_checkpoint") if isinstance(document, dict) else None
    return isinstance(inner, dict) and "progress" not in inner and {SCORE, COUNT} <= set(document)


def framed(document: dict[str, Any]) -> dict[str, Any]:
    """The same records in the frame of a checkpoint, with the places that they have in this file.

    What the script left out stays unsaid: nothing in it is eligible.
    """
    records = document["_checkpoint"].get("records")
    rows = records if isinstance(records, list) else []
    placed = [
        {"index": place, **record} if isinstance(record, dict) else record
        for place, record in enumerate(rows)
    ]
    inner = {"global_record": {}, "progress": [len(rows)] * 2, "records": placed}
    return {
        "_checkpoint": {**inner, "records": placed if rows is records else records},
        "entry_status": "Started",
        "eligible": False,
        "sensors": [],
        "values": [],
        "labels": [],
    }


def _succeeded(record: Any) -> bool:
    scores = record["scores"]
    drive = JudgedDrive("", record["status"], scores["score_route"], record["infractions"])
    return drive.succeeded
