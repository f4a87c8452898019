"""Following one submission: watch and logs in, one immutable board out, everything recorded."""

from __future__ import annotations

import asyncio
import functools
import logging
from datetime import datetime

from console.domain.board import BoardSnapshot
from console.domain.events import (
    ConnectionChanged,
    Event,
    JobSeen,
    PodSeen,
    PodVanished,
    StreamChanged,
    StreamState,
)
from console.domain.facts import PodFacts
from console.domain.folding import fold
from console.errors import ConsoleError
from console.operations.ports.recorder import Recording
from console.operations.recording.journal import Journal
from console.operations.recording.recorded import lost_pods
from console.operations.recording.session import STREAM, RecordingSession
from console.operations.services import Services
from console.operations.task_guard import TaskGuard
from console.operations.watching.silence import Pulse, explained

log = logging.getLogger(__name__)

LAST_LINES_EVERY = 0.25


class Follower:
    """One submission, live. Read `board`; `changed` is set whenever it was replaced.

    All methods belong to one event loop; `board` may be read from any thread.
    """

    def __init__(self, services: Services, namespace: str, name: str) -> None:
        self._services = services
        self.board = BoardSnapshot(namespace, name, live=False, stale_why="Connecting.")
        self.changed = asyncio.Event()
        self._journal = Journal(self._show)
        self._session: RecordingSession | None = None
        self._earlier: list[RecordingSession] = []
        """Of Jobs that had this name before, while their pods still stop."""
        self._early_pods: dict[str, PodFacts] = {}
        self._connected = False
        self._connection: ConnectionChanged | None = None
        """What the watch said last."""
        self._silent = False
        self._broken: BaseException | None = None
        self._finished = asyncio.Event()

    async def run(self) -> None:
        """Until the submission has ended and its logs are read, or until cancelled.

        Raises ConsoleError when the watch itself fails for good; the board then says so.
        """
        self._finished.clear()
        self._connected, self._broken, self._silent = False, None, False
        try:
            async with TaskGuard(self._task_died, self._check_finished) as guard:
                self._guard = guard
                guard.start("watch", self._watch())
                guard.start("last lines", self._show_last_lines())
                await self._finished.wait()
                self._tell_last_lines()
        finally:
            self._stop_session()
        if self._broken is not None:
            raise ConsoleError(
                f"Following {self.board.name} stopped.", why=str(self._broken)
            ) from self._broken

    def _stop_session(self) -> None:
        for each in (self._session, *self._earlier):
            if each is not None:
                each.release()
        self._session = None
        self._earlier.clear()

    async def _watch(self) -> None:
        board = self.board
        async for event in self._services.cluster.watch_submission(board.namespace, board.name):
            self._learn(event)
            self._check_finished()

    def _learn(self, event: Event) -> None:
        """One event of the watch: onto the board, and to the readers it concerns."""
        if isinstance(event, JobSeen):
            self._learn_job(event)
            return
        if isinstance(event, ConnectionChanged):
            self._recall_lost_pods(first=event.live and not self._connected)
            self._connection = event
            self._connected = self._connected or event.live
            if self._silent and event.live:
                return
        self._apply(event)
        if isinstance(event, PodSeen):
            self._learn_pod(event.pod)
        elif isinstance(event, PodVanished):
            for each in self._all():
                each.pod_gone(event.uid)

    def _recall_lost_pods(self, *, first: bool) -> None:
        """Once all is listed and no pod is there: its recording may still tell of it."""
        if first and self._session is not None and self.board.pod is None:
            self._guard.start(f"log {STREAM} of lost pods", self._recall(self._session.recording))

    async def _recall(self, recording: Recording) -> None:
        """Shown, not noted again: it is from there."""
        told = await asyncio.to_thread(lost_pods, self._services, recording)
        job, pod = self.board.job, self.board.pod
        if job is not None and job.uid == recording.uid and pod is None:
            for event in told:
                self._show(event)

    def _learn_job(self, event: JobSeen) -> None:
        """Its uid tells where it is recorded: a namesake of the one before is another one."""
        session = self._session
        if session is not None and session.job.uid != event.job.uid:
            self._earlier.append(session)
            self._session, self._journal = None, Journal(self._show)
        self._apply(event)
        if self._session is None:
            tell = functools.partial(self._tell, self._journal)
            self._session = RecordingSession(
                self._services, event.job, self._guard, self._journal, tell
            )
            early, self._early_pods = self._early_pods, {}
            for pod in early.values():
                self._learn_pod(pod)
            self._session.start()

    def _learn_pod(self, pod: PodFacts) -> None:
        """A pod of an earlier namesake is read to its end, into that one's recording."""
        if self._session is None:
            self._early_pods[pod.uid] = pod
        for each in self._all():
            if pod.owner == each.job.uid or (not pod.owner and each is self._session):
                each.feed(pod)

    def _all(self) -> list[RecordingSession]:
        return [each for each in (self._session, *self._earlier) if each is not None]

    def _tell(self, journal: Journal, event: Event, record: bool) -> None:
        """Of an earlier namesake everything is noted and nothing is shown."""
        if journal is self._journal:
            self._show(event)
        if record:
            journal.note(event)

    def _apply(self, event: Event) -> None:
        self._tell(self._journal, event, True)

    def _show(self, event: Event) -> None:
        self.board = fold(self.board, event)
        self.changed.set()

    async def _show_last_lines(self) -> None:
        pulse = Pulse(self._services.clock())
        while True:
            await asyncio.sleep(LAST_LINES_EVERY)
            self._tell_last_lines()
            if self._session is not None:
                self._tell_silence(pulse, self._session.heard_at)

    def _tell_silence(self, pulse: Pulse, heard_at: datetime) -> None:
        """A live watch over a silent node shows old progress: it is not live either."""
        now = self._services.clock()
        since = pulse.silent_since(self.board, heard_at, now)
        if since is not None and not self._silent and self.board.live:
            self._silent = True
            self._apply(ConnectionChanged(since, False, explained(self.board, since)))
        elif since is None and self._silent:
            self._silent = False
            self._apply(self._connection or ConnectionChanged(now, True))

    def _tell_last_lines(self) -> None:
        for line in self._session.last_lines() if self._session else ():
            self._show(line)

    def _check_finished(self) -> None:
        board = self.board
        for each in [each for each in self._earlier if not each.busy]:
            each.release()
            self._earlier.remove(each)
        if not (self._connected and board.settled):
            return
        if self._session is not None:
            self._session.submission_over()
        if not any(name.startswith("log ") for name in self._guard.names):
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
