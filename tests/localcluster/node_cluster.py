"""A whole cluster without HTTP in one event loop, for the tests of the node and the controllers."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from console.localcluster.api.defaulting import default_job, default_pod, own_pods
from console.localcluster.controllers.garbage import GarbageCollector
from console.localcluster.controllers.job_controller import JobController, TimeToLive
from console.localcluster.controllers.orphaned_pods import OrphanedPods
from console.localcluster.controllers.scheduler import Scheduler
from console.localcluster.controllers.taints import CordonTaints
from console.localcluster.lifecycle.state_folder import sweep_containers
from console.localcluster.node.nodes import Nodes
from console.localcluster.node.processes import MARKER, environment_of, living_processes
from console.localcluster.node.sandbox import SANDBOX
from console.localcluster.store import Store

SHELL = "console.local/shell:1"
FACTOR = 0.02


class Cluster:
    def __init__(self, folder: Path, factor: float, gpus: int, nodes: int = 1) -> None:
        self.store = Store()
        self.folder = folder
        self.cluster_id = f"test{id(self):x}"
        self.kubelet = Nodes(self.store, folder, self.cluster_id, count=nodes, time_factor=factor)
        self.kubelet.register(gpus)
        self._changes = self.store.subscribe("pods", "jobs")
        self._history: list[tuple[str, dict[str, Any]]] = []
        self.parts = [
            self.kubelet.run(),
            JobController(self.store, default_pod, time_factor=factor).run(),
            TimeToLive(self.store).run(),
            GarbageCollector(self.store).run(),
            Scheduler(self.store).run(),
            CordonTaints(self.store).run(),
            OrphanedPods(self.store, time_factor=factor).run(),
        ]

    @property
    def history(self) -> list[tuple[str, dict[str, Any]]]:
        """Every change of a pod or Job up to now."""
        taken = self._changes.take()
        self._history += [(f"{change.type} {change.resource}", change.obj) for change in taken]
        return self._history

    def pod(self, name: str | None = None) -> dict[str, Any]:
        pods = self.store.list("pods")
        found = [pod for pod in pods if name in (None, pod["metadata"]["name"])]
        assert found, f"no pod {name or ''}"
        return found[0]

    def job(self, name: str = "job") -> dict[str, Any]:
        return self.store.get("jobs", "default", name)

    def status(self, container: str) -> dict[str, Any]:
        status = self.pod()["status"]
        entries = status.get("initContainerStatuses", []) + status.get("containerStatuses", [])
        return next((entry for entry in entries if entry["name"] == container), {"state": {}})

    def events(self, reason: str = "") -> list[dict[str, Any]]:
        events = self.store.list("events")
        events = [event for event in events if reason in ("", event["reason"])]
        return sorted(events, key=lambda event: event["metadata"]["name"].rpartition(".")[2])

    def log(self, container: str, run: int = 0) -> list[str]:
        """The lines of a run without their stamps."""
        text = self.kubelet.log_file(self.pod(), container, run).path.read_text()
        return [line.partition(" ")[2] for line in text.splitlines()]

    def processes(self) -> list[int]:
        marker = f"{MARKER}={self.cluster_id}".encode()
        return [
            entry.pid
            for entry in living_processes()
            if any(value.startswith(marker) for value in environment_of(entry.pid))
        ]

    def running(self, *words: str) -> list[int]:
        """Its processes that are just this command."""
        return [pid for pid in self.processes() if _command(pid) == list(words)]

    def sandbox(self) -> int:
        """The process that holds the pod's sandbox."""
        marker = f"{SANDBOX}={self.pod()['metadata']['uid']}".encode()
        return next(e.pid for e in living_processes() if marker in environment_of(e.pid))

    def create_pod(
        self, *containers: dict[str, Any], name: str = "pod", **spec: object
    ) -> dict[str, Any]:
        meta = {"name": name, "namespace": "default"}
        whole = {"containers": list(containers), "restartPolicy": "OnFailure", **spec}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": whole}
        default_pod(pod)
        return self.store.create("pods", pod)

    def create_job(
        self,
        *containers: dict[str, Any],
        name: str = "job",
        pod: dict[str, Any] | None = None,
        **spec: object,
    ) -> dict[str, Any]:
        whole = {
            "containers": list(containers),
            "restartPolicy": "OnFailure",
            "terminationGracePeriodSeconds": 2,
        }
        whole.update(pod or {})
        meta = {"name": name, "namespace": "default", "uid": str(uuid.uuid4())}
        job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta}
        job["spec"] = {"backoffLimit": 8, **spec, "template": {"spec": whole}}
        default_job(job)
        own_pods(job, meta["uid"])
        return self.store.create("jobs", job)


def shell(name: str, script: str, **more: object) -> dict[str, Any]:
    return {"name": name, "image": SHELL, "command": ["sh", "-c", script], **more}


@asynccontextmanager
async def cluster(
    folder: Path, *, factor: float = FACTOR, gpus: int = 16, nodes: int = 1
) -> AsyncIterator[Cluster]:
    made = Cluster(folder, factor, gpus, nodes)
    tasks = [asyncio.create_task(part) for part in made.parts]
    await asyncio.sleep(0)
    try:
        yield made
        failed = [task for task in tasks if task.done()]
        assert not failed, failed
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        sweep_containers(made.cluster_id)


def _command(pid: int) -> list[str]:
    """Nothing of one that has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")[:-1]
    except OSError:
        return []


async def until(true: Callable[[], object], seconds: float = 10.0) -> None:
    """Polls a condition; AssertionError names nothing, the caller's line does."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - what it asks for comes from other processes
            await asyncio.sleep(0.01)
