"""The Kubernetes OpenAPI schemas of the kinds that can be written, read from `schemas.json`.

The file holds the schemas that a v1.36 API server publishes; those of the rbac and resource groups
are written by hand. Knows shapes only: which fields exist, of what type, and how lists merge.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from console.localcluster.changes import JsonObject
from console.struct_library import decoder_of

_FILE = Path(__file__).with_name("schemas.json")
_PREFIX = "#/components/schemas/"
_TOLD = re.compile(r'\b[Dd]efaults? to "?(?P<word>[\w./-]*)|`(?P<choice>\w+)` \(default\)')


@cache
def all_schemas() -> dict[str, JsonObject]:
    """Every schema by its name."""
    return decoder_of(dict[str, JsonObject]).decode(_FILE.read_bytes())


def resolve(schema: JsonObject) -> JsonObject:
    """Follow `$ref`, directly or inside a single `allOf`."""
    while name := referred(schema):
        schema = all_schemas()[name]
    return schema


def referred(schema: JsonObject) -> str:
    """The name of the schema that one refers to, empty where it stands for itself."""
    reference = schema.get("$ref", "")
    if not reference and len(schema.get("allOf", ())) == 1:
        reference = schema["allOf"][0].get("$ref", "")
    return str(reference).removeprefix(_PREFIX)


def named(name: str) -> JsonObject | None:
    """The schema of that name, None when the kind is not known."""
    return all_schemas().get(name)


def property_schema(schema: JsonObject, field: str) -> JsonObject | None:
    """The schema of one field as declared there (with its list annotations), or None."""
    resolved = resolve(schema)
    found = resolved.get("properties", {}).get(field)
    if found is None:
        found = resolved.get("additionalProperties")
    return found if isinstance(found, dict) else None


@cache
def default(name: str, field: str) -> Any:
    """The value that the API publishes for a field that is left out; None where it tells none.

    Few are in the schema proper. Most are told in the description, in words that do not vary:
    `Defaults to 0644.`, or `NonIndexed` (default).
    """
    declared = all_schemas()[name]["properties"][field]
    if "default" in declared:
        return declared["default"]
    told = _TOLD.search(declared["description"])
    if told is None:
        return None
    word = (told["word"] or told["choice"] or "").rstrip(".")
    if declared.get("type") == "integer":
        # A leading zero means octal there: these are the modes of files.
        return int(word, 8 if word.startswith("0") else 10)
    return {"boolean": word == "true", "string": word}.get(declared.get("type", ""), {})


def fill(obj: JsonObject, name: str, *fields: str) -> None:
    """Give these fields of an object of that schema their defaults, where it says nothing.

    To the server, which has a struct of it, an empty word is nothing.
    """
    for field in fields:
        if obj.get(field) in (None, ""):
            obj[field] = copy.copy(default(name, field))


def each_part(value: Any, name: str) -> Iterator[tuple[str, JsonObject]]:
    """An object of that schema and every object in it whose schema has a name, outermost first."""
    yield name, value
    for field, inner in value.items():
        declared = property_schema(all_schemas()[name], field) or {}
        items = inner if isinstance(inner, list) else [inner]
        below = referred(declared) or referred(declared.get("items", {}))
        for item in items if below else ():
            if isinstance(item, dict):
                yield from each_part(item, below)


def nothing(name: str) -> JsonObject:
    """An object of that schema in which nothing is said: the fields a server never leaves out."""
    schema = all_schemas()[name]
    fields: JsonObject = {}
    for field, declared in schema["properties"].items():
        if "default" in declared:
            below = referred(declared)
            fields[field] = nothing(below) if below else declared["default"]
        elif field in schema.get("required", ()):
            fields[field] = None
    return fields


def description(name: str, field: str = "") -> str:
    """What the API says about a kind or one of its fields."""
    schema = all_schemas()[name]
    text = schema["properties"][field]["description"] if field else schema["description"]
    return str(text)
