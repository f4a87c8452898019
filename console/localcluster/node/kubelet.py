"""The node's loop: a worker for every pod placed on it, and the way to the logs of their runs."""

from __future__ import annotations

import asyncio
import platform
from asyncio import StreamReader, StreamWriter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from console.localcluster.api.ports import LogUnavailable, PortUnreachable, StartFailed
from console.localcluster.api.version import GIT_VERSION
from console.localcluster.claims import GPU, SHARE
from console.localcluster.controllers.event_recorder import EventRecorder, EventSource
from console.localcluster.controllers.taints import is_cordoned
from console.localcluster.deletion import is_deleted, is_finished
from console.localcluster.node.addresses import PodAddresses
from console.localcluster.node.executing import ExecutedProcess, execute
from console.localcluster.node.handed_gpus import SHARES_OF_ONE, NodeGpus
from console.localcluster.node.image_pull import ImagePuller
from console.localcluster.node.log_sink import LogSink
from console.localcluster.node.pod_worker import NodeParts, PodWorker
from console.localcluster.store import Change, JsonObject, Store, timestamp

NODE_NAME = "local-node"
INSTANCE_TYPE = "g5.12xlarge"
LOG_CHECK_SECONDS = 10.0


class Kubelet:
    """Runs the pods of one node. `folder` holds their volumes and logs, and the node's images.

    A node whose object is deleted is lost with its machine: all that runs on it is killed, and
    nobody hears of it.
    """

    def __init__(
        self,
        store: Store,
        folder: Path,
        cluster_id: str,
        *,
        time_factor: float = 1.0,
        name: str = NODE_NAME,
    ) -> None:
        self.name = name
        self._store = store
        self.lost = False
        """The node is gone from the cluster."""
        self._workers: dict[str, PodWorker] = {}
        self._cordoned = False
        self._ending: set[asyncio.Task[None]] = set()
        self._parts = NodeParts(
            store=store,
            folder=folder,
            events=EventRecorder(store, EventSource("kubelet", name)),
            images=ImagePuller(folder / "images"),
            addresses=PodAddresses(),
            cluster_id=cluster_id,
            time_factor=time_factor,
            gpus=NodeGpus(store, folder / "gpus", name),
        )
        self._x_servers = folder / "host" / "tmp" / ".X11-unix"

    def register(self, gpus: int) -> None:
        """Creates the Node object, as a starting kubelet does. The node has an X server, `:0`."""
        self._parts.gpus.register(gpus)
        self._x_servers.mkdir(parents=True, exist_ok=True)
        (self._x_servers / "X0").touch()
        node = node_object(
            self.name, self._parts.addresses.host, gpus, timestamp(self._store.now())
        )
        created = self._store.create("nodes", node)
        ready = f"Node {self.name} status is now: NodeReady"
        self._parts.events.emit(created, "Normal", "Starting", "Starting kubelet.")
        self._parts.events.emit(created, "Normal", "NodeReady", ready)

    async def run(self) -> None:
        """Works until cancelled; then nothing of any pod is left running."""
        rotation = asyncio.create_task(self._rotate_logs())
        try:
            await self._follow()
        finally:
            rotation.cancel()

    async def _follow(self) -> None:
        with self._store.subscribe("pods", "nodes") as changes:
            try:
                async for change in changes:
                    if self.lost:
                        continue
                    if change.resource == "pods":
                        self._react(change)
                    elif change.obj["metadata"]["name"] == self.name:
                        self._see_node(change)
            finally:
                await self._kill_all()

    def log_file(self, pod: JsonObject, container: str, run: int) -> LogSink:
        """The log of one run of a container. Raises LogUnavailable."""
        worker = self._workers.get(pod["metadata"]["uid"])
        sink = worker.logs.get((container, run)) if worker else None
        if sink is None:
            name = pod["metadata"]["name"]
            raise LogUnavailable(
                f'previous terminated container "{container}" in pod "{name}" not found'
            )
        return sink

    async def execute(
        self, pod: JsonObject, container: str, words: Sequence[str], *, tty: bool, stdin: bool
    ) -> ExecutedProcess:
        """One more process in a running container. Raises StartFailed."""
        worker = self._workers.get(pod["metadata"]["uid"])
        running = worker.running(container) if worker else None
        if running is None:
            raise StartFailed(f'unable to upgrade connection: container not found ("{container}")')
        return await execute(running.launch, words, tty=tty, stdin=stdin)

    async def dial(self, pod: JsonObject, port: int) -> tuple[StreamReader, StreamWriter]:
        """A connection to what listens there in that pod. Raises PortUnreachable.

        All pods share this machine's loopback: what listens on its usual address may be a pod's.
        """
        for address in (pod.get("status", {}).get("podIP"), "127.0.0.1"):
            with suppress(OSError):
                if address:
                    return await asyncio.open_connection(address, port)
        name, uid = pod["metadata"]["name"], pod["metadata"]["uid"]
        told = f"failed to connect to localhost:{port} inside the pod: connection refused"
        raise PortUnreachable(f"error forwarding port {port} to pod {name}, uid {uid}: {told}")

    async def _rotate_logs(self) -> None:
        while True:
            await asyncio.sleep(LOG_CHECK_SECONDS * self._parts.time_factor)
            for worker in self._workers.values():
                for sink in worker.logs.values():
                    sink.rotate()

    def _see_node(self, change: Change) -> None:
        if change.type == "DELETED":
            self.lost = True
            for worker in self._workers.values():
                worker.lose()
                self._bury(worker)
        else:
            self._tell_cordon(change.obj)

    def _tell_cordon(self, node: JsonObject) -> None:
        if is_cordoned(node) != self._cordoned:
            self._cordoned = is_cordoned(node)
            word = "NodeNotSchedulable" if self._cordoned else "NodeSchedulable"
            status = f"Node {self.name} status is now: {word}"
            self._parts.events.emit(node, "Normal", word, status)

    def _react(self, change: Change) -> None:
        pod = change.obj
        meta = pod["metadata"]
        worker = self._workers.get(meta["uid"])
        if change.type == "DELETED":
            if worker is not None:
                worker.kill()
                self._bury(worker)
        elif worker is None:
            if pod["spec"].get("nodeName") == self.name and not is_finished(pod):
                self._admit(pod)
        elif is_deleted(pod):
            worker.stop(meta.get("deletionGracePeriodSeconds", 0))
        elif is_finished(pod):
            worker.stop_finished()

    def _admit(self, pod: JsonObject) -> None:
        meta = pod["metadata"]
        if is_deleted(pod):
            self._store.remove("pods", meta["namespace"], meta["name"])
            return
        worker = PodWorker(pod, self._parts)
        self._workers[worker.uid] = worker
        worker.start()

    def _bury(self, worker: PodWorker) -> None:
        task = asyncio.create_task(self._wait_and_forget(worker))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _wait_and_forget(self, worker: PodWorker) -> None:
        await worker.gone()
        self._workers.pop(worker.uid, None)
        self._parts.events.forget(worker.uid)

    async def _kill_all(self) -> None:
        for worker in list(self._workers.values()):
            worker.kill()
        await asyncio.gather(*(worker.gone() for worker in list(self._workers.values())))


