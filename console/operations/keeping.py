"""Cancelling from a place where nobody follows the submission: its last words are kept.

logcopy publishes what is finished when it is asked to stop, and the cluster forgets it with the
pod. So somebody has to listen meanwhile. logcopy's log is recorded unless some console has begun
to: two writers of one log would double its lines. What it publishes is noted in any case.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from console.domain.events import Event, MergedReported, PlanReported, RouteFinished
from console.domain.facts import JobFacts, PodFacts
from console.errors import ConsoleError
from console.operations.ending import cancel
from console.operations.ports import LogRequest, SpoolWriter
from console.operations.progress_lines import ProgressReader
from console.operations.services import Services

LOGCOPY = "logcopy"
LISTENING_WITHIN = 5.0
STOPPED_WITHIN = 60.0
BETWEEN_LOOKS = 0.2


@dataclass(frozen=True, slots=True)
class Stopped:
    """`seconds` until no pod was left, None if one still is; `kept` finished drives on disk."""

    seconds: float | None
    kept: int


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
    return Stopped(seconds, max((ear.kept for ear in ears), default=0))


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
    """Listens to one pod's logcopy from the beginning of its log."""

    def __init__(self, services: Services, job: JobFacts, pod: PodFacts) -> None:
        self._services, self._job, self._pod = services, job, pod
        self._recording = services.recording_of(job)
        self._reader = ProgressReader(job.plan)
        self._open = asyncio.Event()
        self._finished: set[tuple[str, int]] = set()
        self._published = False

    @property
    def kept(self) -> int:
        """Finished drives, once logcopy has published them."""
        return len(self._finished) if self._published else 0

    async def ready(self) -> None:
        """Until the log is open, or there is none, or it takes too long."""
        try:
            async with asyncio.timeout(LISTENING_WITHIN):
                await self._open.wait()
        except TimeoutError:
            return

    async def listen(self) -> None:
        """To the end of the log; a cluster that does not give it is no reason not to cancel."""
        request = LogRequest(self._pod.namespace, self._pod.name, LOGCOPY, follow=True)
        spool = None
        try:
            async for block in self._services.cluster.log(request):
                spool = spool if self._open.is_set() else self._spool()
                self._open.set()
                if spool is not None and block:
                    spool.write(block)
                for event in self._reader.block(block, self._services.clock()):
                    self._note(event)
        except ConsoleError:
            return
        finally:
            self._open.set()
            if spool is not None:
                spool.close()

    def _spool(self) -> SpoolWriter | None:
        recorder, facts = self._services.recorder, self._pod.container(LOGCOPY)
        if facts is None or recorder.log(self._recording, LOGCOPY).line_count():
            return None
        run = facts.restart_count
        return recorder.open_spool(self._recording, LOGCOPY, run, pod=self._pod.uid)

    def _note(self, event: Event) -> None:
        if isinstance(event, RouteFinished):
            self._finished.add((event.record.route_id, event.record.repetition))
        elif isinstance(event, PlanReported | MergedReported):
            self._services.recorder.note(self._recording, event)
            self._published = self._published or isinstance(event, MergedReported)
