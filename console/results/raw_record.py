"""One raw record of an untrusted partial: which drive it tells of, and whether it can be believed.

Everything here may be hostile: wrong kinds, absurd numbers, control characters. A record is
accepted whole or refused with field, value and limit; nothing is repaired.
"""

from __future__ import annotations

import re

from console.results import statistics_v2
from console.results.named_tuple import TYPE_CHECKING
from console.results.quoting import MISSING, holds_control, printable, shown, wrong
from console.results.subsets import ROUTE
from console.results.version_rules import Leaderboard

if TYPE_CHECKING:
    from typing import Any, Mapping

_ROUTE_ID = re.compile("(" + ROUTE + r"[0-9]{1,9})(?:_rep(0|[1-9][0-9]{0,8}))?")
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,12})?(e-[0-9]{2})?")
_NUMBERED = re.compile(r"_[0-9]{1,9}\Z")
_LONGEST_KIND = 60
_STRING_LIMIT = 10_000
_DEPTH_LIMIT = 8
_COUNT_LIMIT = 100_000
_LONGEST_ROUTE = 1e7
_LONGEST_DRIVE = 1e9
_UNSET_DURATION = -1
_SCORES = (("score_route", 100), ("score_penalty", 1), ("score_composed", 100))
_METERS = (
    ("route_length", 0, _LONGEST_ROUTE),
    ("duration_game", _UNSET_DURATION, _LONGEST_DRIVE),
    ("duration_system", _UNSET_DURATION, _LONGEST_DRIVE),
)


class Refused(ValueError):
    """A part of a partial has not the shape that an evaluator writes."""


class OfAnotherVersion(Refused):
    """What another Leaderboard version writes."""


def route_of(record: Any) -> tuple[str, int | None]:
    """(`RouteScenario_<id>`, repetition or None where the id carries none). Raises Refused."""
    if not isinstance(record, dict):
        raise Refused(f"is {shown(record)}, expected an object")
    route_id = record.get("route_id", MISSING)
    found = _ROUTE_ID.fullmatch(route_id) if isinstance(route_id, str) else None
    if not found:
        raise Refused(wrong("route_id", route_id, "RouteScenario_<id>, in 2.x with _rep<k>"))
    return found.group(1), None if found.group(2) is None else int(found.group(2))


def scenario_of(record: Mapping[str, Any]) -> str:
    """`ParkingCutIn` for a record of the scenario `ParkingCutIn_1`; empty where it names none."""
    told = record.get("scenario_name")
    return _NUMBERED.sub("", told)[:_LONGEST_KIND] if isinstance(told, str) else ""


def refuse_strange(record: dict[str, Any], leaderboard: Leaderboard) -> None:
    """Raises Refused unless every field of a record is of the right kind and believable.

    Its status is one that the version writes for a drive that is over.
    """
    refuse_unprintable(record, _DEPTH_LIMIT)
    for name in record:
        if name == "to_json" or name.startswith("__"):
            raise Refused(f"has the key {shown(name)}, which the Leaderboard's tools cannot read")
    count(record, "index")
    _status(record, leaderboard)
    _infractions(record, leaderboard)
    scores = _object(record, "scores")
    for name, most in _SCORES:
        _number(scores, "scores", name, 0, most)
    meta = _object(record, "meta")
    for name, least, longest in _METERS:
        _number(meta, "meta", name, least, longest)


def count(holder: dict[str, Any], name: str) -> int:
    """A whole number of believable size under a key. Raises Refused."""
    number = holder.get(name, MISSING)
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= _COUNT_LIMIT:
        raise Refused(wrong(name, number, f"a whole number from 0 to {_COUNT_LIMIT}"))
    return number


def refuse_unprintable(part: Any, depth: int) -> None:
    """Refuses control characters, endless strings and nesting anywhere below `part`."""
    if isinstance(part, str):
        _refuse_text(part)
    elif isinstance(part, (dict, list)):
        if depth < 0:
            raise Refused(f"is nested more than {_DEPTH_LIMIT} deep")
        # A record is many short words and empty lists: no call for each.
        for child in [*part, *part.values()] if isinstance(part, dict) else part:
            if isinstance(child, str):
                if len(child) > _STRING_LIMIT or not child.isprintable():
                    _refuse_text(child)
            elif child and isinstance(child, (dict, list)):
                refuse_unprintable(child, depth - 1)


def _refuse_text(text: str) -> None:
    if len(text) > _STRING_LIMIT:
        raise Refused(f"holds a text of {len(text)} characters, expected {_STRING_LIMIT}")
    if holds_control(text):
        raise Refused(f"holds control characters: {printable(text, 60)}")


def _status(record: dict[str, Any], leaderboard: Leaderboard) -> None:
    status = record.get("status", MISSING)
    known = leaderboard.words
    if status not in known.records:
        done = ", ".join(known.completed)
        limit = f"what Leaderboard {leaderboard} writes of a finished drive: {done}, Failed, "
        raise Refused(wrong("status", status, limit + "or Failed - with a reason that it knows"))


def _infractions(record: dict[str, Any], leaderboard: Leaderboard) -> None:
    lists = _object(record, "infractions")
    for name in leaderboard.infractions:
        entries = lists.get(name, MISSING)
        # Most of them are empty.
        told = isinstance(entries, list) and (
            not entries or all(isinstance(text, str) for text in entries)
        )
        if not told:
            raise Refused(wrong(f"infractions/{name}", entries, "a list of texts"))
    if leaderboard.counts_infractions:
        _off_road(lists["outside_route_lanes"])


def _object(record: dict[str, Any], name: str) -> dict[str, Any]:
    found = record.get(name, MISSING)
    if not isinstance(found, dict):
        raise Refused(wrong(name, found, "an object"))
    return found


def _off_road(entries: list[str]) -> None:
    """The statistics take metres from these texts: a number must be where they look for it."""
    place = statistics_v2.METRES_WORD
    for text in entries:
        words = text.split(" ")
        if len(words) <= place or not _DECIMAL.fullmatch(words[place]):
            limit = f"metres as the {place + 1}th word"
            raise Refused(wrong("infractions/outside_route_lanes", text, limit))


def _number(numbers: dict[str, Any], group: str, name: str, least: float, most: float) -> None:
    number = numbers.get(name, MISSING)
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        raise Refused(wrong(f"{group}/{name}", number, f"a number from {least:g} to {most:g}"))
    if not least <= number <= most:
        raise Refused(wrong(f"{group}/{name}", number, f"{least:g} to {most:g}"))
