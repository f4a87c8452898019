"""What the published schema itself refuses: a required field left out, a value off a closed list.

Knows no field by name but for those that the schema calls required although empty is a value there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from console.localcluster.api.refusals import StatusCause, required, unsupported
from console.localcluster.api.schemas import property_schema, resolve
from console.localcluster.changes import JsonObject

_NOTHING = (None, "", 0)
_MAY_BE_EMPTY = {"value", "lun", "seconds"}
"""Of a header or a sysctl, of a disk, of a sleep."""


def check_published(value: Any, declared: JsonObject, path: str) -> Iterator[StatusCause]:
    """Everything that the schema says against a value; an empty choice is left to the defaults."""
    schema = resolve(declared)
    if isinstance(value, dict):
        yield from _fields(value, schema, path)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from check_published(item, schema["items"], f"{path}[{index}]")
    elif value and value not in schema.get("enum", (value,)):
        yield unsupported(path, value, schema["enum"])


def _fields(value: JsonObject, schema: JsonObject, path: str) -> Iterator[StatusCause]:
    for field in schema.get("required", ()):
        if value.get(field) in _NOTHING and field not in _MAY_BE_EMPTY:
            yield required(f"{path}.{field}")
    for field, inner in value.items():
        declared = property_schema(schema, field)
        if declared is not None:
            yield from check_published(inner, declared, f"{path}.{field}")
