"""Following one submission: watch and logs in, one immutable board out, everything recorded."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from datetime import datetime

from console.domain.board import BoardSnapshot
from console.domain.events import (
    ConnectionChanged,
    Event,
    JobSeen,
    LastLine,
    PodSeen,
    PodVanished,
    StreamChanged,
    StreamState,
)
from console.domain.facts import PodFacts
from console.domain.folding import fold
from console.domain.hostile_text import neutralise
from console.errors import ConsoleError
from console.operations.guarding import Guard
from console.operations.ports import Recording
from console.operations.progress_lines import MARK, ProgressReader
from console.operations.reading import ContainerReader
from console.operations.services import Services

log = logging.getLogger(__name__)

LOGCOPY = "logcopy"
LAST_LINES_EVERY = 0.25
LAST_LINE_WIDTH = 240
LINES_AT_ONCE = 5000
POD_OVER = ("Succeeded", "Failed")


class Follower:
    """One submission, live. Read `board`; `changed` is set whenever it was replaced.

    All methods belong to one event loop; `board` may be read from any thread.
    """

    def __init__(self, services: Services, namespace: str, name: str) -> None:
        self._services = services
        self.board = BoardSnapshot(namespace, name, live=False, stale_why="Connecting.")
        self.changed = asyncio.Event()
        self._recording: Recording | None = None
        self._unrecorded: list[Event] = []
        self._progress: ProgressReader | None = None
        self._readers: dict[tuple[str, str], ContainerReader] = {}
        self._early_pods: dict[str, PodFacts] = {}
        self._latest: dict[str, bytes] = {}
        self._connected = False
        self._broken: BaseException | None = None
        self._finished = asyncio.Event()

    async def run(self) -> None:
        """Until the submission has ended and its logs are read, or until cancelled.

        Raises ConsoleError when the watch itself fails for good; the board then says so.
        """
        self._readers.clear()
        self._finished.clear()
        self._connected, self._broken = False, None
        async with Guard(self._task_died) as guard:
            self._guard = guard
            guard.start("watch", self._watch())
            guard.start("last lines", self._show_last_lines())
            await self._finished.wait()
            self._tell_last_lines()
        if self._broken is not None:
            raise ConsoleError(
                f"Following {self.board.name} stopped.", why=str(self._broken)
            ) from self._broken

    async def _watch(self) -> None:
        board = self.board
        async for event in self._services.cluster.watch_submission(board.namespace, board.name):
            await self._learn(event)
            self._check_finished()

    async def _learn(self, event: Event) -> None:
        """One event of the watch: onto the board, and to the readers it concerns."""
        if isinstance(event, JobSeen) and self._recording != self._services.recording_of(event.job):
            self._recording = None
            self._apply(event)
            await self._begin(event)
            return
        self._apply(event)
        if isinstance(event, PodSeen):
            if self._recording is None:
                self._early_pods[event.pod.uid] = event.pod
            else:
                self._feed(event.pod)
        elif isinstance(event, PodVanished):
            for (uid, _), reader in self._readers.items():
                if uid == event.uid:
                    reader.update(None, over=True)
        elif isinstance(event, ConnectionChanged) and event.live:
            self._connected = True

    async def _begin(self, event: JobSeen) -> None:
        """Now the Job's uid is known: record, take up what was recorded before, read logs."""
        self._recording = self._services.recording_of(event.job)
        early, self._unrecorded = self._unrecorded, []
        for each in early:
            self._record(each)
        self._progress = ProgressReader(event.job.plan)
        for known in await asyncio.to_thread(
            recorded_progress, self._services, self._recording, self._progress
        ):
            self._apply(known, record=False)
        for pod in self._early_pods.values():
            self._feed(pod)
        self._early_pods.clear()

    def _feed(self, pod: PodFacts) -> None:
        """A reader for each container of the pod, told the newest facts."""
        assert self._recording is not None
        over = pod.phase in POD_OVER
        for facts in pod.containers:
            key = (pod.uid, facts.name)
            if (reader := self._readers.get(key)) is not None:
                reader.update(facts, over=over)
                continue
            reader = ContainerReader(
                self._services, self._recording, pod, facts, self._apply, self._on_block
            )
            reader.update(facts, over=over)
            self._readers[key] = reader
            task = self._guard.start(f"log {facts.name} of {pod.name}", reader.run())
            task.add_done_callback(lambda _: self._check_finished())

    def _on_block(self, container: str, block: bytes, at: datetime) -> None:
        self._latest[container] = block
        if container == LOGCOPY and self._progress is not None:
            for event in self._progress.block(block, at):
                self._apply(event)

    def _apply(self, event: Event, *, record: bool = True) -> None:
        self.board = fold(self.board, event)
        self.changed.set()
        if record:
            self._record(event)

    def _record(self, event: Event) -> None:
        """Into the journal; what cannot be written is shown as a lost stream, once."""
        if self._recording is None:
            self._unrecorded.append(event)
            return
        try:
            self._services.recorder.note(self._recording, event)
        except ConsoleError as error:
            lost = StreamChanged(event.at, "journal", StreamState.LOST, error.what)
            if ("journal", StreamState.LOST, error.what) not in self.board.streams:
                log.error("%s", error)
                self.board = fold(self.board, lost)

    async def _show_last_lines(self) -> None:
        while True:
            await asyncio.sleep(LAST_LINES_EVERY)
            self._tell_last_lines()

    def _tell_last_lines(self) -> None:
        latest, self._latest = self._latest, {}
        for container, block in latest.items():
            if (text := last_line(block, progress=container != LOGCOPY)) is not None:
                self._apply(LastLine(self._services.clock(), container, text))

    def _check_finished(self) -> None:
        board = self.board
        reading = any(name.startswith("log ") for name in self._guard.names)
        if self._connected and board.ended and not board.pod_lives and not reading:
            self._finished.set()

    def _task_died(self, name: str, error: BaseException) -> None:
        """Whatever fails in the background is on the board from then on."""
        why = f"{name} failed: {error}" if isinstance(error, ConsoleError) else f"{name} failed."
        if name.startswith("log "):
            container = name.split()[1]
            self._apply(StreamChanged(self._services.clock(), container, StreamState.LOST, why))
            return
        self._apply(ConnectionChanged(self._services.clock(), False, why))
        self._broken = error
        self._finished.set()


def last_line(block: bytes, *, progress: bool) -> str | None:
    """The newest line, safe to show; without `progress` the newest that is no progress line."""
    for line in reversed(block[-4096:].rstrip(b"\n").split(b"\n")):
        _, space, text = line.partition(b" ")
        if space and (progress or not text.startswith(MARK)):
            plain = neutralise(text[: 4 * LAST_LINE_WIDTH].decode(errors="replace").rstrip())
            return plain[:LAST_LINE_WIDTH]
    return None


def recorded_progress(
    services: Services, recording: Recording, reader: ProgressReader
) -> list[Event]:
    """What logcopy had told when it was recorded. Reads files."""
    return list(_recorded(services, recording, reader))


def _recorded(services: Services, recording: Recording, reader: ProgressReader) -> Iterator[Event]:
    view = services.recorder.log(recording, LOGCOPY)
    start = 0
    while lines := view.lines(start, start + LINES_AT_ONCE):
        start += len(lines)
        for line in lines:
            if not line.gap and line.text.startswith(MARK.decode()):
                yield from reader.line(line.text, services.clock())
