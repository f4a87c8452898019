"""References into a values document: `$.submission.name`, `$.items[0].key`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.specs.document_places import Place, spell
from console.specs.mistakes import suggestion

_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_-]*)|\[(\d{1,6})\]")


@dataclass(frozen=True, slots=True)
class Unresolved(Exception):
    """Why a reference leads nowhere, and what is near."""

    why: str


def parse_reference(text: str) -> Place | None:
    """The steps of `$.a.b[0]`; None for anything that is not such a reference."""
    if not text.startswith("$"):
        return None
    steps: list[str | int] = []
    position = 1
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            return None
        steps.append(match[1] if match[1] is not None else int(match[2]))
        position = match.end()
    return tuple(steps) or None


def resolve(document: Mapping[str, Any], place: Place) -> Any:
    """The value at a place. Raises Unresolved, naming the step and the nearest existing key."""
    current: Any = document
    for depth, step in enumerate(place):
        so_far = spell(("$", *place[:depth]))
        if isinstance(step, int):
            current = _item(current, step, so_far)
        elif not isinstance(current, Mapping):
            raise Unresolved(f"{so_far} is {kind_of(current)} and has no key {step}.")
        elif step not in current:
            near = suggestion(step, tuple(current), prefix=f"{so_far}.")
            raise Unresolved(f"the values have no {spell(('$', *place))}.{near}")
        else:
            current = current[step]
    return current


def _item(current: Any, index: int, so_far: str) -> Any:
    if not isinstance(current, list):
        raise Unresolved(f"{so_far} is {kind_of(current)}, not a list.")
    if index >= len(current):
        raise Unresolved(f"{so_far} has {len(current)} items; [{index}] is beyond its end.")
    return current[index]


def kind_of(value: Any) -> str:
    """What a value is, in words for a message."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "a mapping"
