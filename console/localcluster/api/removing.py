"""DELETE: options, preconditions, propagation. The dependents are the controllers' business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from console.localcluster.api.decoding import check_shape, parse_body
from console.localcluster.api.kubectl.protobuf import MEDIA_TYPE, decode_protobuf
from console.localcluster.api.options import boolean, dry_run, integer
from console.localcluster.api.refusals import ApiFailure, as_api_failures, conflict
from console.localcluster.api.resources import Resource
from console.localcluster.changes import JsonObject
from console.localcluster.store import Store

_OPTIONS = Resource(
    "deleteoptions", "DeleteOptions", package="io.k8s.apimachinery.pkg.apis.meta.v1"
)
_FINALIZERS = {"Orphan": "orphan", "Foreground": "foregroundDeletion", "Background": None}


@dataclass(frozen=True, slots=True)
class DeleteOptions:
    """`policy` is None when the client left it to the server."""

    grace_seconds: int | None
    policy: str | None
    uid: str
    resource_version: str
    dry_run: bool


def delete_options(query: Mapping[str, str], raw: bytes, content_type: str) -> DeleteOptions:
    """From the body when there is one, else from the query. Raises ApiFailure 400, 415 or 422."""
    return _understood(_read_body(raw, content_type) if raw else _from_query(query), query)


def eviction_options(query: Mapping[str, str], eviction: JsonObject) -> DeleteOptions:
    """Those that an Eviction carries. Raises ApiFailure 400 or 422."""
    return _understood(eviction.get("deleteOptions") or {}, query)


def _understood(told: JsonObject, query: Mapping[str, str]) -> DeleteOptions:
    check_shape(_OPTIONS, told, "Ignore")
    policy = told.get("propagationPolicy")
    if "orphanDependents" in told:
        if policy:
            message = "orphanDependents and deletionPropagation cannot be both set"
            raise _bad_options(f"propagationPolicy: Invalid value: {message}")
        policy = "Orphan" if told["orphanDependents"] else "Background"
    if policy and policy not in _FINALIZERS:
        allowed = ", ".join(f'"{name}"' for name in ("Background", "Foreground", "Orphan", "nil"))
        text = f'propagationPolicy: Unsupported value: "{policy}": supported values: {allowed}'
        raise _bad_options(text)
    wanted = told.get("preconditions", {})
    queried = [query["dryRun"]] if query.get("dryRun") else []
    return DeleteOptions(
        grace_seconds=told.get("gracePeriodSeconds"),
        policy=policy or None,
        uid=wanted.get("uid", ""),
        resource_version=wanted.get("resourceVersion", ""),
        dry_run=dry_run(told.get("dryRun") or queried),
    )


def delete(
    store: Store, resource: Resource, namespace: str | None, name: str, options: DeleteOptions
) -> JsonObject:
    """The Status when the object is gone, the object when its deletion goes on.

    Raises ApiFailure 404 or 409. Jobs without a policy orphan their pods, as on a real server.
    """
    with as_api_failures(resource):
        obj = store.get(resource.name, namespace, name)
        check_preconditions(resource, obj, options)
        if options.dry_run:
            return _gone(resource, obj)
        policy = options.policy or ("Orphan" if resource.name == "jobs" else "Background")
        left = store.mark_deleted(
            resource.name,
            namespace,
            name,
            grace_seconds=options.grace_seconds,
            finalizer=_FINALIZERS[policy],
        )
    return _gone(resource, obj) if store.find(resource.name, namespace, name) is None else left


def _gone(resource: Resource, obj: JsonObject) -> JsonObject:
    details = {
        "name": obj["metadata"]["name"],
        "kind": resource.name,
        "uid": obj["metadata"]["uid"],
    }
    if resource.group:
        details["group"] = resource.group
    status: JsonObject = {"kind": "Status", "apiVersion": "v1", "metadata": {}}
    return status | {"status": "Success", "details": details}


def check_preconditions(resource: Resource, obj: JsonObject, options: DeleteOptions) -> None:
    """Raises ApiFailure 409 for another object of that name, or another state of it."""
    meta = obj["metadata"]
    for label, wanted, stored in (
        ("UID", options.uid, meta["uid"]),
        ("ResourceVersion", options.resource_version, meta["resourceVersion"]),
    ):
        if wanted and wanted != stored:
            why = f"Precondition failed: {label} in precondition: {wanted}"
            raise conflict(resource, meta["name"], f"{why}, {label} in object meta: {stored}")


def _read_body(raw: bytes, content_type: str) -> JsonObject:
    media = content_type.partition(";")[0].strip()
    return decode_protobuf(raw) if media == MEDIA_TYPE else parse_body(raw, content_type)


def _from_query(query: Mapping[str, str]) -> JsonObject:
    """The same as a body would say it; what is not asked for is left out."""
    orphan = boolean(query, "orphanDependents") if "orphanDependents" in query else None
    told = {
        "gracePeriodSeconds": integer(query, "gracePeriodSeconds"),
        "propagationPolicy": query.get("propagationPolicy"),
        "orphanDependents": orphan,
    }
    return {field: value for field, value in told.items() if value not in (None, "")}


def _bad_options(problem: str) -> ApiFailure:
    message = f'DeleteOptions.meta.k8s.io "" is invalid: {problem}'
    return ApiFailure(422, message, reason="Invalid")
