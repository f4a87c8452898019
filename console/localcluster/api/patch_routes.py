"""Bodies of writing requests, and which kind of patch a PATCH carries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from console.localcluster.api.decoding import parse_body, parse_json
from console.localcluster.api.kubectl.patching.json_patch import apply_json_patch
from console.localcluster.api.kubectl.patching.server_side import apply_configuration
from console.localcluster.api.kubectl.patching.strategic import apply_strategic_patch
from console.localcluster.api.kubectl.protobuf import MEDIA_TYPE, decode_protobuf
from console.localcluster.api.merge_patch import apply_merge_patch
from console.localcluster.api.options import WriteOptions, write_options
from console.localcluster.api.paths import Target
from console.localcluster.api.refusals import ApiFailure
from console.localcluster.api.settings import SETTINGS
from console.localcluster.api.writing import Written, create, replace
from console.localcluster.changes import JsonObject, timestamp

_APPLY = "application/apply-patch+yaml"
_JSON_PATCH = "application/json-patch+json"
_MERGE = "application/merge-patch+json"
_STRATEGIC = "application/strategic-merge-patch+json"


async def request_body(request: web.Request) -> JsonObject:
    """The object sent, from JSON, YAML or the few protobuf messages. Raises ApiFailure 400, 415."""
    raw, kind = await request.read(), media_type(request)
    return decode_protobuf(raw) if kind == MEDIA_TYPE else parse_body(raw, kind)


def media_type(request: web.Request) -> str:
    """What the body is said to be; JSON where nothing is said, as in `kubectl create --raw`."""
    return request.content_type if "Content-Type" in request.headers else "application/json"


async def patched(request: web.Request, target: Target) -> tuple[Written, bool]:
    """The patched object, and whether an apply has just created it. Raises ApiFailure."""
    raw, kind = await request.read(), request.content_type
    options = write_options(request.query)
    store = request.app[SETTINGS].store
    if kind == _APPLY:
        return _applied(request, target, parse_body(raw, kind), options)
    make = _maker(kind, target, parse_json(raw) if kind in _KINDS else None)
    written = replace(
        store, target.resource, target.namespace, target.name, make, options, target.subresource
    )
    return written, False


_KINDS = (_JSON_PATCH, _MERGE, _STRATEGIC)


def _maker(kind: str, target: Target, patch: Any) -> Callable[[JsonObject], JsonObject]:
    if kind == _JSON_PATCH:
        return lambda current: _object(apply_json_patch(current, patch))
    if kind == _MERGE:
        return lambda current: _object(apply_merge_patch(current, patch))
    if kind == _STRATEGIC:
        schema = target.resource.schema
        return lambda current: apply_strategic_patch(schema, current, patch)
    accepted = ", ".join((*_KINDS, _APPLY))
    message = "the body of the request was in an unknown format - accepted media types include"
    raise ApiFailure(415, f"{message}: {accepted}")


def _object(value: Any) -> JsonObject:
    if not isinstance(value, dict):
        raise ApiFailure(400, "the patch would leave no object")
    return value


def _applied(
    request: web.Request, target: Target, applied: JsonObject, options: WriteOptions
) -> tuple[Written, bool]:
    if not options.field_manager:
        rule = "fieldManager: Required value: is required for apply patch"
        message = f'PatchOptions.meta.k8s.io "" is invalid: {rule}'
        raise ApiFailure(422, message, reason="Invalid")
    store, resource = request.app[SETTINGS].store, target.resource
    time, schema, manager = timestamp(store.now()), resource.schema, options.field_manager
    if store.find(resource.name, target.namespace, target.name) is None:
        applied.setdefault("metadata", {}).setdefault("name", target.name)
        body = apply_configuration(schema, None, applied, manager, time)
        return create(store, resource, target.namespace, body, options), True
    written = replace(
        store,
        resource,
        target.namespace,
        target.name,
        lambda current: apply_configuration(schema, current, applied, manager, time),
        options,
        target.subresource,
    )
    return written, False
