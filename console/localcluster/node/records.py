"""What the node knows about each container of a pod, and the pod status made of it. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from console.localcluster.deletion import is_finished
from console.localcluster.node.backoff import CrashBackoff
from console.localcluster.sidecars import is_sidecar
from console.localcluster.store import JsonObject, timestamp

_OWN = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady")
"""The conditions that the node writes; all others are somebody's, and it keeps them."""
_NEVER_STARTED = "1970-01-01T00:00:00Z"
_UNKNOWN: JsonObject = {
    "terminated": {
        "exitCode": 137,
        "reason": "ContainerStatusUnknown",
        "message": "The container could not be located when the pod was terminated",
        "startedAt": None,
        "finishedAt": None,
    }
}


@dataclass(slots=True)
class ContainerRecord:
    """One container of one pod over all its runs."""

    spec: JsonObject
    is_init: bool
    restart_policy: str
    state: JsonObject
    last_state: JsonObject = field(default_factory=dict)
    restarts: int = 0
    runs: int = 0
    image_id: str = ""
    container_id: str = ""
    backoff: CrashBackoff = field(default_factory=CrashBackoff)
    ended_at: float = 0.0
    """When the last run ended, on the clock of `backoff`."""

    @property
    def name(self) -> str:
        return str(self.spec["name"])

    @property
    def is_sidecar(self) -> bool:
        """An init container that runs beside the others, until they have ended."""
        return self.is_init and is_sidecar(self.spec)

    @property
    def is_step(self) -> bool:
        """An init container that the rest of the pod waits for."""
        return self.is_init and not self.is_sidecar

    @property
    def field_path(self) -> str:
        """How an event names this container."""
        return f"spec.{'initContainers' if self.is_init else 'containers'}{{{self.name}}}"

    @property
    def exit_code(self) -> int | None:
        """Of the run that ended last and has no successor yet."""
        ended = self.state.get("terminated") or (
            self.last_state.get("terminated") if "waiting" in self.state else None
        )
        return None if ended is None else int(ended["exitCode"])

    def waits(self, reason: str, message: str = "") -> None:
        """The container is not running and that is why; the run before becomes lastState."""
        if "terminated" in self.state:
            self.last_state = self.state
        waiting = {"reason": reason, "message": message} if message else {"reason": reason}
        self.state = {"waiting": waiting}

    def starts(self, container_id: str, now: datetime) -> None:
        """A new run; any but the first counts as a restart."""
        if "terminated" in self.state:
            self.last_state = self.state
        self.restarts = self.runs
        self.runs += 1
        self.container_id = container_id
        self.state = {"running": {"startedAt": timestamp(now)}}

    def ends(self, exit_code: int, now: datetime, message: str = "") -> None:
        """The running run is over."""
        reason = "Completed" if exit_code == 0 else "Error"
        started = self.state["running"]["startedAt"]
        self._terminated(exit_code, reason, started, timestamp(now), message)

    def start_failed(self, container_id: str, now: datetime, message: str) -> None:
        """A run that never ran: its command cannot be executed. It waits to be tried again."""
        self.starts(container_id, now)
        self._terminated(128, "StartError", _NEVER_STARTED, timestamp(now), message)
        if self.restart_policy != "Never":
            self.waits("RunContainerError", message)

    def _terminated(
        self, code: int, reason: str, started: str, finished: str, message: str
    ) -> None:
        ended: JsonObject = {"exitCode": code, "reason": reason}
        if message:
            ended["message"] = message
        ended.update(
            startedAt=started, finishedAt=finished, containerID=f"local://{self.container_id}"
        )
        self.state = {"terminated": ended}

    def status(self) -> JsonObject:
        """One entry of containerStatuses."""
        running = "running" in self.state
        completed = self.state.get("terminated", {}).get("exitCode") == 0
        found: JsonObject = {
            "name": self.name,
            "state": self.state,
            "lastState": self.last_state,
            "ready": completed if self.is_step else running,
            "restartCount": self.restarts,
            "image": self.spec.get("image", ""),
            "imageID": self.image_id,
            "started": running,
            "resources": {},
        }
        if self.container_id:
            found["containerID"] = f"local://{self.container_id}"
        return found


@dataclass(frozen=True, slots=True)
class PodRecord:
    """What the status says besides the containers."""

    host_ip: str
    started_at: str
    pod_ip: str = ""
    sandboxed: bool = False
    """There is a sandbox for containers to start in."""
    final: bool = False
    """No container will start again; the phase is decided by how they ended."""
    reason: str = ""
    message: str = ""


