"""Puts pods on the one node, or says why not: cordon and taints, selector, GPUs, number of pods.

Refuses to know: CPU, memory, affinity, priorities. They have no effect here.
"""

from __future__ import annotations

from collections.abc import Iterable

from console.localcluster.claims import GPU, SHARE, allocate, claims_of, why_no_claims
from console.localcluster.controllers.agenda import changes_or_pause
from console.localcluster.controllers.event_recorder import EventRecorder, EventSource
from console.localcluster.controllers.taints import kept_off
from console.localcluster.deletion import is_deleted, is_finished
from console.localcluster.sidecars import is_sidecar
from console.localcluster.store import JsonObject, Store, timestamp

_NO_HELP = (
    "no new claims to deallocate, "
    "preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."
)
_NEVER_FOR_CLAIMS = _NO_HELP.replace("no new claims to deallocate", "still not schedulable")
_NO_VICTIMS = (
    "no new claims to deallocate, "
    "preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod."
)


def why_not(pod: JsonObject, node: JsonObject, placed: Iterable[JsonObject]) -> str:
    """Empty when the pod fits beside the `placed` ones, else the scheduler's message."""
    if reason := kept_off(pod, node):
        return f"0/1 nodes are available: 1 {reason}. {_NO_HELP}"
    labels = node["metadata"].get("labels", {})
    selector = pod["spec"].get("nodeSelector", {})
    if any(labels.get(key) != value for key, value in selector.items()):
        reason = "1 node(s) didn't match Pod's node affinity/selector"
        return f"0/1 nodes are available: {reason}. {_NO_HELP}"
    live = [other for other in placed if not is_finished(other)]
    allocatable = node["status"]["allocatable"]
    if len(live) >= int(allocatable["pods"]):
        return f"0/1 nodes are available: 1 Too many pods. {_NO_VICTIMS}"
    for resource in (GPU, SHARE):
        if short := _short(pod, live, resource, int(allocatable.get(resource, 0))):
            return short
    return ""


def _short(pod: JsonObject, live: list[JsonObject], resource: str, offered: int) -> str:
    """That too little of a resource is left; claims take whole GPUs."""
    wanted, held = _taken(pod, resource), sum(_taken(other, resource) for other in live)
    if not wanted or wanted + held <= offered:
        return ""
    if claims_of(pod):
        return f"0/1 nodes are available: 1 cannot allocate all claims. {_NEVER_FOR_CLAIMS}"
    outlook = _NO_HELP if wanted > offered else _NO_VICTIMS
    return f"0/1 nodes are available: 1 Insufficient {resource}. {outlook}"


def _taken(pod: JsonObject, resource: str) -> int:
    return gpus(pod, resource) + (len(claims_of(pod)) if resource == GPU else 0)


def gpus(pod: JsonObject, resource: str = GPU) -> int:
    """GPUs a pod takes by limits: its containers and sidecars, or the step that needs the most.

    A step runs beside the sidecars that were started before it.
    """

    def of(container: JsonObject) -> int:
        resources = container.get("resources", {})
        limits, requests = resources.get("limits", {}), resources.get("requests", {})
        wanted = limits.get(resource, requests.get(resource, 0))
        return int(wanted) if str(wanted).isdigit() else 0

    most, beside = 0, 0
    for container in pod["spec"].get("initContainers", []):
        if is_sidecar(container):
            beside += of(container)
        else:
            most = max(most, beside + of(container))
    return max(most, beside + sum(of(container) for container in pod["spec"]["containers"]))


class Scheduler:
    """Looks at the waiting pods whenever a pod or the node changes."""

    def __init__(self, store: Store, node_name: str) -> None:
        self._store = store
        self._node_name = node_name
        self._events = EventRecorder(store, EventSource("default-scheduler"))

    async def run(self) -> None:
        """Works until cancelled."""
        with self._store.subscribe("pods", "nodes", "resourceclaimtemplates") as changes:
            while True:
                self.place_waiting()
                for change in await changes_or_pause(changes, None):
                    if change.type == "DELETED":
                        self._events.forget(change.obj["metadata"]["uid"])

    def place_waiting(self) -> None:
        """One look at every pod without a node, the oldest first."""
        node = self._store.find("nodes", None, self._node_name)
        if node is None:
            return
        pods = self._store.list("pods")
        placed = [pod for pod in pods if pod["spec"].get("nodeName")]
        others = [pod for pod in pods if not pod["spec"].get("nodeName")]
        waiting = [pod for pod in others if not is_deleted(pod) and not is_finished(pod)]
        for pod in sorted(waiting, key=lambda pod: str(pod["metadata"]["creationTimestamp"])):
            message = why_not(pod, node, placed)
            if missing := why_no_claims(self._store, pod):
                message = message or f"0/1 nodes are available: {missing}. {_NO_HELP}"
            if message:
                self._refuse(pod, message)
            else:
                placed.append(self._assign(pod, node))

    def _assign(self, pod: JsonObject, node: JsonObject) -> JsonObject:
        now = timestamp(self._store.now())
        allocate(self._store, pod, self._node_name, int(node["status"]["allocatable"].get(GPU, 0)))

        def assign(target: JsonObject) -> None:
            target["spec"]["nodeName"] = self._node_name
            _set_scheduled(target, {"status": "True", "lastTransitionTime": now})

        meta = pod["metadata"]
        placed = self._store.mutate("pods", meta["namespace"], meta["name"], assign)
        where = f"{meta['namespace']}/{meta['name']}"
        message = f"Successfully assigned {where} to {self._node_name}"
        self._events.emit(placed, "Normal", "Scheduled", message)
        return placed

    def _refuse(self, pod: JsonObject, message: str) -> None:
        now = timestamp(self._store.now())
        found = {"status": "False", "reason": "Unschedulable", "message": message}
        known = _scheduled(pod)
        if all(known.get(key) == value for key, value in found.items()):
            return

        def refuse(target: JsonObject) -> None:
            since = known.get("lastTransitionTime", now) if known.get("status") == "False" else now
            _set_scheduled(target, {**found, "lastTransitionTime": since})

        meta = pod["metadata"]
        refused = self._store.mutate("pods", meta["namespace"], meta["name"], refuse)
        self._events.emit(refused, "Warning", "FailedScheduling", message)


def _scheduled(pod: JsonObject) -> JsonObject:
    for found in pod.get("status", {}).get("conditions", []):
        if found["type"] == "PodScheduled":
            return dict(found)
    return {}


def _set_scheduled(pod: JsonObject, values: JsonObject) -> None:
    status = pod.setdefault("status", {"phase": "Pending"})
    kept = [found for found in status.get("conditions", []) if found["type"] != "PodScheduled"]
    status["conditions"] = [*kept, {"type": "PodScheduled", "lastProbeTime": None, **values}]
