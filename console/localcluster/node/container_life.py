"""One container from its first start to its last exit: start, wait, back off, start again.

Knows one container of one pod. What the pod makes of its state is the pod's business.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from console.localcluster.controllers.event_recorder import EventType
from console.localcluster.node.backoff import CrashBackoff, duration
from console.localcluster.node.container_setup import UnpackedImage
from console.localcluster.node.environment import ConfigMissing
from console.localcluster.node.image_pull import PullFailed, Report
from console.localcluster.node.log_sink import LogSink
from console.localcluster.node.processes import Launch, RunningContainer, start_refusal
from console.localcluster.node.records import ContainerRecord
from console.localcluster.node.volumes import VolumeNotReady
from console.localcluster.store import JsonObject

RESTART_SECONDS = 0.1
SHOWN_AFTER_SECONDS = 10.0
CONFIG_RETRY_SECONDS = 5.0

_MESSAGE_READ_BYTES = 4096
_START_ERROR = (
    "failed to create containerd task: failed to create shim task: OCI runtime create failed: "
    "runc create failed: unable to start container process: error during container init: "
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the pod provides to the life of a container."""

    pod_label: str
    """`<name>_<namespace>(<uid>)`, as the kubelet's messages name a pod."""
    container_prefix: str
    """Begins every container id of this cluster."""
    factor: float
    message_bytes: int
    now: Callable[[], datetime]
    image: Callable[[JsonObject, Report], Awaitable[UnpackedImage]]
    launch: Callable[[ContainerRecord, UnpackedImage, str], Launch]
    message_file: Callable[[ContainerRecord, str], Path]
    open_log: Callable[[ContainerRecord], LogSink]
    emit: Callable[[ContainerRecord, EventType, str, str], None]
    sandbox_lives: Callable[[], bool]
    started: Callable[[], None]
    changed: Callable[[], None]


