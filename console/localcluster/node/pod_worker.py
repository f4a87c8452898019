"""One pod on the node: volumes, address, init containers, containers, its status and its end."""

from __future__ import annotations

import asyncio
import logging
import uuid
from dataclasses import dataclass, replace
from pathlib import Path

from console.localcluster.controllers.event_recorder import EventRecorder, EventType
from console.localcluster.deletion import is_deleted
from console.localcluster.node import container_setup, volumes
from console.localcluster.node.addresses import PodAddresses
from console.localcluster.node.container_life import ContainerLife, Surroundings
from console.localcluster.node.container_order import ContainerOrder
from console.localcluster.node.disk import remove_tree
from console.localcluster.node.handed_gpus import NodeGpus
from console.localcluster.node.image_pull import ImagePuller
from console.localcluster.node.log_sink import LogSink
from console.localcluster.node.processes import RunningContainer
from console.localcluster.node.records import ContainerRecord, PodRecord, pod_status
from console.localcluster.node.sandbox import Sandbox
from console.localcluster.store import JsonObject, Store, timestamp

SETTLE_SECONDS = 1.0
MOUNT_RETRY_SECONDS = 0.5
LONGEST_MOUNT_RETRY_SECONDS = 120.0

_ALL_MESSAGES_BYTES = 12288
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NodeParts:
    """What every pod of the node shares."""

    store: Store
    folder: Path
    events: EventRecorder
    images: ImagePuller
    addresses: PodAddresses
    cluster_id: str
    time_factor: float
    gpus: NodeGpus


