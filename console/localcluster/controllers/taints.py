"""What keeps pods off a node: its taints, and the cordon, which becomes one of them.

Owns which pod tolerates what, and the controller that taints a cordoned node. Refuses to know:
where a pod is placed, and NoExecute, by which a running pod would have to go; it has no effect.
"""

from __future__ import annotations

from console.localcluster.controllers.agenda import changes_or_pause
from console.localcluster.store import JsonObject, Store, timestamp

CORDONED: JsonObject = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
_PLACEMENT = ("NoSchedule", "NoExecute")


def is_cordoned(node: JsonObject) -> bool:
    """Somebody has marked it unschedulable."""
    return bool(node.get("spec", {}).get("unschedulable"))


def kept_off(pod: JsonObject, node: JsonObject) -> str:
    """Why the scheduler does not place the pod on this node, in its words; empty if it may."""
    tolerations = pod["spec"].get("tolerations") or []
    if is_cordoned(node) and not _tolerated(CORDONED, tolerations):
        return "node(s) were unschedulable"
    placing = [taint for taint in _taints(node) if taint.get("effect") in _PLACEMENT]
    if all(_tolerated(taint, tolerations) for taint in placing):
        return ""
    return "node(s) had untolerated taint(s)"


def _tolerated(taint: JsonObject, tolerations: list[JsonObject]) -> bool:
    return any(_tolerates(toleration, taint) for toleration in tolerations)


def _tolerates(toleration: JsonObject, taint: JsonObject) -> bool:
    if any(toleration.get(key) not in (None, "", taint.get(key)) for key in ("effect", "key")):
        return False
    operator = toleration.get("operator") or "Equal"
    same = (toleration.get("value") or "") == (taint.get("value") or "")
    return operator == "Exists" or (operator == "Equal" and same)


class CordonTaints:
    """Gives a cordoned node its taint, and takes it off again, as the node controller does."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def run(self) -> None:
        """Works until cancelled."""
        with self._store.subscribe("nodes") as changes:
            for node in self._store.list("nodes"):
                self._bring_in_line(node["metadata"]["name"])
            while True:
                for change in await changes_or_pause(changes, None):
                    self._bring_in_line(change.obj["metadata"]["name"])

    def _bring_in_line(self, name: str) -> None:
        def mark(node: JsonObject) -> None:
            taints = [taint for taint in _taints(node) if not _of_cordon(taint)]
            if is_cordoned(node):
                taints.append({**CORDONED, "timeAdded": timestamp(self._store.now())})
            node["spec"].pop("taints", None)
            if taints:
                node["spec"]["taints"] = taints

        node = self._store.find("nodes", None, name)
        if node is not None and is_cordoned(node) != any(map(_of_cordon, _taints(node))):
            self._store.mutate("nodes", None, name, mark)


def _taints(node: JsonObject) -> list[JsonObject]:
    return list(node.get("spec", {}).get("taints") or [])


def _of_cordon(taint: JsonObject) -> bool:
    return all(taint.get(key) == value for key, value in CORDONED.items())
