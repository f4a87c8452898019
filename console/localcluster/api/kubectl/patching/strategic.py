"""Kubernetes' strategic merge patches: lists merge by the key that the schema names. Pure."""

from __future__ import annotations

from typing import Any

from console.localcluster.api.merge_patch import apply_merge_patch
from console.localcluster.api.refusals import ApiFailure
from console.localcluster.api.schemas import named, property_schema, resolve
from console.localcluster.changes import JsonObject

_DIRECTIVE = "$patch"
_RETAIN = "$retainKeys"
_DELETE_PRIMITIVES = "$deleteFromPrimitiveList/"
_ORDER = "$setElementOrder/"


def apply_strategic_patch(schema_name: str, current: JsonObject, patch: Any) -> JsonObject:
    """The object after the patch. Raises ApiFailure 400, and 415 for kinds without a schema."""
    schema = named(schema_name)
    if schema is None:
        raise ApiFailure(415, "strategic merge patches need a known kind")
    if not isinstance(patch, dict):
        raise ApiFailure(400, "error decoding patch: it is not an object")
    merged = _merge_object(current, patch, schema)
    return merged if merged is not None else {}


def _merge_object(current: Any, patch: JsonObject, schema: JsonObject) -> JsonObject | None:
    """The merged object, None when the patch deletes it."""
    directive = patch.get(_DIRECTIVE)
    if directive == "delete":
        return None
    if directive == "replace":
        return {key: value for key, value in patch.items() if key != _DIRECTIVE}
    result: JsonObject = dict(current) if isinstance(current, dict) else {}
    if isinstance(patch.get(_RETAIN), list):
        result = {key: value for key, value in result.items() if key in patch[_RETAIN]}
    for key, value in patch.items():
        if key.startswith(_DELETE_PRIMITIVES) and isinstance(value, list):
            field = key.removeprefix(_DELETE_PRIMITIVES)
            result[field] = [item for item in result.get(field) or [] if item not in value]
        elif not key.startswith("$"):
            _merge_field(result, key, value, schema)
    _reorder(result, patch, schema)
    return result


def _merge_field(result: JsonObject, key: str, value: Any, schema: JsonObject) -> None:
    declared = property_schema(schema, key) or {}
    if value is None:
        result.pop(key, None)
    elif isinstance(value, list) and "merge" in declared.get("x-kubernetes-patch-strategy", ""):
        result[key] = _merge_list(result.get(key) or [], value, declared)
    elif isinstance(value, dict) and declared:
        merged = _merge_object(result.get(key), value, declared)
        if merged is None:
            result.pop(key, None)
        else:
            result[key] = merged
    else:
        result[key] = apply_merge_patch(result.get(key), value)


def _merge_list(current: list[Any], patch: list[Any], declared: JsonObject) -> list[Any]:
    merge_key = declared.get("x-kubernetes-patch-merge-key")
    if merge_key is None:
        return current + [item for item in patch if item not in current]
    if any(isinstance(item, dict) and item.get(_DIRECTIVE) == "replace" for item in patch):
        return [item for item in patch if not (isinstance(item, dict) and _DIRECTIVE in item)]
    result = list(current)
    for item in patch:
        if not isinstance(item, dict) or merge_key not in item:
            text = f"map: {item} does not contain declared merge key: {merge_key}"
            raise ApiFailure(400, text)
        _merge_item(result, item, merge_key, resolve(declared)["items"])
    return result


def _merge_item(result: list[Any], item: JsonObject, merge_key: str, schema: JsonObject) -> None:
    places = [index for index, old in enumerate(result) if old.get(merge_key) == item[merge_key]]
    current = result[places[0]] if places else None
    merged = _merge_object(current, item, schema)
    if merged is None:
        for index in reversed(places):
            del result[index]
    elif places:
        result[places[0]] = merged
    else:
        result.append(merged)


def _reorder(result: JsonObject, patch: JsonObject, schema: JsonObject) -> None:
    """Put lists into the order that `$setElementOrder/<field>` tells; others keep their place."""
    for key, order in patch.items():
        field = key.removeprefix(_ORDER)
        if field == key or not isinstance(order, list) or not isinstance(result.get(field), list):
            continue
        declared = property_schema(schema, field) or {}
        merge_key = declared.get("x-kubernetes-patch-merge-key")
        wanted = [_identity(item, merge_key) for item in order]
        items = result[field]
        named_items = {_identity(item, merge_key): item for item in items}
        rest = [item for item in items if _identity(item, merge_key) not in wanted]
        result[field] = [named_items[name] for name in wanted if name in named_items] + rest


def _identity(item: Any, merge_key: str | None) -> str:
    if merge_key is not None and isinstance(item, dict):
        return repr(item.get(merge_key))
    return repr(item)
