"""Request bodies to objects of the right shape: wrong types are refused, unknown fields reported.

Knows schemas; the rules about values are in `validation`.
"""

from __future__ import annotations

from typing import Any

import msgspec
import yaml

from console.kubernetes_grammar.quantities import is_quantity
from console.localcluster.api.refusals import ApiFailure
from console.localcluster.api.resources import Resource
from console.localcluster.api.schemas import named, property_schema, resolve
from console.localcluster.changes import JsonObject

_QUANTITY_RULE = (
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
)
_LIMITS = {"int32": 2**31, "int64": 2**63}
_GO_NAMES = {"string": "string", "boolean": "bool", "array": "slice", "object": "struct"}
_UNSUPPORTED = (
    "the body of the request was in an unknown format - accepted media types include:"
    " application/json, application/yaml"
)


def parse_body(raw: bytes, content_type: str) -> JsonObject:
    """The object in a JSON or YAML body. Raises ApiFailure 400 or 415."""
    media = content_type.partition(";")[0].strip()
    if media in ("application/yaml", "application/apply-patch+yaml"):
        return _as_object(_parse_yaml(raw))
    if media not in ("application/json", "", "*/*"):
        raise ApiFailure(415, _UNSUPPORTED)
    return _as_object(parse_json(raw))


def parse_json(raw: bytes) -> Any:
    """Any JSON value. Raises ApiFailure 400."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ApiFailure(400, f"couldn't get version/kind; json parse error: {error}") from error


def _parse_yaml(raw: bytes) -> Any:
    try:
        # Through JSON, so that YAML's dates and odd keys become what JSON would have said.
        return msgspec.json.decode(msgspec.json.encode(yaml.safe_load(raw)))
    except (yaml.YAMLError, msgspec.MsgspecError, ValueError, TypeError, RecursionError) as error:
        raise ApiFailure(400, f"error converting YAML to JSON: {error}") from error


def _as_object(value: Any) -> JsonObject:
    if not isinstance(value, dict):
        raise ApiFailure(400, "Object 'Kind' is missing in the body: it is not an object")
    return value


def check_kind(resource: Resource, obj: JsonObject) -> None:
    """The body must be of the URL's kind; an absent kind is taken from the URL."""
    kind, version = obj.get("kind"), obj.get("apiVersion")
    if kind in (None, resource.kind) and version in (None, resource.api_version):
        return
    sent = f"{version}, Kind={kind}"
    expected = f"{resource.api_version}, Kind={resource.kind}"
    message = f"the API version in the data ({sent}) does not match the expected API version"
    raise ApiFailure(400, f"{message} ({expected})")


def check_shape(resource: Resource, obj: JsonObject, field_validation: str) -> list[str]:
    """Warnings about unknown fields, which are removed from `obj`.

    Raises ApiFailure 400: a value of a wrong type, or an unknown field under Strict.
    """
    schema = named(resource.schema)
    if schema is None:
        return []
    unknown: list[str] = []
    try:
        _walk(obj, schema, "", unknown)
    except _WrongShape as error:
        raise _cannot_handle(resource, str(error)) from error
    texts = [f'unknown field "{path}"' for path in unknown]
    if texts and field_validation == "Strict":
        raise _cannot_handle(resource, f"strict decoding error: {', '.join(texts)}")
    return texts if field_validation == "Warn" else []


def _cannot_handle(resource: Resource, why: str) -> ApiFailure:
    what = f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}'
    return ApiFailure(400, f"{what}: {why}")


class _WrongShape(Exception):
    """A value whose type is not the field's."""


def _walk(value: Any, declared: JsonObject, path: str, unknown: list[str]) -> None:
    if value is None:
        return
    schema = resolve(declared)
    if "properties" in schema:
        _walk_fields(_typed(value, dict, "object", path), schema, path, unknown)
    elif "additionalProperties" in schema:
        _walk_entries(_typed(value, dict, "object", path), schema, path, unknown)
    elif schema.get("type") == "array":
        for index, item in enumerate(_typed(value, list, "array", path)):
            _walk(item, schema["items"], f"{path}[{index}]", unknown)
    else:
        _check_scalar(value, schema, path)


def _walk_fields(value: JsonObject, schema: JsonObject, path: str, unknown: list[str]) -> None:
    for key in list(value):
        inner = f"{path}.{key}" if path else str(key)
        declared = property_schema(schema, key)
        if declared is None:
            unknown.append(inner)
            del value[key]
        elif value[key] is None:
            del value[key]  # null means unset
        else:
            _walk(value[key], declared, inner, unknown)


def _walk_entries(value: JsonObject, schema: JsonObject, path: str, unknown: list[str]) -> None:
    inner = schema["additionalProperties"]
    for key, item in value.items():
        if item is None and inner.get("type") == "string":
            value[key] = ""
        _walk(item, inner, f"{path}.{key}", unknown)


def _check_scalar(value: Any, schema: JsonObject, path: str) -> None:
    kind = schema.get("type")
    if kind == "string":
        _typed(value, str, "string", path)
    elif kind == "boolean":
        _typed(value, bool, "boolean", path)
    elif kind == "integer":
        _check_integer(value, schema.get("format", "int64"), path)
    elif schema.get("format") == "int-or-string":
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise _mismatch(value, "intstr", path)
    elif "oneOf" in schema and not is_quantity(value):
        raise _WrongShape(_QUANTITY_RULE)


def _check_integer(value: Any, width: str, path: str) -> None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _mismatch(value, width, path)
    if not -_LIMITS[width] <= value < _LIMITS[width]:
        text = f"json: cannot unmarshal number {value} into Go struct field {path} of type {width}"
        raise _WrongShape(text)


def _typed(value: Any, expected: type, kind: str, path: str) -> Any:
    if isinstance(value, expected):
        return value
    raise _mismatch(value, _GO_NAMES[kind], path)


def _mismatch(value: Any, go_type: str, path: str) -> _WrongShape:
    sent = "string" if isinstance(value, str) else "bool" if isinstance(value, bool) else ""
    sent = sent or ("number" if isinstance(value, int | float) else "")
    sent = sent or ("object" if isinstance(value, dict) else "array")
    text = f"json: cannot unmarshal {sent} into Go struct field {path} of type {go_type}"
    return _WrongShape(text)