class PodWorker:
    """Runs one pod until it is finished, stopped or gone."""

    def __init__(self, pod: JsonObject, node: NodeParts) -> None:
        meta = pod["metadata"]
        self.uid: str = meta["uid"]
        self._namespace, self._name = meta["namespace"], meta["name"]
        self._node = node
        self._spec = pod["spec"]
        self._pod = pod
        self.folder = node.folder / "pods" / self.uid
        self.log_folder = node.folder / "logs" / f"{self._namespace}_{self._name}_{self.uid}"
        self.logs: dict[tuple[str, int], LogSink] = {}
        self._facts = PodRecord(node.addresses.host, timestamp(node.store.now()))
        self._place = container_setup.PodPlace(self.folder, {})
        self._records = _records(self._spec)
        self._around = self._surroundings(f"{self._name}_{self._namespace}({self.uid})")
        self._order = self._fresh_order()
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._kill_timer: asyncio.TimerHandle | None = None
        self._sandbox: Sandbox | None = None
        self._lost = False

    def start(self) -> None:
        """Begins to run the pod in the background."""
        self._task = asyncio.create_task(self._run(), name=f"pod {self._name}")
        self._task.add_done_callback(_log_failure)

    def stop(self, grace_seconds: float) -> None:
        """SIGTERM to all containers, SIGKILL after the grace; a later call can shorten."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + grace_seconds
        if self._kill_timer is not None:
            if self._kill_timer.when() <= deadline:
                return
            self._kill_timer.cancel()
        self._kill_timer = loop.call_at(deadline, self.kill)
        if not self._stopping.is_set():
            self._stopping.set()
            self._order.stop()

    def stop_finished(self) -> None:
        """The API calls the pod finished: nothing of it is ready any more, and all is stopped."""
        if not self._stopping.is_set() and self._task is not None and not self._task.done():
            self.stop(self._own_grace())
            self._publish()

    def kill(self) -> None:
        """SIGKILL to everything, and no further start."""
        self._stopping.set()
        self._order.kill()

    def lose(self) -> None:
        """The node is gone: everything is killed, and nothing is told any more."""
        self._lost = True
        self.kill()

    def running(self, container: str) -> RunningContainer | None:
        """The present run of a container; None where there is none."""
        return self._order.running(container)

    async def gone(self) -> None:
        """Waits for the end of a stopped pod and removes its directories."""
        if self._task is not None:
            await self._task
        if self._kill_timer is not None:
            self._kill_timer.cancel()
        await asyncio.to_thread(_remove_trees, self.folder, self.log_folder)

    async def _run(self) -> None:
        self._publish()
        if await self._mounted():
            deadline = self._watch_deadline()
            while await self._run_in_sandbox():
                self._order = self._fresh_order()
            deadline.cancel()
            if not self._stopping.is_set():
                await self._settle()
        self._facts = replace(self._facts, final=True)
        self._node.gpus.free(self.uid)
        self._publish()
        if not self._lost and is_deleted(self._pod) and self._stored() is not None:
            self._node.store.remove("pods", self._namespace, self._name)

    async def _run_in_sandbox(self) -> bool:
        """The pod in a sandbox of its own; True when that was lost with something left to run."""
        node = self._node
        mark = f"{node.cluster_id}-{uuid.uuid4().hex}"
        sandbox = self._sandbox = Sandbox(self.uid, mark, self.folder, node.addresses)
        self._facts = replace(self._facts, pod_ip=sandbox.address, sandboxed=True)
        self._publish()
        containers = asyncio.create_task(self._order.run())
        loss = asyncio.create_task(sandbox.lost.wait())
        try:
            await asyncio.wait((containers, loss), return_when=asyncio.FIRST_COMPLETED)
            if containers.done():
                return False
            await self._leave(containers)
            return self._begins_again()
        finally:
            loss.cancel()
            await containers
            # Last: the containers live in its network.
            sandbox.end()

    async def _leave(self, containers: asyncio.Task[None]) -> None:
        """The sandbox is lost: every container that still runs in it is stopped, with its grace."""
        self._facts = replace(self._facts, sandboxed=False)
        words = "Pod sandbox changed, it will be killed and re-created."
        self._emit("Normal", "SandboxChanged", words)
        self._order.stop()
        timer = asyncio.get_running_loop().call_later(self._own_grace(), self._order.kill)
        await containers
        timer.cancel()
        self._publish()

    def _begins_again(self) -> bool:
        """Whether the pod gets another sandbox: not when every container has succeeded."""
        policy = self._spec["restartPolicy"]
        if self._stopping.is_set() or policy == "Never":
            return False
        mains = [record for record in self._records if not record.is_init]
        return policy == "Always" or any(record.exit_code != 0 for record in mains)

    def _fresh_order(self) -> ContainerOrder:
        lives = [ContainerLife(record, self._around) for record in self._records]
        return ContainerOrder(lives, self._own_grace(), self._publish)

    async def _mounted(self) -> bool:
        """Sets the volumes up, as often as it takes; False when the pod stops before."""
        pause = MOUNT_RETRY_SECONDS
        while not self._stopping.is_set():
            try:
                folder, host = self.folder / "volumes", self._node.folder / "host"
                found = volumes.set_up(self._pod, folder, host, self._find)
            except volumes.VolumeNotReady as refusal:
                self._emit("Warning", "FailedMount", refusal.what)
                await self._pause(pause * self._node.time_factor)
                pause = min(pause * 2, LONGEST_MOUNT_RETRY_SECONDS)
            else:
                self._place = container_setup.PodPlace(self.folder, found)
                return True
        return False

    def _watch_deadline(self) -> asyncio.Handle:
        loop = asyncio.get_running_loop()
        seconds = self._spec.get("activeDeadlineSeconds")
        if seconds is None:
            return loop.call_soon(lambda: None)
        return loop.call_later(seconds, self._exceed_deadline)

    def _exceed_deadline(self) -> None:
        message = "Pod was active on the node longer than the specified deadline"
        self._facts = replace(self._facts, reason="DeadlineExceeded", message=message)
        self.stop(self._own_grace())

    def _own_grace(self) -> float:
        return float(self._spec["terminationGracePeriodSeconds"])

    async def _settle(self) -> None:
        """A kubelet decides the final phase at its next look, not at the last exit."""
        await self._pause(SETTLE_SECONDS * self._node.time_factor)

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return

    def _started(self) -> None:
        """The first starts of all containers are told together."""
        if not self._order.starting:
            self._publish()

    def _publish(self) -> None:
        """The present status into the store; a pod that is gone there has nobody to tell."""

        def write(pod: JsonObject) -> None:
            pod["status"] = pod_status(pod, self._records, self._facts, self._node.store.now())

        if self._lost:
            return
        if self._stored() is None:
            self.kill()
        else:
            self._pod = self._node.store.mutate("pods", self._namespace, self._name, write)

    def _stored(self) -> JsonObject | None:
        """The pod as the store has it; another pod of the same name is not it."""
        found = self._node.store.find("pods", self._namespace, self._name)
        return found if found is not None and found["metadata"]["uid"] == self.uid else None

    def _find(self, resource: str, name: str) -> JsonObject | None:
        return self._node.store.find(resource, self._namespace, name)

    def _emit(self, kind: EventType, reason: str, message: str, field_path: str = "") -> None:
        if not self._lost:
            self._node.events.emit(self._pod, kind, reason, message, field_path)

    def _open_log(self, record: ContainerRecord) -> LogSink:
        """The file of the coming run; of the runs before only the last is kept."""
        run, folder = record.runs, self.log_folder / record.name
        if old := self.logs.pop((record.name, run - 2), None):
            old.remove()
        sink = LogSink(folder / f"{run}.log")
        self.logs[record.name, run] = sink
        return sink

    def _surroundings(self, label: str) -> Surroundings:
        node = self._node

        def emit(record: ContainerRecord, kind: EventType, reason: str, message: str) -> None:
            self._emit(kind, reason, message, record.field_path)

        return Surroundings(
            pod_label=label,
            container_prefix=f"{node.cluster_id}-",
            factor=node.time_factor,
            message_bytes=_ALL_MESSAGES_BYTES // len(self._records),
            now=node.store.now,
            image=node.images.image,
            launch=lambda record, image, container_id: container_setup.launch_of(
                record.spec,
                self._pod,
                image,
                self._place,
                self._find,
                container_id,
                node.gpus.environment,
            ),
            message_file=lambda record, container_id: container_setup.message_file(
                self._place, record.spec, container_id
            ),
            open_log=self._open_log,
            emit=emit,
            sandbox_lives=lambda: self._sandbox is not None and self._sandbox.lives,
            started=self._started,
            changed=self._publish,
        )


def _log_failure(task: asyncio.Task[None]) -> None:
    """A worker must not die in silence: its traceback goes to the daemon's log."""
    if not task.cancelled() and (failure := task.exception()) is not None:
        _LOG.error("%s stopped working", task.get_name(), exc_info=failure)


def _records(spec: JsonObject) -> list[ContainerRecord]:
    inits = spec.get("initContainers", [])
    reason = "PodInitializing" if inits else "ContainerCreating"
    return [
        ContainerRecord(
            spec=container,
            is_init=is_init,
            restart_policy=container.get("restartPolicy") or spec["restartPolicy"],
            state={"waiting": {"reason": reason}},
        )
        for is_init, group in ((True, inits), (False, spec["containers"]))
        for container in group
    ]


def _remove_trees(*folders: Path) -> None:
    for folder in folders:
        remove_tree(folder)
