"""GET /openapi/v3: enough for `kubectl create`, `apply` and `explain`. Pure.

Of the second version there is an empty document alone: kubectl reads it for a file that is a List,
to check on its side what it finds described there. Nothing is, so that the server judges each item.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache

import msgspec

from console.localcluster.api.resources import Resource, groups, of_group
from console.localcluster.api.schemas import all_schemas, named
from console.localcluster.api.version import GIT_VERSION
from console.localcluster.changes import JsonObject

SECOND = b""
"""An OpenAPI document of version 2 that describes nothing, in protobuf."""
SECOND_MEDIA = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
_REFERENCE = re.compile(r"#/components/schemas/([\w.\-]+)")


@cache
def index() -> JsonObject:
    """The documents there are, each with a hash of its content in its URL."""
    return {
        "paths": {
            path: {"serverRelativeURL": f"/openapi/v3/{path}?hash={content_hash(document(path))}"}
            for path in _group_paths()
        }
    }


@cache
def document(path: str) -> bytes | None:
    """The OpenAPI document of `api/v1`, `apis/batch/v1`, ... as JSON; None when there is none."""
    group = _group_paths().get(path)
    if group is None:
        return None
    resources = [r for r in of_group(group) if named(r.schema) is not None]
    paths: JsonObject = {}
    for resource in resources:
        paths |= _paths(path, resource)
    body = {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes (embedded subset)", "version": GIT_VERSION},
        "paths": paths,
        "components": {"schemas": _closure([resource.schema for resource in resources])},
    }
    return msgspec.json.encode(body)


def content_hash(raw: bytes | None) -> str:
    """The hash that stands in a document's URL and ETag."""
    return hashlib.sha512(raw or b"").hexdigest().upper()


def _group_paths() -> dict[str, str]:
    paths = {"api/v1": ""}
    return paths | {f"apis/{of_group(name)[0].api_version}": name for name in groups()}


def _paths(root: str, resource: Resource) -> JsonObject:
    place = f"/{root}/namespaces/{{namespace}}" if resource.namespaced else f"/{root}"
    one: JsonObject = {"get": _operation(resource, "get")}
    if "patch" in resource.verbs:
        one |= {"put": _operation(resource, "put"), "patch": _operation(resource, "patch")}
        one["delete"] = _operation(resource, "delete")
    many: JsonObject = {"get": _operation(resource, "list")}
    if "create" in resource.verbs:
        many["post"] = _operation(resource, "post")
    return {f"{place}/{resource.name}": many, f"{place}/{resource.name}/{{name}}": one}


def _operation(resource: Resource, action: str) -> JsonObject:
    parameters = [
        {"name": name, "in": "query", "schema": {"type": "string", "uniqueItems": True}}
        for name in ("dryRun", "fieldManager", "fieldValidation")
        if action in ("post", "put", "patch")
    ]
    kind = {"group": resource.group, "version": resource.version, "kind": resource.kind}
    reference = {"schema": {"$ref": f"#/components/schemas/{resource.schema}"}}
    content = {"application/json": reference}
    return {
        "operationId": f"{action}{resource.kind}",
        "parameters": parameters,
        "responses": {"200": {"description": "OK", "content": content}},
        "x-kubernetes-action": action,
        "x-kubernetes-group-version-kind": kind,
    }


def _closure(roots: list[str]) -> JsonObject:
    found: JsonObject = {}
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = all_schemas()[name]
            waiting += _REFERENCE.findall(msgspec.json.encode(found[name]).decode())
    return dict(sorted(found.items()))
