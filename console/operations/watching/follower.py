"""Following one submission: what a watch tells in, one immutable board out, everything recorded.

A fact is folded here and nowhere else, whichever watch brought it: the one of all submissions
feeds its followers (`learn`, `record`), a command that wants one submission watches it (`run`).
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from console.domain.board import CONNECTING, BoardSnapshot
from console.domain.events import (
    ConnectionChanged,
    Event,
    JobSeen,
    PodSeen,
    PodsSeen,
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
from console.operations.recording.shared_looks import SharedLooks
from console.operations.services import Services
from console.operations.task_guard import TaskGuard, failure
from console.operations.watching.silence import Pulse, explained

LAST_LINES_EVERY = 0.25
NO_POD = "It had no pod any more when it was looked at: what its containers said is not recorded."


class Follower:
    """One submission, live. Read `board`; `changed` is set whenever it was replaced.

    All methods belong to one event loop; `board` may be read from any thread.
    """

    def __init__(
        self,
        services: Services,
        namespace: str,
        name: str,
        *,
        on_change: Callable[[], None] = lambda: None,
        pace: SharedLooks | None = None,
    ) -> None:
        """`on_change` is called after each new board; `pace` is of all that are followed beside."""
        self._pace = pace or SharedLooks()
        self._services, self._on_change = services, on_change
        self.board = BoardSnapshot(namespace, name, live=False, stale_why=CONNECTING)
        self.changed = asyncio.Event()
        self._journal = Journal(self.show)
        self._pods: dict[str, PodFacts] = {}
        """Those that the cluster has, by uid; of an earlier Job of that name too."""
        self._session: RecordingSession | None = None
        self._earlier: list[RecordingSession] = []
        """Of Jobs that had this name before, while their pods still stop."""
        self._guard: TaskGuard | None = None
        """While it is recorded."""
        self._listed = False
        """The watch has told all that there is."""
        self._connection: ConnectionChanged | None = None
        """What the watch said last."""
        self._silent = False
        self._broken: BaseException | None = None
        self._finished = asyncio.Event()

    async def run(self) -> None:
        """Watch and record it, until it has ended and its logs are read, or until cancelled.

        Raises ConsoleError when the watch itself fails for good; the board then says so.
        """
        # A second run begins with a list of its own: pods of the first may be gone, and nobody said
        # so.
        self._listed, self._connection = False, None
        self._pods.clear()
        async with self._recording() as guard:
            guard.start("watch", self._watch(), self._broke)
            await self._finished.wait()

    async def record(self) -> None:
        """The same for one that is fed: whoever watches tells `learn` what happens."""
        async with self._recording():
            # Whoever feeds it told this before it was recorded, so the new journal does not have
            # it.
            if self._connection is not None:
                self._apply(self._connection)
            self._check_finished()
            await self._finished.wait()

    def learn(self, event: Event) -> None:
        """What a watch says of it: onto the board, and to those who read its logs."""
        if isinstance(event, JobSeen):
            self._learn_job(event)
        elif isinstance(event, ConnectionChanged):
            self._learn_connection(event)
        elif isinstance(event, PodsSeen):
            self.show(event)
            for each in event.each:
                self._journal.note(each)
                self._learn_pod(each)
        else:
            self._apply(event)
            self._learn_pod(event)
        self._check_finished()

    def show(self, event: Event) -> None:
        """Onto the board alone: it is noted already, or not worth it."""
        self.board = fold(self.board, event)
        self.changed.set()
        self._on_change()

    @contextlib.asynccontextmanager
    async def _recording(self) -> AsyncIterator[TaskGuard]:
        self._finished.clear()
        self._broken, self._silent = None, False
        try:
            async with TaskGuard(self._check_finished) as self._guard:
                self._guard.start("last lines", self._show_last_lines(), self._broke)
                self._begin_session()
                yield self._guard
                self._tell_last_lines()
        finally:
            self._guard = None
            self._stop_sessions()
        if self._broken is not None:
            raise ConsoleError(
                f"Following {self.board.name} stopped.", why=str(self._broken)
            ) from self._broken

    def _stop_sessions(self) -> None:
        for each in self._all():
            each.release()
        self._session = None
        self._earlier.clear()
        if self._silent:
            self._tell_speaking(self._services.clock())

    async def _watch(self) -> None:
        board = self.board
        async for event in self._services.cluster.watch_submission(board.namespace, board.name):
            self.learn(event)

    def _learn_job(self, event: JobSeen) -> None:
        """Its uid tells where it is recorded: a namesake of the one before is another one."""
        known = self.board.job
        if known is not None and known.uid != event.job.uid:
            if self._session is not None:
                self._earlier.append(self._session)
            self._session, self._journal = None, Journal(self.show)
        self._apply(event)
        self._begin_session()

    def _learn_connection(self, event: ConnectionChanged) -> None:
        first = event.live and not self._listed
        self._listed, self._connection = self._listed or event.live, event
        if first:
            self._recall_lost_pods()
        # A watch that is live again proves nothing of a node that says nothing: `Pulse` ends that.
        if not (self._silent and event.live):
            self._apply(event)

    def _learn_pod(self, event: Event) -> None:
        if isinstance(event, PodSeen):
            self._pods[event.pod.uid] = event.pod
            self._feed(event.pod)
        elif isinstance(event, PodVanished):
            self._pods.pop(event.uid, None)
            for each in self._all():
                each.pod_gone(event.uid)

    def _begin_session(self) -> None:
        """The recording of the Job that there is now, and of the pods that it has."""
        job = self.board.job
        if self._guard is None or self._session is not None or job is None:
            return
        tell = functools.partial(self._tell, self._journal)
        self._session = RecordingSession(
            self._services, job, self._guard, self._journal, tell, self._pace
        )
        for pod in list(self._pods.values()):
            self._feed(pod)
        self._session.start()
        if self._listed:
            self._recall_lost_pods()

    def _recall_lost_pods(self) -> None:
        """Once all is listed and no pod is there: its recording may still tell of it."""
        session = self._session
        if session is not None and self.board.pod is None:
            session.read(STREAM, f"log {STREAM} of lost pods", self._recall(session.recording))

    async def _recall(self, recording: Recording) -> None:
        """Shown, not noted again: it is from there."""
        told = await asyncio.to_thread(lost_pods, self._services, recording)
        # While files were read the watch may have told more, and it outranks any recording.
        job, pod = self.board.job, self.board.pod
        if job is not None and job.uid == recording.uid and pod is None:
            for event in told:
                self.show(event)
            if job.over and not any(isinstance(each, PodSeen) for each in told):
                now = self._services.clock()
                self._apply(StreamChanged(now, STREAM, StreamState.LOST, NO_POD))

    def _feed(self, pod: PodFacts) -> None:
        """A pod of an earlier namesake is read to its end, into that one's recording."""
        for each in self._all():
            # A pod that names no owner is a mere name's: then the Job that has the name now is
            # meant.
            if pod.owner == each.job.uid or (not pod.owner and each is self._session):
                each.feed(pod)

    def _all(self) -> list[RecordingSession]:
        return [each for each in (self._session, *self._earlier) if each is not None]

    def _tell(self, journal: Journal, event: Event, record: bool) -> None:
        """Of an earlier namesake everything is noted and nothing is shown."""
        if journal is self._journal:
            self.show(event)
        if record:
            journal.note(event)

    def _apply(self, event: Event) -> None:
        self._tell(self._journal, event, True)

    async def _show_last_lines(self) -> None:
        pulse = Pulse(self._services.clock())
        while True:
            await asyncio.sleep(LAST_LINES_EVERY)
            self._tell_last_lines()
            self._journal.retry()
            if self._session is not None:
                self._tell_actions(self._session.recording)
                self._tell_silence(pulse, self._session.heard_at)

    def _tell_actions(self, recording: Recording) -> None:
        """Shown, not noted: they are in the recording, whichever console did it."""
        for action in self._services.recorder.actions(recording):
            if action not in self.board.actions:
                self.show(action)

    def _tell_silence(self, pulse: Pulse, heard_at: datetime) -> None:
        """A live watch over a silent node shows old progress: it is not live either."""
        now = self._services.clock()
        since = pulse.silent_since(self.board, heard_at, now)
        if since is not None and not self._silent and self.board.live:
            self._silent = True
            self._apply(ConnectionChanged(since, False, explained(self.board, since)))
        elif since is None and self._silent:
            self._tell_speaking(now)

    def _tell_speaking(self, now: datetime) -> None:
        self._silent = False
        self._apply(self._connection or ConnectionChanged(now, True))

    def _tell_last_lines(self) -> None:
        for line in self._session.last_lines() if self._session else ():
            self.show(line)

    def _check_finished(self) -> None:
        if self._guard is None:
            return
        # Its lock goes back at once: somebody may want to delete that recording, or to import over
        # it.
        for each in [each for each in self._earlier if not each.busy]:
            each.release()
            self._earlier.remove(each)
        if not (self._listed and self.board.settled):
            return
        if self._session is not None:
            self._session.submission_over()
        if not any(each.busy for each in self._all()):
            self._finished.set()

    def _broke(self, name: str, error: BaseException) -> None:
        """Whatever fails in the background is on the board from then on."""
        self._apply(ConnectionChanged(self._services.clock(), False, failure(name, error)))
        self._broken = error
        self._finished.set()