def node_object(name: str, address: str, gpus: int, now: str) -> JsonObject:
    """The Node as the API shows it."""
    offered = {GPU: str(gpus), SHARE: str(gpus * SHARES_OF_ONE)}
    resources = {"cpu": "48", "memory": "192Gi", "pods": "110", **offered}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": _labels(name)},
        "spec": {},
        "status": {
            "capacity": resources,
            "allocatable": dict(resources),
            "conditions": _conditions(now),
            "addresses": [
                {"type": "InternalIP", "address": address},
                {"type": "Hostname", "address": name},
            ],
            "nodeInfo": {
                "machineID": "",
                "systemUUID": "",
                "bootID": "",
                "kernelVersion": platform.release(),
                "osImage": "processes of this host, no isolation",
                "containerRuntimeVersion": "local://1",
                "kubeletVersion": GIT_VERSION,
                "kubeProxyVersion": "",
                "operatingSystem": "linux",
                "architecture": {"x86_64": "amd64", "aarch64": "arm64"}.get(
                    platform.machine(), platform.machine()
                ),
            },
        },
    }


def _labels(name: str) -> dict[str, str]:
    return {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "node.kubernetes.io/instance-type": INSTANCE_TYPE,
    }


def _conditions(now: str) -> list[JsonObject]:
    healthy = [
        ("MemoryPressure", "False", "KubeletHasSufficientMemory", "has sufficient memory"),
        ("DiskPressure", "False", "KubeletHasNoDiskPressure", "has no disk pressure"),
        ("PIDPressure", "False", "KubeletHasSufficientPID", "has sufficient PID"),
        ("Ready", "True", "KubeletReady", "is posting ready status"),
    ]
    return [
        {
            "type": kind,
            "status": value,
            "lastHeartbeatTime": now,
            "lastTransitionTime": now,
            "reason": reason,
            "message": f"kubelet {words}",
        }
        for kind, value, reason, words in healthy
    ]
