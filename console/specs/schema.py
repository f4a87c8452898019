"""Which keys a Job has and of which type their values are. Knows no rule beyond that.

`job_schema.json` is cut (`make schema`) out of the document that Kubernetes publishes and the
embedded API serves: 22 kB instead of 350 to read at each start. A type is written as `string`,
`integer`, `boolean`, `number`, `quantity`, `any`, `integer or string`, the name of a type with
keys, `[type]` for a list and `{type}` for a mapping with free keys.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from console.specs.document_places import Place
from console.specs.mistakes import suggestion
from console.specs.references import kind_of

_WANTED = {
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
    "number": "a number",
    "quantity": "a quantity",
    "integer or string": "a whole number or text",
}


class Misfit(msgspec.Struct, frozen=True):
    """One place that does not fit the schema."""

    place: Place
    what: str
    """The sentence after the place's name: `is a number, but text is wanted`."""
    about_key: bool = False
    """The key itself is the misfit, whatever its value."""


@cache
def _types() -> dict[str, dict[str, Any]]:
    text = (Path(__file__).parent / "job_schema.json").read_text(encoding="utf-8")
    types: dict[str, dict[str, Any]] = json.loads(text)["types"]
    return types


def misfits(value: Any, kind: str = "Job", place: Place = ()) -> Iterator[Misfit]:
    """Every unknown key, missing key and wrong type below `value`."""
    if kind == "any":
        return
    if kind.startswith("["):
        yield from _list_misfits(value, kind[1:-1], place)
    elif kind.startswith("{"):
        yield from _map_misfits(value, kind[1:-1], place)
    elif kind in _types():
        yield from _object_misfits(value, kind, place)
    elif not _fits(value, kind):
        yield Misfit(place, _wrong(value, _WANTED[kind]))


def _list_misfits(value: Any, kind: str, place: Place) -> Iterator[Misfit]:
    if not isinstance(value, list):
        yield Misfit(place, _wrong(value, "a list"))
        return
    for index, item in enumerate(value):
        yield from misfits(item, kind, (*place, index))


def _map_misfits(value: Any, kind: str, place: Place) -> Iterator[Misfit]:
    if not isinstance(value, dict):
        yield Misfit(place, _wrong(value, "a mapping"))
        return
    for key, item in value.items():
        yield from misfits(item, kind, (*place, key))


def _object_misfits(value: Any, kind: str, place: Place) -> Iterator[Misfit]:
    if not isinstance(value, dict):
        yield Misfit(place, _wrong(value, "a mapping"))
        return
    keys = _types()[kind]["keys"]
    for key, item in value.items():
        if key in keys:
            yield from misfits(item, keys[key], (*place, key))
        else:
            what = f"is no key of {kind}.{suggestion(key, keys)}"
            yield Misfit((*place, key), what, about_key=True)
    for key in _types()[kind].get("required", ()):
        if key not in value:
            yield Misfit((*place, key), f"is missing; {kind} needs it.", about_key=True)


def _fits(value: Any, kind: str) -> bool:
    match value:
        case bool():
            return kind == "boolean"
        case str():
            return kind in ("string", "quantity", "integer or string")
        case int():
            return kind in ("integer", "number", "quantity", "integer or string")
        case float():
            return kind in ("number", "quantity")
        case _:
            return False


def _wrong(value: Any, wanted: str) -> str:
    hint = " Put it in quotes." if wanted == "text" and isinstance(value, int | float) else ""
    return f"is {kind_of(value)}, but {wanted} is wanted.{hint}"


def kind_at(place: Place) -> str:
    """The type wanted at a place of a Job; `any` where the schema ends."""
    kind = "Job"
    for step in place:
        if kind in _types():
            kind = _types()[kind]["keys"].get(step, "any")
        elif kind[0] in "[{":
            kind = kind[1:-1]
        else:
            return "any"
    return kind