def pod_status(
    pod: JsonObject, records: Sequence[ContainerRecord], found: PodRecord, now: datetime
) -> JsonObject:
    """The whole status; conditions keep their transition time while they stay as they were.

    A pod that has Failed or Succeeded stays so, whoever said it: its containers may still be
    stopping, and what comes of them changes neither its phase nor the reason that was given.
    """
    before = pod.get("status", {})
    over = is_finished(pod)
    phase = before["phase"] if over else _phase(records, found)
    status: JsonObject = {
        "observedGeneration": pod["metadata"].get("generation", 1),
        "phase": phase,
        "conditions": _conditions(before, records, found, phase, timestamp(now)),
        "hostIP": found.host_ip,
        "hostIPs": [{"ip": found.host_ip}],
        "startTime": found.started_at,
    }
    if found.pod_ip:
        status.update(podIP=found.pod_ip, podIPs=[{"ip": found.pod_ip}])
    told = before if over else {"reason": found.reason, "message": found.message}
    status.update({key: told[key] for key in ("reason", "message") if told.get(key)})
    inits = [record.status() for record in records if record.is_init]
    if inits:
        status["initContainerStatuses"] = inits
    mains = [record.status() for record in records if not record.is_init]
    if found.final and all(_succeeded(record) for record in records if record.is_step):
        mains = [_without_waiting(entry) for entry in mains]
    status["containerStatuses"] = sorted(mains, key=lambda entry: str(entry["name"]))
    status["qosClass"] = before.get("qosClass", "BestEffort")
    return status


def _without_waiting(entry: JsonObject) -> JsonObject:
    """Of a container that waited when its initialised pod ended: its last end, if it had one."""
    if "waiting" not in entry["state"]:
        return entry
    return {**entry, "state": entry["lastState"] or _UNKNOWN}


def _phase(records: Sequence[ContainerRecord], found: PodRecord) -> str:
    mains = [record for record in records if not record.is_init]
    if found.final:
        done = not found.reason and all(_succeeded(record) for record in mains)
        return "Succeeded" if done else "Failed"
    if not all(_succeeded(record) for record in records if record.is_step):
        return "Pending"
    beside = [record for record in records if not record.is_step]
    if any("waiting" in record.state and not record.last_state for record in beside):
        return "Pending"
    return "Running"


def _succeeded(record: ContainerRecord) -> bool:
    ended = record.state.get("terminated")
    return ended is not None and ended["exitCode"] == 0


def _has_done_its_part(init: ContainerRecord) -> bool:
    """The next container of the pod can start."""
    return "running" in init.state if init.is_sidecar else _succeeded(init)


def _has_started(record: ContainerRecord) -> bool:
    """It runs, or ended and does not wait: then its pod was initialised once and stays so."""
    return "waiting" not in record.state


def _conditions(
    before: JsonObject,
    records: Sequence[ContainerRecord],
    found: PodRecord,
    phase: str,
    now: str,
) -> list[JsonObject]:
    others = [known for known in before.get("conditions", []) if known["type"] not in _OWN]
    fresh = [
        _condition("PodReadyToStartContainers", found.sandboxed and not found.final),
        _initialized(records, found),
        _ready("Ready", records, phase),
        _ready("ContainersReady", records, phase),
    ]
    known = {entry["type"]: entry for entry in before.get("conditions", [])}
    for entry in fresh:
        old = known.get(entry["type"], {})
        same = old.get("status") == entry["status"]
        entry["lastProbeTime"] = None
        entry["lastTransitionTime"] = old["lastTransitionTime"] if same else now
    return [*fresh, *others]


def _condition(kind: str, value: bool, reason: str = "", message: str = "") -> JsonObject:
    found: JsonObject = {"type": kind, "status": "True" if value else "False"}
    if reason:
        found["reason"] = reason
    if message:
        found["message"] = message
    return found


def _initialized(records: Sequence[ContainerRecord], found: PodRecord) -> JsonObject:
    inits = [record for record in records if record.is_init]
    missing = [record.name for record in inits if not _has_done_its_part(record)]
    if not missing or any(_has_started(record) for record in records if not record.is_init):
        reason = "PodCompleted" if found.final and not found.reason else ""
        return _condition("Initialized", True, reason)
    message = f"containers with incomplete status: [{' '.join(missing)}]"
    return _condition("Initialized", False, "ContainersNotInitialized", message)


def _ready(kind: str, records: Sequence[ContainerRecord], phase: str) -> JsonObject:
    if phase == "Succeeded":
        return _condition(kind, False, "PodCompleted")
    if phase == "Failed":
        return _condition(kind, False, "PodFailed")
    beside = [record for record in records if not record.is_step]
    unready = [record.name for record in beside if "running" not in record.state]
    if not unready:
        return _condition(kind, True)
    message = f"containers with unready status: [{' '.join(unready)}]"
    return _condition(kind, False, "ContainersNotReady", message)
