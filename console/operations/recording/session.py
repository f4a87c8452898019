"""The logs of one submission: recorded by this console, or read where another one records them.

A recording has one writer. Whoever comes second reads what the first writes, and takes over when
the first has ended: at the line where its spools end, so that none is lost and none is doubled.
"""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Callable, Coroutine, Iterator
from datetime import datetime
from typing import Any

from console.domain.events import Event, LastLine, MergedReported, StreamChanged, StreamState
from console.domain.facts import ContainerFacts, JobFacts, PodFacts
from console.domain.submission import is_logcopy
from console.domain.ticks import NO_TICK, Ticked, ticked
from console.errors import ConsoleError
from console.operations.ports.recorder import RecordingWriter
from console.operations.recording.journal import Journal
from console.operations.recording.kept_in_cluster import NAME, KeptDrives
from console.operations.recording.kept_manifest import keep_manifest
from console.operations.recording.logcopies import progress_of
from console.operations.recording.pod_readers import PodReaders
from console.operations.recording.pods_anew import PodsAnew
from console.operations.recording.progress import MARK
from console.operations.recording.reader import ContainerReader
from console.operations.recording.shared_looks import SharedLooks
from console.operations.recording.stages_heard import StageEar
from console.operations.recording.tail import RecordingTail, moment_of, shortened
from console.operations.services import Services
from console.operations.task_guard import TaskGuard, failure

log = logging.getLogger(__name__)

HEAR_EVERY = 60.0
"""Seconds after which a whole journal is read again for what another console notes there."""
SETTLED_AFTER = 10.0
"""Seconds that an ended submission's writer is given to read the last lines."""
YIELDS_FOR = 3.0
"""Seconds for which a console leaves a submission to a recorder process that runs."""
STREAM = "recording"
"""The name under which the board shows who records."""


