"""Create, replace and patch: decode, default, validate, store. Knows no HTTP."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from console.localcluster.api.answers import with_kind
from console.localcluster.api.decoding import check_kind, check_shape
from console.localcluster.api.defaulting import (
    default_job,
    default_pod,
    default_pod_spec,
    default_secret,
    own_pods,
)
from console.localcluster.api.options import WriteOptions
from console.localcluster.api.refusals import ApiFailure, as_api_failures, not_found, rejected
from console.localcluster.api.resources import Resource
from console.localcluster.api.validation import check_changed, check_new
from console.localcluster.changes import JsonObject, timestamp
from console.localcluster.store import ObjectExists, Store

_SERVER_FIELDS = (
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "resourceVersion",
    "selfLink",
)


@dataclass(frozen=True, slots=True)
class Written:
    """The object as it is now, and what to warn the client of."""

    obj: JsonObject
    warnings: list[str] = field(default_factory=list)


def create(
    store: Store,
    resource: Resource,
    namespace: str | None,
    body: JsonObject,
    options: WriteOptions,
) -> Written:
    """Raises ApiFailure: 400 shape, 404 namespace, 409 exists, 422 rules."""
    check_kind(resource, body)
    obj = copy.deepcopy(body)
    warnings = check_shape(resource, obj, options.field_validation)
    _prepare(store, resource, namespace, obj)
    causes = check_new(resource, obj)
    if causes:
        raise rejected(resource, obj["metadata"].get("name", ""), causes)
    with as_api_failures(resource):
        if options.dry_run:
            return Written(_rehearsed(store, resource, obj), warnings)
        created = store.create(resource.name, obj)
    if resource.name == "namespaces":
        populate_namespace(store, created["metadata"]["name"])
    return Written(created, warnings)


def replace(
    store: Store,
    resource: Resource,
    namespace: str | None,
    name: str,
    make: Callable[[JsonObject], JsonObject],
    options: WriteOptions,
    subresource: str = "",
) -> Written:
    """PUT and PATCH: `make` gives the new object from the current one; `status` writes only that.

    Raises ApiFailure: 400, 404, 409, 422.
    """
    with as_api_failures(resource):
        current = with_kind(resource, store.get(resource.name, namespace, name))
    obj = copy.deepcopy(make(copy.deepcopy(current)))
    check_kind(resource, obj)
    warnings = check_shape(resource, obj, options.field_validation)
    _check_address(obj, namespace, name)
    obj = _merged_with_current(resource, obj, current, subresource)
    causes = check_changed(resource, obj, current)
    if causes:
        raise rejected(resource, name, causes)
    with as_api_failures(resource):
        if options.dry_run:
            return Written(obj, warnings)
        return Written(store.update(resource.name, obj), warnings)


def populate_namespace(store: Store, name: str) -> None:
    """What every namespace has: its default service account."""
    account = {"kind": "ServiceAccount", "apiVersion": "v1"}
    meta = {"name": "default", "namespace": name}
    if store.find("serviceaccounts", name, "default") is None:
        store.create("serviceaccounts", {**account, "metadata": meta})


def set_namespace(meta: JsonObject, namespace: str) -> None:
    """That of the request, where the object names none. Raises ApiFailure 400 for another."""
    if (meta.get("namespace") or namespace) != namespace:
        message = "the namespace of the provided object does not match the namespace sent on"
        raise ApiFailure(400, f"{message} the request")
    meta["namespace"] = namespace


def _prepare(store: Store, resource: Resource, namespace: str | None, obj: JsonObject) -> None:
    meta = obj.setdefault("metadata", {})
    if namespace is not None:
        _place(store, meta, namespace)
    elif "namespace" in meta:
        del meta["namespace"]
    for server_field in _SERVER_FIELDS:
        meta.pop(server_field, None)
    if not meta.get("name") and meta.get("generateName"):
        meta["name"] = store.generate_name(meta["generateName"])
    meta["uid"] = str(uuid.uuid4())
    obj["kind"], obj["apiVersion"] = resource.kind, resource.api_version
    _default(resource, obj)


def _place(store: Store, meta: JsonObject, namespace: str) -> None:
    set_namespace(meta, namespace)
    if store.find("namespaces", None, namespace) is None:
        raise not_found(Resource("namespaces", "Namespace"), namespace)


def _default(resource: Resource, obj: JsonObject) -> None:
    if resource.name == "jobs":
        obj.setdefault("spec", {}).setdefault("template", {})
        default_job(obj)
        own_pods(obj, obj["metadata"]["uid"])
        obj["status"] = {}
    elif resource.name == "pods":
        default_pod(obj)
    elif resource.name == "namespaces":
        name = obj["metadata"].get("name", "")
        obj["spec"] = {"finalizers": ["kubernetes"]}
        obj["status"] = {"phase": "Active"}
        labels = obj["metadata"].setdefault("labels", {})
        labels["kubernetes.io/metadata.name"] = name
    elif resource.name == "secrets":
        obj.setdefault("type", "Opaque")
        default_secret(obj)


def _rehearsed(store: Store, resource: Resource, obj: JsonObject) -> JsonObject:
    """The object as a create would have left it, with nothing stored."""
    meta = obj["metadata"]
    if store.find(resource.name, meta.get("namespace"), meta["name"]) is not None:
        raise ObjectExists("exists", resource.name, meta["name"])
    generation = {"generation": 1} if resource.name in ("jobs", "pods") else {}
    times = {"creationTimestamp": timestamp(store.now())}
    return {**obj, "metadata": {**meta, **generation, **times}}


def _check_address(obj: JsonObject, namespace: str | None, name: str) -> None:
    meta = obj.setdefault("metadata", {})
    if meta.setdefault("name", name) != name:
        message = f"the name of the object ({meta['name']}) does not match the name on the URL"
        raise ApiFailure(400, f"{message} ({name})")
    if namespace is not None:
        set_namespace(meta, namespace)


def _merged_with_current(
    resource: Resource, obj: JsonObject, current: JsonObject, subresource: str
) -> JsonObject:
    """Status is written through `status` only, and nothing else is."""
    if subresource == "status":
        meta = current["metadata"] | {"resourceVersion": obj["metadata"].get("resourceVersion")}
        for key in ("labels", "annotations"):
            if key in obj["metadata"]:
                meta[key] = obj["metadata"][key]
        return current | {"metadata": meta, "status": obj.get("status", {})}
    if resource.has_status:
        obj["status"] = current.get("status", {})
    _default_again(resource, obj, current)
    return obj


def _default_again(resource: Resource, obj: JsonObject, current: JsonObject) -> None:
    if resource.name == "jobs":
        obj.setdefault("spec", {}).setdefault("template", {})
        default_job(obj)
        obj["spec"].setdefault("selector", current["spec"].get("selector"))
    elif resource.name == "pods":
        default_pod_spec(obj.setdefault("spec", {}))
    elif resource.name == "secrets":
        default_secret(obj)
    elif resource.name == "namespaces":
        obj["spec"] = current.get("spec", {})
