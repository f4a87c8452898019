"""How a Pod is printed: the STATUS word and the RESTARTS cell follow the real printer's rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.localcluster.api.kubectl.tables.columns import (
    AGE,
    NAME,
    NONE,
    Cell,
    Column,
    Printer,
    age,
    since,
)
from console.localcluster.changes import JsonObject, condition, parse_time
from console.localcluster.deletion import is_deleted, is_finished
from console.localcluster.sidecars import is_sidecar

_CORE = "io.k8s.api.core.v1"

_COLUMNS = (
    NAME,
    Column("Ready", "The aggregate readiness state of this pod for accepting traffic."),
    Column("Status", "The aggregate status of the containers in this pod."),
    Column(
        "Restarts",
        "The number of times the containers in this pod have been restarted and when the last"
        " container in this pod has restarted.",
    ),
    AGE,
    Column("IP", f"{_CORE}.PodStatus#podIP", wide=True),
    Column("Node", f"{_CORE}.PodSpec#nodeName", wide=True),
    Column("Nominated Node", f"{_CORE}.PodStatus#nominatedNodeName", wide=True),
    Column("Readiness Gates", f"{_CORE}.PodSpec#readinessGates", wide=True),
)


@dataclass(slots=True)
class _Tally:
    """What the cells are counted up from."""

    word: str
    ready: int = 0
    restarts: int = 0
    last_restart: str = ""
    running: bool = False

    def count(self, status: JsonObject) -> None:
        self.restarts += status.get("restartCount", 0)
        ended = (status.get("lastState") or {}).get("terminated")
        if ended and ended.get("finishedAt"):
            self.last_restart = max(self.last_restart, ended["finishedAt"], key=_order)


def _order(moment: str) -> float:
    return parse_time(moment).timestamp() if moment else 0.0


def _cells(pod: JsonObject, now: datetime) -> tuple[Cell, ...]:
    spec, status = pod.get("spec", {}), pod.get("status", {})
    tally = _tally(pod)
    restarts = str(tally.restarts)
    if tally.restarts and tally.last_restart:
        restarts = f"{tally.restarts} ({since(tally.last_restart, now)} ago)"
    return (
        pod["metadata"].get("name", ""),
        f"{tally.ready}/{len(spec.get('containers') or []) + len(_sidecars(pod))}",
        tally.word,
        restarts,
        age(pod, now),
        status.get("podIP") or NONE,
        spec.get("nodeName") or NONE,
        status.get("nominatedNodeName") or NONE,
        NONE,
    )


def _tally(pod: JsonObject) -> _Tally:
    status = pod.get("status", {})
    tally = _Tally(status.get("reason") or status.get("phase", ""))
    initialising = _init_word(pod, tally)
    if not initialising or condition(pod, "Initialized"):
        _count_containers(pod, tally)
    if is_deleted(pod) and not is_finished(pod):
        tally.word = "Terminating"
    return tally


def _init_word(pod: JsonObject, tally: _Tally) -> bool:
    """Set the word from the first init container that is not done; False when all are."""
    total = len(pod.get("spec", {}).get("initContainers", []))
    sidecars = _sidecars(pod)
    for index, status in enumerate(pod.get("status", {}).get("initContainerStatuses", [])):
        tally.count(status)
        state = status.get("state") or {}
        ended, waiting = state.get("terminated"), state.get("waiting") or {}
        if ended is not None and ended.get("exitCode", 0) == 0:
            continue
        if status["name"] in sidecars and status.get("started"):
            tally.ready += bool(status.get("ready"))
            continue
        if ended is not None:
            tally.word = f"Init:{_ending(ended)}"
        elif waiting.get("reason", "PodInitializing") != "PodInitializing":
            tally.word = f"Init:{waiting['reason']}"
        else:
            tally.word = f"Init:{index}/{total}"
        return True
    return False


def _sidecars(pod: JsonObject) -> set[str]:
    inits = pod.get("spec", {}).get("initContainers") or []
    return {container.get("name", "") for container in inits if is_sidecar(container)}


def _count_containers(pod: JsonObject, tally: _Tally) -> None:
    """Of init containers only the sidecars' restarts count once the pod is initialised."""
    tally.restarts, tally.last_restart = 0, ""
    sidecars = _sidecars(pod)
    for status in pod.get("status", {}).get("initContainerStatuses", []):
        if status["name"] in sidecars:
            tally.count(status)
    for container in reversed(pod.get("status", {}).get("containerStatuses", [])):
        tally.count(container)
        state = container.get("state") or {}
        waiting, ended = state.get("waiting") or {}, state.get("terminated")
        if waiting.get("reason"):
            tally.word = waiting["reason"]
        elif ended is not None:
            tally.word = _ending(ended)
        elif container.get("ready") and state.get("running") is not None:
            tally.running = True
            tally.ready += 1
    if tally.word == "Completed" and tally.running:
        tally.word = "Running" if condition(pod, "Ready") else "NotReady"


def _ending(ended: JsonObject) -> str:
    if ended.get("reason"):
        return str(ended["reason"])
    if ended.get("signal"):
        return f"Signal:{ended['signal']}"
    return f"ExitCode:{ended.get('exitCode', 0)}"


PODS = Printer(_COLUMNS, _cells)
