"""Cuts console/specs/job_schema.json out of the API's own schemas: `make schema`.

The console checks a Job with twenty kilobytes of it, without descriptions and status; the embedded
API publishes all. A test holds the file against what this makes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CONSOLE = Path(__file__).resolve().parents[1] / "console"
PUBLISHED = CONSOLE / "localcluster" / "api" / "schemas.json"
FILE = CONSOLE / "specs" / "job_schema.json"

_SOURCE = (
    "OpenAPI v3 document of batch/v1 as Kubernetes 1.36 publishes it,"
    " without descriptions and status"
)
_JOB = "io.k8s.api.batch.v1.Job"
_PREFIX = "#/components/schemas/"
_SCALARS = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "integer or string",
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "any",
}


def cut_down(published: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The types below a Job by their short names, in alphabetical order."""
    found: dict[str, dict[str, Any]] = {}
    waiting = [_JOB]
    while waiting:
        name = waiting.pop()
        if _short(name) in found:
            continue
        schema = published[name]
        fields = dict(schema["properties"])
        if name == _JOB:
            del fields["status"]
        made: dict[str, Any] = {"keys": {key: _kind(fields[key], published) for key in fields}}
        if wanted := sorted(schema.get("required", ())):
            made["required"] = wanted
        found[_short(name)] = made
        waiting += [
            each for field in fields.values() for each in _types_with_keys(field, published)
        ]
    return dict(sorted(found.items()))


def text_of(types: dict[str, dict[str, Any]]) -> str:
    """The file: one type a line, so that a newer Kubernetes is read as a diff."""
    lines = ",\n".join(f"    {json.dumps(name)}: {json.dumps(types[name])}" for name in types)
    return f'{{\n  "source": {json.dumps(_SOURCE)},\n  "types": {{\n{lines}\n  }}\n}}\n'


def published() -> dict[str, Any]:
    """Every schema of the embedded API."""
    schemas: dict[str, Any] = json.loads(PUBLISHED.read_text())
    return schemas


def _reference(schema: dict[str, Any]) -> str:
    inner = schema.get("allOf", [schema])
    return str(inner[0].get("$ref", "")).removeprefix(_PREFIX)


def _short(name: str) -> str:
    return name.rpartition(".")[2]


def _kind(schema: dict[str, Any], published: dict[str, Any]) -> str:
    if name := _reference(schema):
        target = published[name]
        return _SCALARS.get(name) or (_short(name) if "properties" in target else target["type"])
    if schema.get("type") == "array":
        return f"[{_kind(schema['items'], published)}]"
    if "additionalProperties" in schema:
        return f"{{{_kind(schema['additionalProperties'], published)}}}"
    return str(schema.get("type", "any"))


def _types_with_keys(schema: dict[str, Any], published: dict[str, Any]) -> list[str]:
    inner = schema.get("items") or schema.get("additionalProperties") or schema
    name = _reference(inner)
    return [name] if "properties" in published.get(name, ()) else []


if __name__ == "__main__":
    FILE.write_text(text_of(cut_down(published())))
