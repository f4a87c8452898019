"""The Kubernetes OpenAPI schemas of the kinds that can be written, read from `schemas.json`.

The file holds the schemas that a v1.36 API server publishes; those of the rbac and resource groups
are written by hand. Knows shapes only: which fields exist, of what type, and how lists merge.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from console.localcluster.changes import JsonObject

_FILE = Path(__file__).with_name("schemas.json")
_PREFIX = "#/components/schemas/"


@cache
def all_schemas() -> dict[str, JsonObject]:
    """Every schema by its name."""
    return msgspec.json.decode(_FILE.read_bytes(), type=dict[str, JsonObject])


def resolve(schema: JsonObject) -> JsonObject:
    """Follow `$ref`, directly or inside a single `allOf`."""
    while True:
        reference = schema.get("$ref")
        if reference is None and len(schema.get("allOf", ())) == 1:
            reference = schema["allOf"][0].get("$ref")
        if reference is None:
            return schema
        schema = all_schemas()[reference.removeprefix(_PREFIX)]


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


def choices(name: str, field: str) -> tuple[str, ...]:
    """The closed list of values that the API publishes for a field."""
    return tuple(all_schemas()[name]["properties"][field]["enum"])


def default(name: str, field: str) -> Any:
    """The value that the API publishes for a field that is left out; None where it tells none.

    Most of a Job's defaults are told in the descriptions' prose alone: those are in `defaulting`.
    """
    return all_schemas()[name]["properties"][field].get("default")


def description(name: str, field: str = "") -> str:
    """What the API says about a kind or one of its fields."""
    schema = all_schemas()[name]
    text = schema["properties"][field]["description"] if field else schema["description"]
    return str(text)
