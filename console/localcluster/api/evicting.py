"""POST pods/NAME/eviction: a deletion that says on the pod why it came.

There are no disruption budgets here, so that nothing is ever refused for the sake of one.
"""

from __future__ import annotations

from collections.abc import Mapping

from console.localcluster.api.failures import ApiFailure, as_api_failures
from console.localcluster.api.removing import check_preconditions, delete, eviction_options
from console.localcluster.api.resources import Resource
from console.localcluster.changes import JsonObject
from console.localcluster.store import Store, timestamp

EVICTED = "EvictionByEvictionAPI"


def evict(
    store: Store,
    pods: Resource,
    namespace: str | None,
    name: str,
    eviction: JsonObject,
    query: Mapping[str, str],
) -> JsonObject:
    """The Status of a pod that goes. Raises ApiFailure 400, 404, 409 or 422."""
    _check(eviction, name)
    options = eviction_options(query, eviction)
    with as_api_failures(pods):
        pod = store.get(pods.name, namespace, name)
        check_preconditions(pods, pod, options)
        running = pod.get("status", {}).get("phase") in ("Pending", "Running")
        if running and not options.dry_run:
            store.mutate(pods.name, namespace, name, lambda each: _disrupt(each, store))
    delete(store, pods, namespace, name, options)
    status: JsonObject = {"kind": "Status", "apiVersion": "v1", "metadata": {}}
    return status | {"status": "Success", "code": 201}


def _check(eviction: JsonObject, name: str) -> None:
    kind = (eviction.get("apiVersion", "policy/v1"), eviction.get("kind", "Eviction"))
    if kind not in (("policy/v1", "Eviction"), ("policy/v1beta1", "Eviction")):
        raise ApiFailure(400, f"{kind[0]} {kind[1]} is no Eviction of policy/v1")
    meta = eviction.get("metadata")
    told = meta.get("name") if isinstance(meta, dict) else None
    if told not in (None, "", name):
        raise ApiFailure(400, "name in URL does not match name in Eviction object")


def _disrupt(pod: JsonObject, store: Store) -> None:
    status = pod.setdefault("status", {})
    kept = [each for each in status.get("conditions", []) if each["type"] != "DisruptionTarget"]
    condition = {
        "type": "DisruptionTarget",
        "status": "True",
        "observedGeneration": pod["metadata"].get("generation", 1),
        "lastProbeTime": None,
        "lastTransitionTime": timestamp(store.now()),
        "reason": EVICTED,
        "message": "Eviction API: evicting",
    }
    status["conditions"] = [*kept, condition]