class ContainerLife:
    """Runs a container until its policy says that it will not start again."""

    def __init__(self, record: ContainerRecord, around: Surroundings) -> None:
        self.record = record
        self.attempted = asyncio.Event()
        """Set once the first start was tried, whether it worked or not."""
        self.began = asyncio.Event()
        """Set once a process of it has run."""
        self._around = around
        self._stopping = asyncio.Event()
        self._running: RunningContainer | None = None
        self._pull_backoff = CrashBackoff()

    async def run(self) -> None:
        """Returns when the container is over for good, the pod stops or its sandbox is lost."""
        try:
            if self.record.runs and not await self._goes_on():
                return
            while not self._stopping.is_set():
                if await self._start() and self._running is not None:
                    await self._see_it_end(self._running)
                if not self._starts_again():
                    return
                await self._back_off()
                if not self._around.sandbox_lives():
                    # Its end was not heard of yet: a start now would be one restart too many.
                    await self._stopping.wait()
        finally:
            self.attempted.set()

    @property
    def running(self) -> RunningContainer | None:
        """The present run; None where there is none."""
        return self._running

    @property
    def stopped(self) -> bool:
        """Asked to stop: it was not left to its own end."""
        return self._stopping.is_set()

    def hold(self) -> None:
        """No further start; a running container runs on."""
        self._stopping.set()

    def stop(self) -> None:
        """No further start; SIGTERM to a running container."""
        self.hold()
        if self._running is not None:
            self._report("Normal", "Killing", f"Stopping container {self.record.name}")
            self._running.terminate()

    def kill(self) -> None:
        """No further start; SIGKILL to every process of the container."""
        self._stopping.set()
        if self._running is not None:
            self._running.kill()

    async def _goes_on(self) -> bool:
        """A container that ran in an earlier sandbox: pauses; False when it is over for good.

        An init container runs again whatever came of it, for the pod begins at its first state.
        """
        if not self.record.is_init and not self._starts_again():
            return False
        await self._back_off()
        return True

    def _starts_again(self) -> bool:
        if self._stopping.is_set():
            return False
        policy = self.record.restart_policy
        if policy == "Always" and not self.record.is_step:
            return True
        return policy != "Never" and self.record.exit_code != 0

    async def _start(self) -> bool:
        """One start. True when a run began, even one whose command cannot be executed."""
        while not self._stopping.is_set():
            container_id = f"{self._around.container_prefix}{uuid.uuid4().hex}"
            try:
                image = await self._around.image(self.record.spec, self._report)
                launch = self._around.launch(self.record, image, container_id)
            except PullFailed as failure:
                await self._wait_for_image(failure)
            except (ConfigMissing, VolumeNotReady) as missing:
                self._report("Warning", "Failed", f"Error: {missing.what}")
                await self._wait_with("CreateContainerConfigError", missing.what)
            else:
                if not self._stopping.is_set():
                    self._begin(launch, image)
                    return True
        return False

    def _begin(self, launch: Launch, image: UnpackedImage) -> None:
        record, now = self.record, self._around.now()
        record.image_id = image.digest
        self._report("Normal", "Created", "Container created")
        self._around.message_file(record, launch.container_id).touch()
        log = self._around.open_log(record)
        try:
            self._running = RunningContainer(launch, log)
        except (OSError, ValueError) as failure:
            log.close()
            message = _START_ERROR + start_refusal(launch.argv[0] if launch.argv else "", failure)
            record.start_failed(launch.container_id, now, message)
            record.ended_at = time.monotonic()
            self._report("Warning", "Failed", f"Error: {message}")
        else:
            record.starts(launch.container_id, now)
            self.began.set()
            self._report("Normal", "Started", "Container started")
        self.attempted.set()
        self._around.started()

    async def _see_it_end(self, running: RunningContainer) -> None:
        code = await running.wait()
        self._running = None
        message = self._termination_message()
        self.record.ended_at = time.monotonic()
        self.record.ends(code, self._around.now(), message)
        self._around.changed()

    def _termination_message(self) -> str:
        path = self._around.message_file(self.record, self.record.container_id)
        try:
            with path.open("rb") as file:
                text = file.read(_MESSAGE_READ_BYTES)
        except OSError:
            return ""
        return text[: self._around.message_bytes].decode(errors="replace")

    async def _back_off(self) -> None:
        """The pause before a restart, counted from the exit; seen as CrashLoopBackOff."""
        record, factor = self.record, self._around.factor
        finished = record.ended_at
        pause = record.backoff.pause_after(finished, factor)
        if pause:
            words = f"restarting failed container {record.name} in pod {self._around.pod_label}"
            self._report("Warning", "BackOff", f"Back-off {words}")
            shown_at = finished + min(pause, SHOWN_AFTER_SECONDS * factor)
            await self._pause(shown_at - time.monotonic())
            if self._stopping.is_set():
                return
            words = f"container={record.name} pod={self._around.pod_label}"
            message = f"back-off {duration(pause)} restarting failed {words}"
            record.waits("CrashLoopBackOff", message)
            self._around.changed()
        await self._pause(max(finished + pause - time.monotonic(), RESTART_SECONDS))
        record.backoff = record.backoff.raised(finished, time.monotonic(), factor)

    async def _wait_for_image(self, failure: PullFailed) -> None:
        reference = self.record.spec.get("image", "")
        failed = time.monotonic()
        self.record.waits(failure.reason, failure.what)
        self._attempted_and_changed()
        if failure.reason != "ErrImagePull":
            await self._pause(CONFIG_RETRY_SECONDS * self._around.factor)
            return
        factor = self._around.factor
        self._pull_backoff = self._pull_backoff.raised(failed, failed, factor)
        pause = self._pull_backoff.pause
        await self._pause(min(pause / 2, 1.0))
        self._report("Normal", "BackOff", f'Back-off pulling image "{reference}"')
        self._report("Warning", "Failed", "Error: ImagePullBackOff")
        message = f'Back-off pulling image "{reference}": ErrImagePull: {failure.what}'
        self.record.waits("ImagePullBackOff", message)
        self._around.changed()
        await self._pause(failed + pause - time.monotonic())

    async def _wait_with(self, reason: str, message: str) -> None:
        self.record.waits(reason, message)
        self._attempted_and_changed()
        await self._pause(CONFIG_RETRY_SECONDS * self._around.factor)

    def _attempted_and_changed(self) -> None:
        self.attempted.set()
        self._around.changed()

    async def _pause(self, seconds: float) -> None:
        """Sleeps, but not longer than until the pod stops."""
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self._stopping.wait()
        except TimeoutError:
            return

    def _report(self, kind: EventType, reason: str, message: str) -> None:
        self._around.emit(self.record, kind, reason, message)
