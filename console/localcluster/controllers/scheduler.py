"""Puts pods on a node, or says why not: cordon and taints, selector, GPUs, number of pods.

Refuses to know: CPU, memory, affinity, priorities. They have no effect here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from console.localcluster.claims import GPU, SHARE, allocate, claims_of, why_no_claims
from console.localcluster.controllers.agenda import changes_or_pause
from console.localcluster.controllers.event_recorder import EventRecorder, EventSource
from console.localcluster.controllers.taints import kept_off
from console.localcluster.deletion import is_deleted, is_finished
from console.localcluster.sidecars import is_sidecar
from console.localcluster.store import JsonObject, Store, timestamp

_NO_HELP = "Preemption is not helpful for scheduling"
_NO_VICTIMS = "No preemption victims found for incoming pod"
_NO_CLAIMS = "cannot allocate all claims"


@dataclass(frozen=True, slots=True)
class NodeRefusal:
    """Why a node does not take a pod, and what putting others off it would do about that."""

    reason: str
    outlook: str = _NO_HELP


def why_not(pod: JsonObject, node: JsonObject, placed: Iterable[JsonObject]) -> NodeRefusal | None:
    """None when the pod fits on the node beside those `placed` there."""
    if reason := kept_off(pod, node):
        return NodeRefusal(reason)
    labels = node["metadata"].get("labels", {})
    selector = pod["spec"].get("nodeSelector", {})
    if any(labels.get(key) != value for key, value in selector.items()):
        return NodeRefusal("node(s) didn't match Pod's node affinity/selector")
    live = [other for other in placed if not is_finished(other)]
    allocatable = node["status"]["allocatable"]
    if len(live) >= int(allocatable["pods"]):
        return NodeRefusal("Too many pods", _NO_VICTIMS)
    for resource in (GPU, SHARE):
        if short := _short(pod, live, resource, int(allocatable.get(resource, 0))):
            return short
    return None


def in_words(refusals: Sequence[NodeRefusal]) -> str:
    """The scheduler's message: how many nodes for which reason."""
    none = f"0/{len(refusals)} nodes are available: "
    reasons, outlooks = (
        ", ".join(sorted(f"{count} {words}" for words, count in Counter(told).items()))
        for told in ([each.reason for each in refusals], [each.outlook for each in refusals])
    )
    claims = any(each.reason == _NO_CLAIMS for each in refusals)
    first = "still not schedulable" if claims else "no new claims to deallocate"
    return f"{none}{reasons}. {first}, preemption: {none}{outlooks}."


def _short(
    pod: JsonObject, live: list[JsonObject], resource: str, offered: int
) -> NodeRefusal | None:
    """That too little of a resource is left; claims take whole GPUs."""
    wanted, held = _taken(pod, resource), sum(_taken(other, resource) for other in live)
    if not wanted or wanted + held <= offered:
        return None
    if claims_of(pod):
        return NodeRefusal(_NO_CLAIMS)
    return NodeRefusal(f"Insufficient {resource}", _NO_HELP if wanted > offered else _NO_VICTIMS)


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
    """Looks at the waiting pods whenever a pod or a node changes."""

    def __init__(self, store: Store) -> None:
        self._store = store
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
        nodes = {node["metadata"]["name"]: node for node in self._store.list("nodes")}
        placed: dict[str, list[JsonObject]] = {name: [] for name in nodes}
        waiting = []
        for pod in self._store.list("pods"):
            if name := pod["spec"].get("nodeName"):
                placed.setdefault(name, []).append(pod)
            elif not (is_deleted(pod) or is_finished(pod)):
                waiting.append(pod)
        for pod in sorted(waiting, key=lambda pod: str(pod["metadata"]["creationTimestamp"])):
            self._place(pod, nodes, placed)

    def _place(
        self, pod: JsonObject, nodes: dict[str, JsonObject], placed: dict[str, list[JsonObject]]
    ) -> None:
        """On the node that has the fewest pods of those that can take it."""
        missing = why_no_claims(self._store, pod)
        refusals = {name: why_not(pod, node, placed[name]) for name, node in nodes.items()}
        fitting = [name for name, refusal in refusals.items() if refusal is None]
        if not nodes:
            self._refuse(pod, "no nodes available to schedule pods")
        elif missing and fitting:
            none = f"0/{len(nodes)} nodes are available: "
            words = f"no new claims to deallocate, preemption: {none}{len(nodes)} {_NO_HELP}."
            self._refuse(pod, f"{none}{missing}. {words}")
        elif not fitting:
            self._refuse(pod, in_words([each for each in refusals.values() if each is not None]))
        else:
            best = min(fitting, key=lambda name: (_living(placed[name]), name))
            placed[best].append(self._assign(pod, nodes[best]))

    def _assign(self, pod: JsonObject, node: JsonObject) -> JsonObject:
        now = timestamp(self._store.now())
        name = str(node["metadata"]["name"])
        allocate(self._store, pod, name, int(node["status"]["allocatable"].get(GPU, 0)))

        def assign(target: JsonObject) -> None:
            target["spec"]["nodeName"] = name
            _set_scheduled(target, {"status": "True", "lastTransitionTime": now})

        meta = pod["metadata"]
        placed = self._store.mutate("pods", meta["namespace"], meta["name"], assign)
        message = f"Successfully assigned {meta['namespace']}/{meta['name']} to {name}"
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


def _living(pods: Iterable[JsonObject]) -> int:
    return sum(1 for pod in pods if not is_finished(pod))


def _scheduled(pod: JsonObject) -> JsonObject:
    for found in pod.get("status", {}).get("conditions", []):
        if found["type"] == "PodScheduled":
            return dict(found)
    return {}


def _set_scheduled(pod: JsonObject, values: JsonObject) -> None:
    status = pod.setdefault("status", {"phase": "Pending"})
    kept = [found for found in status.get("conditions", []) if found["type"] != "PodScheduled"]
    status["conditions"] = [*kept, {"type": "PodScheduled", "lastProbeTime": None, **values}]
