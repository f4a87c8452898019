"""POST pods/NAME/eviction: a deletion that says on the pod why it came.

There are no disruption budgets here, so that nothing is ever refused for the sake of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from console.localcluster.api.refusals import ApiFailure, as_api_failures
from console.localcluster.api.removing import check_preconditions, delete, eviction_options
from console.localcluster.api.resources import Resource
from console.localcluster.api.writing import set_namespace
from console.localcluster.changes import JsonObject, condition
from console.localcluster.store import Store, timestamp

EVICTED = "EvictionByEvictionAPI"
_VERSIONS = ("policy/v1", "policy/v1beta1")


def evict(
    store: Store,
    pods: Resource,
    namespace: str | None,
    name: str,
    eviction: JsonObject,
    query: Mapping[str, str],
) -> JsonObject:
    """The Status of a pod that goes. Raises ApiFailure 400, 404, 409 or 422."""
    _check(eviction, namespace, name)
    options = eviction_options(query, eviction)
    with as_api_failures(pods):
        pod = store.get(pods.name, namespace, name)
        check_preconditions(pods, pod, options)
        if not options.dry_run:
            store.mutate(pods.name, namespace, name, lambda each: _disrupt(each, store))
    delete(store, pods, namespace, name, replace(options, resource_version=""))
    status: JsonObject = {"kind": "Status", "apiVersion": "v1", "metadata": {}}
    return status | {"status": "Success", "code": 201}


def _check(eviction: JsonObject, namespace: str | None, name: str) -> None:
    """The URL alone names no pod: an Eviction without a name is refused like one of another."""
    version = eviction.get("apiVersion") or _VERSIONS[0]
    if version not in _VERSIONS:
        told = f"the API version in the data ({version}) does not match the expected API version"
        raise ApiFailure(400, f"{told} ({_VERSIONS[0]})")
    if eviction.get("kind", "Eviction") != "Eviction":
        raise ApiFailure(400, f"not a Eviction object: {eviction['kind']}")
    meta = eviction.get("metadata") or {}
    if not isinstance(meta, dict):
        raise ApiFailure(400, "Eviction cannot be decoded: its metadata is no object")
    if namespace is not None:
        set_namespace(meta, namespace)
    if meta.get("name") != name:
        raise ApiFailure(400, "name in URL does not match name in Eviction object")


def _disrupt(pod: JsonObject, store: Store) -> None:
    conditions = pod.setdefault("status", {}).setdefault("conditions", [])
    known = condition(pod, "DisruptionTarget") or {}
    told = {
        "type": "DisruptionTarget",
        "status": "True",
        "lastProbeTime": None,
        "lastTransitionTime": known.get("lastTransitionTime") or timestamp(store.now()),
        "reason": EVICTED,
        "message": "Eviction API: evicting",
    }
    kept = [each for each in conditions if each["type"] != "DisruptionTarget"]
    pod["status"]["conditions"] = [*kept, told]
