"""Requests about the server itself: version, health, discovery, OpenAPI."""

from __future__ import annotations

import hashlib

import msgspec
from aiohttp import web

from console.localcluster.api.answers import json_answer
from console.localcluster.api.kubectl import discovery, openapi
from console.localcluster.api.kubectl.negotiation import wants_aggregated_discovery
from console.localcluster.api.refusals import no_such_path
from console.localcluster.api.resources import groups
from console.localcluster.api.version import version


async def serve_version(_: web.Request) -> web.StreamResponse:
    """GET /version."""
    return json_answer(version())


async def serve_health(_: web.Request) -> web.StreamResponse:
    """GET /healthz, /livez, /readyz."""
    return web.Response(text="ok")


async def serve_core_versions(request: web.Request) -> web.StreamResponse:
    """GET /api."""
    if media := wants_aggregated_discovery(request.headers.get("Accept", "")):
        return _tagged(request, msgspec.json.encode(discovery.aggregated([""])), media)
    return json_answer(discovery.api_versions(request.host))


async def serve_groups(request: web.Request) -> web.StreamResponse:
    """GET /apis."""
    if media := wants_aggregated_discovery(request.headers.get("Accept", "")):
        return _tagged(request, msgspec.json.encode(discovery.aggregated(groups())), media)
    return json_answer(discovery.group_list())


async def serve_group(request: web.Request) -> web.StreamResponse:
    """GET /apis/<group>."""
    name = request.match_info["group"]
    if name not in groups():
        raise no_such_path()
    body = {"kind": "APIGroup", "apiVersion": "v1"} | discovery.api_group(name)
    return json_answer(body)


async def serve_resources(request: web.Request) -> web.StreamResponse:
    """GET /api/v1, /apis/<group>/<version>."""
    group = request.match_info.get("group", "")
    if group and group not in groups():
        raise no_such_path()
    body = discovery.resource_list(group)
    expected = f"{group}/{request.match_info['version']}".removeprefix("/")
    if body["groupVersion"] != expected:
        raise no_such_path()
    return json_answer(body)


async def serve_openapi_index(request: web.Request) -> web.StreamResponse:
    """GET /openapi/v3."""
    return _tagged(request, msgspec.json.encode(openapi.index()), "application/json")


async def serve_openapi(request: web.Request) -> web.StreamResponse:
    """GET /openapi/v3/<path>."""
    found = openapi.document(request.match_info["path"])
    if found is None:
        raise no_such_path()
    return _tagged(request, found, "application/json")


async def serve_second_openapi(request: web.Request) -> web.StreamResponse:
    """GET /openapi/v2."""
    return _tagged(request, openapi.SECOND, openapi.SECOND_MEDIA)


def _tagged(request: web.Request, body: bytes, media: str) -> web.Response:
    """The body under an ETag of its content; 304 to a client that has it."""
    tag = hashlib.sha512(body).hexdigest().upper()
    headers = {"ETag": f'"{tag}"', "Vary": "Accept", "Cache-Control": "public"}
    if tag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, headers=headers | {"Content-Type": media})
