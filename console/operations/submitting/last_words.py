"""Cancelling from a place where nobody follows the submission: its last words are kept.

logcopy publishes what is finished when it is asked to stop, and the cluster forgets it with the
pod. So somebody has to listen meanwhile. Where another console records the submission it records
this too; otherwise the recording is taken up where it ends.
"""

from __future__ import annotations

import asyncio
import logging
import time

import msgspec

from console.domain.events import (
    Event,
    JobSeen,
    MergedReported,
    PlanReported,
    PodSeen,
    RouteFinished,
)
from console.domain.facts import JobFacts, PodFacts
from console.domain.submission import is_logcopy
from console.domain.upstream_refusals import refuse_upstreams
from console.errors import ConsoleError
from console.operations.ports.cluster import LogRequest
from console.operations.ports.recorder import RecordingWriter, SpoolWriter
from console.operations.recording.draining import drained
from console.operations.recording.kept_manifest import keep_manifest
from console.operations.recording.logcopies import progress_of
from console.operations.recording.recorded import recorded_progress
from console.operations.services import Services
from console.operations.submitting.ending import cancel

log = logging.getLogger(__name__)

LISTENING_WITHIN = 5.0
STOPPED_WITHIN = 60.0
BETWEEN_LOOKS = 0.2


class Stopped(msgspec.Struct, frozen=True):
    """`seconds` until no pod was left, None if one still is; `kept` finished drives on disk."""

    seconds: float | None
    kept: int


async def cancel_and_keep(services: Services, namespace: str, name: str) -> Stopped:
    """Cancel, wait until every container has stopped, and record what logcopy published.

    Raises what `cancel` raises.
    """
    job = await services.cluster.job(namespace, name)
    refuse_upstreams(job, "cancel")
    pods = await services.cluster.pods(namespace, name)
    writer = await _claim(services, job)
    own = [pod for pod in pods if pod.owner in ("", job.uid)]
    whole = _Telling(job)
    # Of pods that have a pair each, what all of them say is one telling.
    heard = {pod.uid: _Telling(job) if pod.index is None else whole for pod in own}
    ears = [_Ear(services, job, pod, writer, heard[pod.uid]) for pod in own]
    tasks = [asyncio.create_task(ear.listen(), name=f"keep {name}") for ear in ears]
    try:
        for ear in ears:
            await ear.ready()
        begin = time.monotonic()
        cancelled = await cancel(services, namespace, name)
        _note_end(services, writer, cancelled, pods)
        seconds = await _until_stopped(services, namespace, name, begin)
        if tasks:
            await asyncio.wait(tasks, timeout=LISTENING_WITHIN)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if writer is not None:
            writer.release()
    return Stopped(seconds, max((each.kept for each in heard.values()), default=0))


async def _claim(services: Services, job: JobFacts) -> RecordingWriter | None:
    """The right to record it; a disk that does not allow that is no reason not to cancel."""
    try:
        writer = services.recorder.claim(services.recording_of(job))
    except ConsoleError as error:
        log.warning("The end of %s is not recorded: %s", job.name, error)
        return None
    if writer is not None:
        await keep_manifest(services, job, writer)
    return writer


def _note_end(
    services: Services, writer: RecordingWriter | None, job: JobFacts, pods: tuple[PodFacts, ...]
) -> None:
    """The Job as it was cancelled, and its pods, so that the recording tells it when both are gone.

    A disk that does not take it is no reason to give up what logcopy still says.
    """
    if writer is None:
        return
    now = services.clock()
    try:
        writer.note(JobSeen(now, job))
        for pod in pods:
            writer.note(PodSeen(now, pod))
    except ConsoleError as error:
        log.warning("The end of %s is not recorded: %s", job.name, error)


async def _until_stopped(
    services: Services, namespace: str, name: str, begin: float
) -> float | None:
    while time.monotonic() - begin < STOPPED_WITHIN:
        pods = await services.cluster.pods(namespace, name)
        if all(pod.phase in ("Succeeded", "Failed") for pod in pods):
            return time.monotonic() - begin
        await asyncio.sleep(BETWEEN_LOOKS)
    return None


class _Telling:
    """What was told of a submission."""

    def __init__(self, job: JobFacts) -> None:
        self.progress = progress_of(job)
        self._finished: set[tuple[str, int]] = set()
        self._published = False

    @property
    def kept(self) -> int:
        """Finished drives, once logcopy has published them."""
        return len(self._finished) if self._published else 0

    def count(self, event: Event) -> None:
        if isinstance(event, RouteFinished):
            self._finished.add((event.record.route_id, event.record.repetition))
        self._published = self._published or isinstance(event, MergedReported)


class _Ear:
    """Listens to one pod's logcopy: from the end of its recording, or from its log's beginning."""

    def __init__(
        self,
        services: Services,
        job: JobFacts,
        pod: PodFacts,
        writer: RecordingWriter | None,
        heard: _Telling,
    ) -> None:
        self._services, self._job, self._pod, self._writer = services, job, pod, writer
        self._recording = services.recording_of(job)
        self._heard = heard
        self._facts = next((each for each in pod.containers if is_logcopy(each.name)), None)
        self._open = asyncio.Event()

    async def ready(self) -> None:
        """Until the log is open, or there is none, or it takes too long."""
        try:
            async with asyncio.timeout(LISTENING_WITHIN):
                await self._open.wait()
        except TimeoutError:
            return

    async def listen(self) -> None:
        """To the end of the log; a cluster that does not give it is no reason not to cancel."""
        try:
            await self._hear()
        except ConsoleError as error:
            log.warning("The end of %s was not heard: %s", self._job.name, error)
        finally:
            self._open.set()

    async def _hear(self) -> None:
        for event in await asyncio.to_thread(
            recorded_progress, self._services, self._recording, self._heard.progress
        ):
            self._heard.count(event)
        if self._facts is None:
            return
        reader = self._heard.progress.of(self._facts.name)
        spool = self._spool()
        point = spool.resume_point() if spool is not None else None
        pod, asked = self._pod, self._facts.asked
        request = LogRequest(pod.namespace, pod.name, asked, follow=True, after=point)
        try:
            async for block in drained(self._services, request, self._opened):
                if spool is not None:
                    spool.write(block)
                for event in reader.block(block, self._services.clock(), pod.key):
                    self._heard.count(event)
                    self._note(event)
        finally:
            if spool is not None:
                spool.close()

    async def _opened(self) -> None:
        self._open.set()

    def _spool(self) -> SpoolWriter | None:
        facts = self._facts
        if facts is None or self._writer is None:
            return None
        return self._writer.open_spool(facts.name, facts.restart_count, pod=self._pod.uid)

    def _note(self, event: Event) -> None:
        if self._writer is not None and isinstance(event, PlanReported | MergedReported):
            self._writer.note(event)
