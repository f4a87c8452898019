"""How answers are put on the wire: JSON bodies, forms of objects and lists, warnings. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from aiohttp import web

from console.localcluster.api.kubectl.negotiation import AnswerForm
from console.localcluster.api.kubectl.newer_events import in_newer_words
from console.localcluster.api.kubectl.tables import partial, table
from console.localcluster.api.refusals import ApiFailure
from console.localcluster.api.resources import NEWER_EVENTS, Resource
from console.localcluster.changes import JsonObject


def json_answer(
    body: object,
    *,
    code: int = 200,
    warnings: Sequence[str] = (),
) -> web.Response:
    """A JSON body; every warning becomes a Warning header, which kubectl prints."""
    answer = web.Response(status=code, body=msgspec.json.encode(body))
    answer.headers["Content-Type"] = "application/json"
    answer.headers["Cache-Control"] = "no-cache, private"
    for text in warnings:
        quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
        answer.headers.add("Warning", f'299 - "{quoted}"')
    return answer


def failure_answer(failure: ApiFailure) -> web.Response:
    """The Status of a refusal; 401 says how to authenticate."""
    answer = json_answer(failure.status(), code=failure.code)
    if failure.code == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def object_body(
    resource: Resource, obj: JsonObject, form: AnswerForm, include: str, now: datetime
) -> JsonObject:
    """One object in the form asked for."""
    if form is AnswerForm.TABLE:
        metadata = {"resourceVersion": obj["metadata"].get("resourceVersion", "")}
        return table(resource, [obj], metadata, now=now, include=include)
    if form in (AnswerForm.PARTIAL, AnswerForm.PARTIAL_LIST):
        return partial(obj)
    return with_kind(resource, obj)


def list_body(
    resource: Resource,
    objects: Sequence[JsonObject],
    metadata: JsonObject,
    form: AnswerForm,
    include: str,
    now: datetime,
) -> JsonObject:
    """A list in the form asked for; items carry no kind, as on a real server."""
    if form is AnswerForm.TABLE:
        return table(resource, objects, metadata, now=now, include=include)
    if form in (AnswerForm.PARTIAL, AnswerForm.PARTIAL_LIST):
        kind, version = "PartialObjectMetadataList", "meta.k8s.io/v1"
        return _list(kind, version, metadata, [partial(obj) for obj in objects])
    items = [_own_fields(resource, obj) for obj in objects]
    return _list(f"{resource.kind}List", resource.api_version, metadata, items)


def with_kind(resource: Resource, obj: JsonObject) -> JsonObject:
    """The object with kind and apiVersion first, whoever stored it."""
    return {"kind": resource.kind, "apiVersion": resource.api_version} | _own_fields(resource, obj)


def _own_fields(resource: Resource, obj: JsonObject) -> JsonObject:
    """Without kind and apiVersion, in the words of the resource's version."""
    fields = {key: value for key, value in obj.items() if key not in ("kind", "apiVersion")}
    return in_newer_words(fields) if resource.group == NEWER_EVENTS else fields


def _list(kind: str, version: str, metadata: JsonObject, items: list[JsonObject]) -> JsonObject:
    return {"kind": kind, "apiVersion": version, "metadata": metadata, "items": items}
