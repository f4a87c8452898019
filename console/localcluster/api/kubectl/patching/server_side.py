"""Server-side apply, reduced: the applied fields are merged, and remembered per manager.

What a manager applied earlier and leaves out now is removed, unless another manager applied it
too. Conflicts between managers are not detected: every apply acts as if it were forced.
"""

from __future__ import annotations

import copy
import json
from typing import Any

from console.localcluster.api.schemas import named, property_schema, resolve
from console.localcluster.changes import JsonObject

_Fields = dict[str, Any]
_ASIDE = ("apiVersion", "kind", "status")


def apply_configuration(
    schema_name: str, current: JsonObject | None, applied: JsonObject, manager: str, time: str
) -> JsonObject:
    """The object after `manager` applied its configuration; managedFields is kept up to date."""
    schema = named(schema_name) or {}
    before = copy.deepcopy(current) if current else {}
    entries = before.get("metadata", {}).pop("managedFields", [])
    mine = _fields_of(applied, schema, top=True)
    earlier, others = _earlier_fields(entries, manager)
    result: JsonObject = _prune(before, _minus(_minus(earlier, mine), others), schema)
    result = _merge(result, applied, schema)
    entry = {"manager": manager, "operation": "Apply", "apiVersion": applied.get("apiVersion", "")}
    entry |= {"time": time, "fieldsType": "FieldsV1", "fieldsV1": mine}
    kept = [e for e in entries if not _is_mine(e, manager)]
    result.setdefault("metadata", {})["managedFields"] = [*kept, entry]
    if current and _without_times(current) == _without_times(result):
        return current
    return result


def _is_mine(entry: JsonObject, manager: str) -> bool:
    return entry.get("manager") == manager and entry.get("operation") == "Apply"


def _without_times(obj: JsonObject) -> JsonObject:
    copied = copy.deepcopy(obj)
    for entry in copied.get("metadata", {}).get("managedFields", []):
        entry.pop("time", None)
    return copied


def _earlier_fields(entries: list[JsonObject], manager: str) -> tuple[_Fields, _Fields]:
    mine: _Fields = {}
    others: _Fields = {}
    for entry in entries:
        fields = entry.get("fieldsV1") or {}
        if _is_mine(entry, manager):
            mine = fields
        elif entry.get("operation") == "Apply":
            others = _union(others, fields)
    return mine, others


def _union(one: _Fields, other: _Fields) -> _Fields:
    keys = {**one, **other}
    return {key: _union(one.get(key, {}), other.get(key, {})) for key in keys}


def _minus(one: _Fields, other: _Fields) -> _Fields:
    """The leaves of `one` that are not in `other`."""
    result: _Fields = {}
    for key, inner in one.items():
        if key not in other:
            result[key] = inner
        elif left := _minus(inner, other[key]):
            result[key] = left
    return result


def _keys_of(declared: JsonObject) -> list[str]:
    keys = declared.get("x-kubernetes-list-map-keys")
    return list(keys) if keys else []


def _element_key(item: JsonObject, keys: list[str], schema: JsonObject) -> str:
    values = {}
    for key in keys:
        default = (property_schema(schema, key) or {}).get("default")
        given = item.get(key)
        values[key] = (default or None) if given is None else given
    return "k:" + json.dumps(values, separators=(",", ":"), sort_keys=True)


def _fields_of(value: Any, declared: JsonObject, *, top: bool = False) -> _Fields:
    """The set of fields in `value`, in the FieldsV1 notation."""
    schema = resolve(declared)
    if isinstance(value, dict):
        fields = {
            f"f:{key}": _fields_of(inner, property_schema(schema, key) or {})
            for key, inner in value.items()
            if not (top and key in _ASIDE)
        }
        if top:
            named_only = ("f:name", "f:namespace")
            meta = fields.get("f:metadata", {})
            fields["f:metadata"] = {k: v for k, v in meta.items() if k not in named_only}
        return {key: inner for key, inner in fields.items() if key != "f:metadata" or inner}
    keys = _keys_of(declared)
    if isinstance(value, list) and keys:
        items = schema.get("items", {})
        elements = {_element_key(i, keys, items): _fields_of(i, items) for i in value}
        return {key: {".": {}} | inner for key, inner in elements.items()}
    return {}


def _prune(value: Any, fields: _Fields, declared: JsonObject) -> Any:
    """The value without the given leaves."""
    schema = resolve(declared)
    if isinstance(value, dict):
        result = {}
        for key, inner in value.items():
            gone = fields.get(f"f:{key}")
            if gone is None:
                result[key] = inner
            elif gone:
                result[key] = _prune(inner, gone, property_schema(schema, key) or {})
        return result
    if isinstance(value, list) and (keys := _keys_of(declared)):
        items = schema.get("items", {})
        kept = []
        for item in value:
            gone = fields.get(_element_key(item, keys, items))
            if gone is None:
                kept.append(item)
            elif "." not in gone:
                kept.append(_prune(item, gone, items))
        return kept
    return value


def _merge(current: Any, applied: Any, declared: JsonObject) -> Any:
    schema = resolve(declared)
    if isinstance(applied, dict):
        result = dict(current) if isinstance(current, dict) else {}
        for key, inner in applied.items():
            result[key] = _merge(result.get(key), inner, property_schema(schema, key) or {})
        return result
    keys = _keys_of(declared)
    if isinstance(applied, list) and keys and isinstance(current, list):
        items = schema.get("items", {})
        merged = {_element_key(item, keys, items): item for item in current}
        for item in applied:
            name = _element_key(item, keys, items)
            merged[name] = _merge(merged.get(name), item, items)
        return list(merged.values())
    return applied
