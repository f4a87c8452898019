"""An untrusted partial, taken apart: which parts have the shape that an evaluator writes.

Everything here may be hostile: wrong kinds, absurd numbers, control characters. Each part is
either accepted whole or refused with a reason; nothing is repaired.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from console.results import jsontext, layout, statistics_v2

ENTRY_STATUSES = (
    "",
    "Started",
    "Finished",
    "Rejected",
    "Crashed",
    "Invalid",
    "Finished with missing data",
    "Finished with agent errors",
)
_ENDED = ENTRY_STATUSES[2:]
_ROUTE_ID = re.compile(r"(RouteScenario_[0-9]{1,9})(?:_rep(0|[1-9][0-9]{0,8}))?")
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,12})?(e-[0-9]{2})?")
_STRING_LIMIT = 10_000
_DEPTH_LIMIT = 8
_RECORD_LIMIT = 256 * 1024
_RECORDS_LIMIT = 10_000
_COUNT_LIMIT = 100_000
_LONGEST_ROUTE = 1e7
_LONGEST_DRIVE = 1e9
_UNSET_DURATION = -1
_SENSORS_LIMIT = 200


class Refused(ValueError):
    """A part of a partial has not the shape that an evaluator writes."""


@dataclass(frozen=True)
class Checkpoint:
    """One partial of a version whose frame is sound. `records` are still raw; see `route_of`.

    `progress` is (done, total), or None while the evaluator has not written it yet.
    """

    version: str
    records: tuple[Any, ...]
    progress: tuple[int, int] | None
    sensors: tuple[str, ...]
    entry_status: str
    global_record: dict[str, Any]

    @property
    def settled(self) -> bool:
        """The evaluator has written its last words: a resume would drive nothing again.

        A 1.0 evaluator that meets a driven route without length cannot write its global record,
        and never will; there the progress alone tells.
        """
        if self.progress is None or not self.records:
            return False
        if not self.progress[0] == self.progress[1] == len(self.records):
            return False
        if self.global_record:
            return self.entry_status in _ENDED
        return self.version == "1.0" and any(map(_without_length, self.records))

    def provisional(self, place: int) -> bool:
        """Whether the record at this place is going to be driven again by the next resume."""
        if self.settled:
            return False
        done = self.progress[0] if self.progress else 0
        crashed = self.entry_status == "Crashed" and place == len(self.records) - 1
        return place >= done or crashed


def checkpoint_of(document: Any, version: str) -> Checkpoint:
    """The frame of a parsed partial of a version. Raises Refused."""
    if not isinstance(document, dict) or not isinstance(document.get("_checkpoint"), dict):
        raise Refused("has no _checkpoint")
    inner = document["_checkpoint"]
    records = inner.get("records")
    if not isinstance(records, list):
        raise Refused("has no list of records")
    if len(records) > _RECORDS_LIMIT:
        raise Refused(f"has {len(records)} records")
    status = document.get("entry_status")
    if status not in ENTRY_STATUSES:
        raise Refused("has an entry_status that no evaluator writes")
    summary = inner.get("global_record") or {}
    if not isinstance(summary, dict):
        raise Refused("has a global_record that is no object")
    return Checkpoint(
        version=version,
        records=tuple(records),
        progress=_progress(inner.get("progress")),
        sensors=_sensors(document.get("sensors")),
        entry_status=str(status),
        global_record=summary,
    )


def route_of(record: Any) -> tuple[str, int | None]:
    """(`RouteScenario_<id>`, repetition or None where the id carries none). Raises Refused."""
    route_id = record.get("route_id") if isinstance(record, dict) else None
    found = _ROUTE_ID.fullmatch(route_id) if isinstance(route_id, str) else None
    if not found:
        raise Refused("names no route")
    return found.group(1), None if found.group(2) is None else int(found.group(2))


def refuse_strange(record: dict[str, Any], version: str) -> None:
    """Raises Refused unless every field of a record is of the right kind and believable."""
    _plain(record, _DEPTH_LIMIT)
    if len(jsontext.compact(record)) > _RECORD_LIMIT:
        raise Refused(f"is larger than {_RECORD_LIMIT} bytes")
    if any(name == "to_json" or name.startswith("__") for name in record):
        raise Refused("has a key that the Leaderboard's own tools cannot read")
    _count(record.get("index"), "index")
    if not isinstance(record.get("status"), str) or not record["status"]:
        raise Refused("has no status")
    lists = _object(record, "infractions")
    for name in layout.infractions(version):
        entries = lists.get(name)
        if not isinstance(entries, list) or not all(isinstance(text, str) for text in entries):
            raise Refused(f"has no list of texts at infractions/{name}")
    if version != "1.0":
        _off_road(lists["outside_route_lanes"])
    scores = _object(record, "scores")
    _number(scores, "score_route", 0, 100)
    _number(scores, "score_penalty", 0, 1)
    _number(scores, "score_composed", 0, 100)
    meta = _object(record, "meta")
    _number(meta, "route_length", 0, _LONGEST_ROUTE)
    _number(meta, "duration_game", _UNSET_DURATION, _LONGEST_DRIVE)
    _number(meta, "duration_system", _UNSET_DURATION, _LONGEST_DRIVE)


def printable(text: str, limit: int = 200) -> str:
    """Foreign text for a message: control characters shown as `?`, cut at `limit`."""
    clean = _CONTROL.sub("?", text[:limit])
    return clean if len(text) <= limit else clean + "..."


def _without_length(record: Any) -> bool:
    """Driven, but of no length: a division by zero in the 1.0 statistics."""
    try:
        length, score = record["meta"]["route_length"], record["scores"]["score_route"]
    except (KeyError, TypeError, IndexError):
        return False
    return bool(length == 0 and score != 0)


def _progress(pair: Any) -> tuple[int, int] | None:
    if pair == []:
        return None
    if not isinstance(pair, list) or len(pair) != 2:
        raise Refused("has a progress that is no pair of numbers")
    return _count(pair[0], "progress"), _count(pair[1], "progress")


def _sensors(names: Any) -> tuple[str, ...]:
    if names is None:
        return ()
    if not isinstance(names, list) or len(names) > _SENSORS_LIMIT:
        raise Refused("has sensors that are no list of names")
    _plain(names, 1)
    if not all(isinstance(name, str) for name in names):
        raise Refused("has sensors that are no list of names")
    return tuple(names)


def _object(record: dict[str, Any], name: str) -> dict[str, Any]:
    found = record.get(name)
    if not isinstance(found, dict):
        raise Refused(f"has no object {name}")
    return found


def _off_road(entries: list[str]) -> None:
    """The statistics take metres from these texts: a number must be where they look for it."""
    for text in entries:
        words = text.split(" ")
        if len(words) <= statistics_v2.METRES_WORD:
            raise Refused("has an off-road message without metres")
        if not _DECIMAL.fullmatch(words[statistics_v2.METRES_WORD]):
            raise Refused("has an off-road message without metres")


def _count(number: Any, name: str) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= _COUNT_LIMIT:
        raise Refused(f"has an absurd {name}")
    return number


def _number(numbers: dict[str, Any], name: str, least: float, most: float) -> None:
    number = numbers.get(name)
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        raise Refused(f"has no number at {name}")
    if not least <= number <= most:
        raise Refused(f"has an absurd {name}")


def _plain(part: Any, depth: int) -> None:
    """Refuses control characters, endless strings and nesting anywhere below `part`."""
    if isinstance(part, str):
        if len(part) > _STRING_LIMIT:
            raise Refused(f"holds a text of {len(part)} characters")
        if _CONTROL.search(part):
            raise Refused(f"holds control characters: {printable(part, 60)}")
    elif isinstance(part, (dict, list)):
        if depth < 0:
            raise Refused("is nested too deeply")
        inner = list(part) + list(part.values()) if isinstance(part, dict) else part
        for child in inner:
            _plain(child, depth - 1)