class RecordingSession:
    """Feed it the pods of one Job; it tells what their logs say. `journal` is open while it writes.

    All its tasks run under `guard`. One that fails is a stream of its container that is lost.
    """

    def __init__(
        self,
        services: Services,
        job: JobFacts,
        guard: TaskGuard,
        journal: Journal,
        tell: Callable[[Event, bool], None],
        pace: SharedLooks,
    ) -> None:
        """`tell` gets each event, and whether it is to be noted."""
        self._pace = pace
        self._services, self.job, self._guard = services, job, guard
        self.recording = services.recording_of(job)
        self._journal, self._tell = journal, tell
        self._progress = progress_of(job)
        apart = job.indexes is not None and not job.over
        self._kept = KeptDrives(services, job, self._progress, self._tell_live) if apart else None
        self._tail = RecordingTail(services, self.recording, self._progress, self._seen_on_disk)
        self._anew = PodsAnew(services.cluster, job.namespace, job.name)
        self._pods: dict[str, PodFacts] = {}
        self._readers = PodReaders(self._reader, self.read)
        self._latest: dict[tuple[str, str], bytes] = {}
        """By pod and container."""
        self._ears: dict[tuple[str, str], StageEar] = {}
        self._writer: RecordingWriter | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None
        self._why = ""
        self._yields_until = 0.0
        self._over = self._by_recorder = False
        self._hear_at = 0.0
        self.heard_at = services.clock()
        """When logcopy was last heard, on disk or from the cluster."""

    @property
    def busy(self) -> bool:
        """Something may still come."""
        return not all(task.done() for task in self._tasks)

    def start(self) -> None:
        """Listen, in tasks under the guard."""
        self.read(STREAM, f"log {STREAM} {self.job.uid}", self._listen())

    def read(self, stream: str, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Work for that stream: the session is busy until it has ended."""
        task = self._guard.start(name, work, functools.partial(self._lost, stream))
        self._tasks.add(task)
        return task

    def _lost(self, stream: str, name: str, error: BaseException) -> None:
        now = self._services.clock()
        self._tell_live(StreamChanged(now, stream, StreamState.LOST, failure(name, error)))

    async def _listen(self) -> None:
        """Until this console records, or until nothing more can come of another one's recording."""
        if self._services.attended():
            self._yields_until = asyncio.get_running_loop().time() + YIELDS_FOR
        with self._pace.reading():
            while (writer := None if self._yields() else self._claim()) is None:
                await self._tail.catch_up(self._containers())
                if self._ended.is_set():
                    return
                await self._hear_of_kept()
                await asyncio.sleep(self._pace.pause)
        self._writer = writer
        # What the writer before wrote last is on no board here yet.
        await self._tail.catch_up()
        await self._take_over(writer)

    async def _hear_of_kept(self) -> None:
        """Whether what pairs finish is kept, only the one that records knows."""
        now = asyncio.get_running_loop().time()
        if self._kept is None or now < self._hear_at:
            return
        self._hear_at = now + HEAR_EVERY
        noted = await asyncio.to_thread(self._noted)
        told = [e for e in noted if isinstance(e, StreamChanged) and e.container == NAME]
        if told:
            self._tell(told[-1], False)

    def release(self) -> None:
        """Let another console write. All readers have ended by now."""
        self._journal.open(None)
        if self._writer is not None:
            self._writer.release()
            self._writer = None

    def feed(self, pod: PodFacts) -> None:
        """What the watch says of a pod."""
        self._pods[pod.uid] = pod
        if self._writer is not None:
            self._readers.feed(pod)

    def pod_gone(self, uid: str) -> None:
        """The cluster no longer has that pod."""
        self._readers.gone(uid)

    def submission_over(self) -> None:
        """Nothing more will be written: another console has some seconds to read the rest."""
        self._over = True
        # The writer is another process, so that nobody here can know when it has read the last
        # line.
        if self._writer is None and not self._ended.is_set():
            asyncio.get_running_loop().call_later(SETTLED_AFTER, self._ended.set)

    def last_lines(self) -> list[LastLine]:
        """The newest line of each container that has said something since the last call."""
        latest, self._latest = self._latest, {}
        now = self._services.clock()
        return [
            LastLine(now, container, *line, pod, _ticked(container, block))
            for (pod, container), block in latest.items()
            if (line := last_line(block, progress=not is_logcopy(container))) is not None
        ]

    def _containers(self) -> tuple[str, ...]:
        return tuple({each.name: None for pod in self._pods.values() for each in pod.containers})

    def _yields(self) -> bool:
        """A recorder process that has just seen the submission too claims it within a moment. One
        that lets go of what is over has read it to its end: nobody reads it once more."""
        if self._over and self._by_recorder:
            return self._services.attended()
        still = asyncio.get_running_loop().time() < self._yields_until
        return still and self._services.attended()

    def _claim(self) -> RecordingWriter | None:
        """The right to write if it is free; otherwise the board shows why not."""
        try:
            writer = self._services.recorder.claim(self.recording)
        except ConsoleError as error:
            self._explain(StreamState.LOST, f"{error.what} {error.why}".strip())
            return None
        holder = self._services.recorder.writer_of(self.recording) if writer is None else None
        self._by_recorder = holder.unattended if holder else self._by_recorder
        if writer is None and not (holder and holder.unattended):
            who = f" (process {holder.pid})" if holder else ""
            self._explain(
                StreamState.WAITING,
                f"Another console{who} records this submission; shown is what it writes.",
            )
        elif self._why:
            self._explain(StreamState.LIVE, "")
        return writer

    def _explain(self, state: StreamState, why: str) -> None:
        if why != self._why:
            self._why = why
            self._tell(StreamChanged(self._services.clock(), STREAM, state, why), True)

    async def _take_over(self, writer: RecordingWriter) -> None:
        # What is noted already is not noted twice, though each watch tells everything again.
        known = await asyncio.to_thread(self._noted)
        self._journal.open(writer, known)
        for pod in list(self._pods.values()):
            self._readers.feed(pod)
        self._keep(None)
        await keep_manifest(self._services, self.job, writer)

    def _noted(self) -> list[Event]:
        """What its journal holds; one that cannot be read hinders no new word."""
        try:
            return list(self._services.recorder.history(self.recording))
        except ConsoleError as error:
            log.warning("%s", error)
            return []

    def _reader(self, pod: PodFacts, facts: ContainerFacts) -> ContainerReader:
        assert self._writer is not None, "nothing is read before there is a recording to write"
        on_block = functools.partial(self._on_block, pod.key)
        return ContainerReader(
            self._services, self._writer, self._anew, pod, facts, self._tell_live, on_block
        )

    def _tell_live(self, event: Event) -> None:
        self._tell(event, True)

    def _on_block(self, pod: str, container: str, block: bytes, at: datetime) -> None:
        self._latest[pod, container] = block
        if _of_agent(container):
            self._hear_stages(pod, container, block, at)
        telling = self._progress.containers
        if not telling:  # as of upstream's Jobs: whatever is said shows that it lives
            self.heard_at = at
        if container in telling:
            self.heard_at = at
            for event in self._progress.of(container).block(block, at, pod):
                self._tell(event, True)
                self._keep(event)

    def _hear_stages(self, pod: str, container: str, block: bytes, at: datetime) -> None:
        ear = self._ears.get((pod, container))
        if ear is None:
            ear = self._ears[pod, container] = StageEar(pod, container)
        told = ear.heard(block, NO_TICK if ear.runs else _ticked(container, block), at)
        if told is not None:
            self._tell(told, True)

    def _keep(self, event: Event | None) -> None:
        """In the cluster, by the one that records: what another told before it took over, too."""
        kept = self._kept
        if kept is None:
            return
        anew = kept.due(event) if event is not None else kept.waiting
        if anew and self._writer is not None and (self._keeping is None or self._keeping.done()):
            self._keeping = self.read(NAME, f"keep drives of {self.job.name}", kept.write())

    def _seen_on_disk(self, event: Event) -> None:
        """It was noted by whoever wrote the line, unless that console died in between."""
        every = not self._progress.containers
        if every or not isinstance(event, LastLine) or is_logcopy(event.container):
            self.heard_at = event.at
        # A journal without this result was cut short by a kill: then it is noted here, once more.
        known = self._services.recorder.merged_text
        again = isinstance(event, MergedReported) and known(self.recording) != event.result.text
        self._tell(event, again)
        self._keep(event)


def last_line(block: bytes, *, progress: bool) -> tuple[str, datetime | None] | None:
    """The newest line, safe to show, and its time; without `progress` the newest that is none."""
    for at, text in _newest_first(block):
        if progress or not text.startswith(MARK):
            return shortened(text.decode(errors="replace")), moment_of(at)
    return None


def _newest_first(block: bytes) -> Iterator[tuple[str, bytes]]:
    """The time and the text of the newest lines."""
    # A block of a flood has thousands of lines, of which one is shown.
    for line in reversed(block[-4096:].rstrip(b"\n").split(b"\n")):
        stamp, space, text = line.partition(b" ")
        if space:
            yield stamp.decode("ascii", "replace"), text


def _ticked(container: str, block: bytes) -> Ticked:
    """An agent may print after each tick of its route."""
    # A simulator's lines carry no time of a route.
    if not _of_agent(container):
        return NO_TICK
    lines = _newest_first(block)
    return ticked((text.decode(errors="replace"), moment_of(at)) for at, text in lines)


def _of_agent(container: str) -> bool:
    return container.startswith("agent-")
