"""Requests about objects: which verb on what, answered from the store."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from console.localcluster.api.answers import json_answer, list_body, object_body
from console.localcluster.api.evicting import evict
from console.localcluster.api.kubectl.negotiation import wanted_form
from console.localcluster.api.listing import list_page
from console.localcluster.api.log_routes import serve_log
from console.localcluster.api.options import list_options, write_options
from console.localcluster.api.patch_routes import media_type, patched, request_body
from console.localcluster.api.paths import Target, parse_target
from console.localcluster.api.reaching import serve_attach, serve_exec, serve_port_forward
from console.localcluster.api.refusals import as_api_failures, method_not_allowed
from console.localcluster.api.removing import delete, delete_options
from console.localcluster.api.reviews import is_review, review
from console.localcluster.api.settings import SETTINGS
from console.localcluster.api.watch_routes import serve_watch
from console.localcluster.api.writing import Written, create, replace

_Action = Callable[[web.Request, Target], Awaitable[web.StreamResponse]]


async def serve_objects(request: web.Request) -> web.StreamResponse:
    """Everything below /api/v1/ and /apis/<group>/<version>/."""
    parts = request.match_info
    target = parse_target(parts.get("group", ""), parts["version"], parts["rest"].rstrip("/"))
    verb, action = _choose(request, target)
    allowed = target.subresource_verbs() if target.subresource else target.resource.verbs
    if verb not in allowed:
        raise method_not_allowed()
    return await action(request, target)


def _choose(request: web.Request, target: Target) -> tuple[str, _Action]:
    if target.subresource in _INTO_PODS:
        return ("get" if request.method == "GET" else "create"), _INTO_PODS[target.subresource]
    if target.subresource == "log":
        return ("get" if request.method == "GET" else "create"), serve_log
    if target.subresource == "eviction":
        if request.method != "POST":
            raise method_not_allowed()
        return "create", _evict
    table = _ON_ONE if target.name else _ON_MANY
    if request.method not in table:
        raise method_not_allowed()
    return table[request.method]


async def _list_or_watch(request: web.Request, target: Target) -> web.StreamResponse:
    settings = request.app[SETTINGS]
    options = list_options(request.query, target.resource.qualified_name)
    form = wanted_form(request.headers.get("Accept", ""))
    if options.watch:
        return await serve_watch(request, target, options, form)
    page = list_page(settings.store, target.resource, target.namespace, options)
    now, include = settings.store.now(), options.include_object
    body = list_body(target.resource, page.objects, page.metadata, form, include, now)
    return json_answer(body)


async def _get(request: web.Request, target: Target) -> web.StreamResponse:
    store = request.app[SETTINGS].store
    form = wanted_form(request.headers.get("Accept", ""))
    include = request.query.get("includeObject") or "Metadata"
    with as_api_failures(target.resource):
        obj = store.get(target.resource.name, target.namespace, target.name)
    return json_answer(object_body(target.resource, obj, form, include, store.now()))


async def _create(request: web.Request, target: Target) -> web.StreamResponse:
    settings = request.app[SETTINGS]
    body = await request_body(request)
    if is_review(target.resource):
        return json_answer(review(target.resource, body), code=201)
    if target.resource.namespaced and target.namespace is None:
        raise method_not_allowed()
    options = write_options(request.query)
    written = create(settings.store, target.resource, target.namespace, body, options)
    return _written(request, target, written, code=201)


async def _put(request: web.Request, target: Target) -> web.StreamResponse:
    body = await request_body(request)
    written = replace(
        request.app[SETTINGS].store,
        target.resource,
        target.namespace,
        target.name,
        lambda _: body,
        write_options(request.query),
        target.subresource,
    )
    return _written(request, target, written)


async def _patch(request: web.Request, target: Target) -> web.StreamResponse:
    written, created = await patched(request, target)
    return _written(request, target, written, code=201 if created else 200)


def _written(
    request: web.Request, target: Target, written: Written, *, code: int = 200
) -> web.Response:
    form = wanted_form(request.headers.get("Accept", ""))
    now = request.app[SETTINGS].store.now()
    body = object_body(target.resource, written.obj, form, "Metadata", now)
    return json_answer(body, code=code, warnings=written.warnings)


async def _delete(request: web.Request, target: Target) -> web.StreamResponse:
    options = delete_options(request.query, await request.read(), media_type(request))
    store = request.app[SETTINGS].store
    answer = delete(store, target.resource, target.namespace, target.name, options)
    if answer.get("kind") != "Status":
        answer = object_body(
            target.resource, answer, wanted_form("application/json"), "Metadata", store.now()
        )
    return json_answer(answer)


async def _delete_many(request: web.Request, target: Target) -> web.StreamResponse:
    options = delete_options(request.query, await request.read(), media_type(request))
    store, query = (
        request.app[SETTINGS].store,
        list_options(request.query, target.resource.qualified_name),
    )
    page = list_page(store, target.resource, target.namespace, query)
    for obj in page.objects:
        meta = obj["metadata"]
        delete(store, target.resource, meta.get("namespace"), meta["name"], options)
    form = wanted_form(request.headers.get("Accept", ""))
    now = store.now()
    body = list_body(target.resource, page.objects, page.metadata, form, "Metadata", now)
    return json_answer(body)


async def _evict(request: web.Request, target: Target) -> web.StreamResponse:
    body = await request_body(request)
    store, pods = request.app[SETTINGS].store, target.resource
    answer = evict(store, pods, target.namespace, target.name, body, request.query)
    return json_answer(answer, code=201)


_INTO_PODS: dict[str, _Action] = {
    "attach": serve_attach,
    "exec": serve_exec,
    "portforward": serve_port_forward,
}
_ON_ONE: dict[str, tuple[str, _Action]] = {
    "GET": ("get", _get),
    "PUT": ("update", _put),
    "PATCH": ("patch", _patch),
    "DELETE": ("delete", _delete),
}
_ON_MANY: dict[str, tuple[str, _Action]] = {
    "GET": ("list", _list_or_watch),
    "POST": ("create", _create),
    "DELETE": ("deletecollection", _delete_many),
}
