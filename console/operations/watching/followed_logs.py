"""The logs of a submission's containers, run after run, for whoever reads along and keeps nothing.

Fed with what a watch tells; it has finished when nothing of what is wanted can come any more. Which
run is read and that no line is lost or comes twice is the recording's rule. Refuses to know how a
line is shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from datetime import datetime
from typing import Any, Protocol

from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.domain.events import (
    ConnectionChanged,
    Event,
    JobSeen,
    JobVanished,
    PodSeen,
    PodsSeen,
    PodVanished,
)
from console.domain.facts import ContainerExit, ContainerFacts, ContainerState, PodFacts
from console.domain.folding import fold
from console.errors import ConsoleError, Forbidden, InvalidInput
from console.operations.ports.recorder import SpoolWriter
from console.operations.recording.log_start import LogStart
from console.operations.recording.pod_readers import PodReaders
from console.operations.recording.pods_anew import PodsAnew
from console.operations.recording.reader import ContainerReader
from console.operations.services import Services
from console.operations.task_guard import TaskGuard

FAILS_ON = (Forbidden, InvalidInput)
"""No later try would be answered otherwise."""

OFTEN = 0.1
Broke = Callable[[BaseException], None]


class LogReceiver(Protocol):
    """Whoever reads along."""

    def wants(self, container: str) -> bool: ...

    def opens(
        self, container: str, run: int, pod: PodFacts, before: ContainerExit | None
    ) -> SpoolWriter:
        """A run begins to be read; `before`: how the last one ended, as far as that is known."""
        ...

    def hears(self, event: Event) -> None:
        """What becomes of a stream."""
        ...

    def learns(self, before: BoardSnapshot, after: BoardSnapshot, event: Event) -> None:
        """What the watch told."""
        ...

    def fails(self, container: str, error: ConsoleError) -> None:
        """That log is read no further."""
        ...


class FollowedLogs:
    """Of one submission. Feed it with `learn`; `finished` is set when no more can come."""

    def __init__(
        self,
        services: Services,
        namespace: str,
        name: str,
        receiver: LogReceiver,
        begins: LogStart,
    ) -> None:
        self._services, self._receiver, self._begins = services, receiver, begins
        self.board = BoardSnapshot(namespace, name)
        self.finished = asyncio.Event()
        self.failures: dict[str, ConsoleError] = {}
        """By container: whose log is read no further."""
        self._anew = PodsAnew(services.cluster, namespace, name)
        self._readers = PodReaders(self._reader, self._start, lambda facts: facts.done)
        self._guard: TaskGuard | None = None
        self._broke: Broke = _unheard
        self._tasks: set[asyncio.Task[None]] = set()
        self._pods: dict[str, PodFacts] = {}
        self._earlier: set[str] = set()
        """Pods that others had replaced before anybody looked."""
        self._runs: dict[str, tuple[str, int]] = {}
        """The pod and the number of the run that was opened last, by container."""
        self._listed = False

    def begin(self, guard: TaskGuard, broke: Broke) -> None:
        """Its tasks run under that one, whose `on_end` is to call `check`. `broke` is told what is
        no failure of a log: that nobody takes its lines any more, or a signal."""
        self._guard, self._broke = guard, broke

    def learn(self, event: Event) -> None:
        """What the watch tells of this submission."""
        if isinstance(event, PodsSeen):
            for each in event.each:
                self.learn(each)
            return
        before, known = self.board, self.board.job
        if isinstance(event, JobSeen) and known is not None and known.uid != event.job.uid:
            # Whose name another one has by now is gone.
            event = JobVanished(event.at)
        self.board = fold(before, event)
        if isinstance(event, PodSeen):
            self._pods[event.pod.uid] = event.pod
            self._feed(event.pod)
        elif isinstance(event, PodVanished):
            self._readers.gone(event.uid)
        elif isinstance(event, ConnectionChanged) and event.live and not self._listed:
            self._begin_reading()
        self._receiver.learns(before, self.board, event)
        self.check()

    def check(self) -> None:
        """Whether it has finished by now."""
        if self._listed and all(task.done() for task in self._tasks) and self._nothing_comes():
            self.finished.set()

    def open_spool(self, container: str, run: int, *, pod: str = "") -> SpoolWriter:
        """See `Spools`."""
        uid, last = self._runs.get(container, (pod, run))
        facts = self._readers.facts(uid, container)
        self._runs[container] = pod, run
        before = facts.exit_of(last) if facts else None
        return self._receiver.opens(container, run, self._pods[pod], before)

    def _begin_reading(self) -> None:
        """All is listed: of several pods of one place the newest is the one to begin with."""
        present = {each.uid for each in self.board.pods}
        self._earlier = {uid for uid in self._pods if uid not in present}
        self._listed = True
        for pod in list(self._pods.values()):
            self._feed(pod)
        self._begins = LogStart(fails_on=FAILS_ON)

    def _feed(self, pod: PodFacts) -> None:
        job = self.board.job
        own = job is None or pod.owner in ("", job.uid)
        if self._listed and own and pod.uid not in self._earlier:
            wanted = tuple(each for each in pod.containers if self._receiver.wants(each.name))
            self._readers.feed(replace(pod, containers=wanted))

    def _reader(self, pod: PodFacts, facts: ContainerFacts) -> ContainerReader:
        begun = facts.state is not ContainerState.WAITING or facts.previous is not None
        reader = ContainerReader(
            self._services, self, self._anew, pod, facts, self._receiver.hears, _unheeded
        )
        reader.begin_with(self._begins if begun else LogStart(fails_on=FAILS_ON))
        return reader

    def _start(
        self, container: str, name: str, work: Coroutine[Any, Any, None]
    ) -> asyncio.Task[None]:
        assert self._guard is not None, "whoever feeds it has begun it"
        task = self._guard.start(name, self._read(container, work), _not_here)
        self._tasks.add(task)
        return task

    async def _read(self, container: str, work: Coroutine[Any, Any, None]) -> None:
        """Where one log fails, the others go on."""
        try:
            await work
        except ConsoleError as error:
            self.failures[container] = error
            self._receiver.fails(container, error)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001  whoever waits for all of them raises it
            self._broke(error)

    def _nothing_comes(self) -> bool:
        board = self.board
        if board.settled or (board.vanished and not board.pod_lives):
            return True
        wanted = [each for each in _containers(board) if self._receiver.wants(each.name)]
        return bool(wanted) and all(e.done or e.name in self.failures for e in wanted)


def _unheeded(container: str, block: bytes, at: datetime) -> None:
    """The lines go where its spool takes them."""


def _containers(board: BoardSnapshot) -> tuple[ContainerFacts, ...]:
    """Of all pods that there are to be: one that is not told yet is waited for."""
    told = board.pod.containers if board.pod is not None else ()
    known = {each.name for each in told}
    planned = board.job.plan.containers if board.job and board.job.plan else ()
    to_come = (ContainerFacts(e, ContainerState.WAITING) for e in planned if e not in known)
    return (*told, *to_come)


def _unheard(error: BaseException) -> None:
    """Nobody has begun it yet."""


def _not_here(name: str, error: BaseException) -> None:
    """What a task of its raises has been told already."""


async def follow_logs(
    followed: Mapping[str, FollowedLogs],
    events: AsyncIterator[tuple[str, Event]],
    often: Callable[[], None] | None = None,
) -> None:
    """Until each has finished. `events`: by the name of the submission, empty for all; `often` is
    called several times a second.

    Raises what the watch raises, and what ends the reading of all.
    """
    broken: list[BaseException] = []

    def check() -> None:
        for each in followed.values():
            each.check()

    def broke(error: BaseException) -> None:
        broken.append(error)
        for each in followed.values():
            each.finished.set()

    async with TaskGuard(check) as guard:
        for each in followed.values():
            each.begin(guard, broke)
        guard.start("watch", _told(followed, events, broke), _not_here)
        if often is not None:
            guard.start("lines", _again_and_again(often, broke), _not_here)
        for each in followed.values():
            await each.finished.wait()
    if broken:
        raise broken[0]


async def _told(
    followed: Mapping[str, FollowedLogs], events: AsyncIterator[tuple[str, Event]], broke: Broke
) -> None:
    try:
        async for name, event in events:
            for each in followed.values() if not name else filter(None, [followed.get(name)]):
                each.learn(event)
    except asyncio.CancelledError:
        raise
    except BaseException as error:  # noqa: BLE001  whoever waits for all of them raises it
        broke(error)


async def _again_and_again(work: Callable[[], None], broke: Broke) -> None:
    try:
        while True:
            await asyncio.sleep(OFTEN)
            work()
    except asyncio.CancelledError:
        raise
    except BaseException as error:  # noqa: BLE001  whoever waits for all of them raises it
        broke(error)
