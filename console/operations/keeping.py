"""Cancelling from a place where nobody follows the submission: its last words are kept.

logcopy publishes what is finished when it is asked to stop, and the cluster forgets it with the
pod. So somebody has to listen meanwhile. Records no log, only what logcopy publishes.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from console.domain.events import MergedReported, PlanReported
from console.domain.facts import JobFacts, PodFacts
from console.errors import ConsoleError
from console.operations.ending import cancel
from console.operations.ports import LogRequest
from console.operations.progress_lines import ProgressReader
from console.operations.services import Services

LOGCOPY = "logcopy"
LISTENING_WITHIN = 5.0
STOPPED_WITHIN = 60.0
BETWEEN_LOOKS = 0.2


@dataclass(frozen=True, slots=True)
class Stopped:
    """`seconds` until no pod was left, None if one still is. `kept`: the result is recorded."""

    seconds: float | None
    kept: bool


async def cancel_and_keep(services: Services, namespace: str, name: str) -> Stopped:
    """Cancel, wait until every container has stopped, and record what logcopy published.

    Raises what `cancel` raises.
    """
    job = await services.cluster.job(namespace, name)
    ears = [_Ear(services, job, pod) for pod in await services.cluster.pods(namespace, name)]
    tasks = [asyncio.create_task(ear.listen(), name=f"keep {name}") for ear in ears]
    try:
        for ear in ears:
            await ear.ready()
        begin = time.monotonic()
        await cancel(services, namespace, name)
        seconds = await _until_stopped(services, namespace, name, begin)
        if tasks:
            await asyncio.wait(tasks, timeout=LISTENING_WITHIN)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return Stopped(seconds, any(ear.heard for ear in ears))


async def _until_stopped(
    services: Services, namespace: str, name: str, begin: float
) -> float | None:
    while time.monotonic() - begin < STOPPED_WITHIN:
        pods = await services.cluster.pods(namespace, name)
        if all(pod.phase in ("Succeeded", "Failed") for pod in pods):
            return time.monotonic() - begin
        await asyncio.sleep(BETWEEN_LOOKS)
    return None


class _Ear:
    """Listens to one pod's logcopy."""

    def __init__(self, services: Services, job: JobFacts, pod: PodFacts) -> None:
        self._services, self._job, self._pod = services, job, pod
        self._open = asyncio.Event()
        self.heard = False

    async def ready(self) -> None:
        """Until the log is open, or there is none, or it takes too long."""
        try:
            async with asyncio.timeout(LISTENING_WITHIN):
                await self._open.wait()
        except TimeoutError:
            return

    async def listen(self) -> None:
        """To the end of the log; a cluster that does not give it is no reason not to cancel."""
        reader, recorder = ProgressReader(self._job.plan), self._services.recorder
        recording = self._services.recording_of(self._job)
        request = LogRequest(self._pod.namespace, self._pod.name, LOGCOPY, follow=True)
        try:
            async for block in self._services.cluster.log(request):
                self._open.set()
                for event in reader.block(block, self._services.clock()):
                    if isinstance(event, PlanReported | MergedReported):
                        recorder.note(recording, event)
                        self.heard = self.heard or isinstance(event, MergedReported)
        except ConsoleError:
            return
        finally:
            self._open.set()
