"""Ends the pods of nodes that are gone, as Kubernetes' collector of pods does.

Such a pod has nobody to say how it ended. After a while, in which the node could come back, it is
called failed and deleted; a Job's controller then counts it and makes another.
"""

from __future__ import annotations

from console.localcluster.controllers.agenda import Agenda, changes_or_pause
from console.localcluster.deletion import is_finished
from console.localcluster.store import JsonObject, Store, timestamp

QUARANTINE_SECONDS = 40.0
_WORDS = {
    "type": "DisruptionTarget",
    "status": "True",
    "reason": "DeletionByPodGC",
    "message": "PodGC: node no longer exists",
}


class OrphanedPods:
    """Looks whenever a node goes or a pod is placed."""

    def __init__(self, store: Store, *, time_factor: float = 1.0) -> None:
        self._store, self._factor = store, time_factor
        self._agenda: Agenda[str] = Agenda()
        self._waiting: set[str] = set()

    async def run(self) -> None:
        """Works until cancelled."""
        with self._store.subscribe("nodes", "pods") as changes:
            while True:
                self._look()
                await changes_or_pause(changes, self._agenda.pause())
                for node in self._agenda.take_due():
                    self._waiting.discard(node)
                    if node not in self._nodes():
                        self._end_pods(node)

    def _look(self) -> None:
        placed = {_node_of(pod) for pod in self._store.list("pods")} - {""}
        for node in placed - self._nodes() - self._waiting:
            self._waiting.add(node)
            self._agenda.add(node, QUARANTINE_SECONDS * self._factor)

    def _nodes(self) -> set[str]:
        return {str(node["metadata"]["name"]) for node in self._store.list("nodes")}

    def _end_pods(self, node: str) -> None:
        for pod in self._store.list("pods"):
            if _node_of(pod) == node:
                place = (pod["metadata"]["namespace"], pod["metadata"]["name"])
                if not is_finished(pod):
                    self._store.mutate("pods", *place, self._fail)
                self._store.mark_deleted("pods", *place, grace_seconds=0)

    def _fail(self, pod: JsonObject) -> None:
        now = timestamp(self._store.now())
        status = pod["status"]
        others = [c for c in status.get("conditions", []) if c["type"] != _WORDS["type"]]
        status["conditions"] = [*others, {**_WORDS, "lastTransitionTime": now}]
        status["phase"] = "Failed"


def _node_of(pod: JsonObject) -> str:
    return str(pod["spec"].get("nodeName") or "")
