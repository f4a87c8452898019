"""Reading fields of untrusted JSON objects: the right kind or Unusable. Pure."""

from __future__ import annotations

from typing import Any

LONGEST_TEXT = 2000
MOST_PARTS = 1000


class UnusableField(ValueError):
    """A field is missing or of the wrong kind; the argument is its name."""


def part(payload: dict[str, Any], name: str) -> dict[str, Any]:
    """An object."""
    found = payload.get(name)
    if not isinstance(found, dict):
        raise UnusableField(name)
    return found


def parts(payload: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """A list of objects; an absent one is empty, a long one is cut."""
    found = payload.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise UnusableField(name)
    return found[:MOST_PARTS]


def text(payload: dict[str, Any], name: str, *, missing: str | None = None) -> str:
    """A string, cut at LONGEST_TEXT; null and absent are `missing` where there is one."""
    found = payload.get(name)
    if found is None and missing is not None:
        return missing
    if not isinstance(found, str):
        raise UnusableField(name)
    return found[:LONGEST_TEXT]


def whole(payload: dict[str, Any], name: str, *, missing: int | None = None) -> int:
    """An integer of believable size."""
    found = payload.get(name)
    if found is None and missing is not None:
        return missing
    if isinstance(found, bool) or not isinstance(found, int) or abs(found) > 10**12:
        raise UnusableField(name)
    return found


def maybe_whole(payload: dict[str, Any], name: str) -> int | None:
    """An integer of believable size, or null for one that the writer does not know."""
    return None if name in payload and payload[name] is None else whole(payload, name)


def number(payload: dict[str, Any], name: str) -> float:
    """An integer or a float of believable size."""
    found = payload.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float) or abs(found) > 10**12:
        raise UnusableField(name)
    return float(found)
