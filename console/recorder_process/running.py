"""What the recorder process is inside: its lock, its socket, and the following that it serves."""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime

from console.errors import Conflict
from console.operations.ports.recorder_process import ProcessState
from console.operations.services import Services
from console.operations.watching.unattended import BesideFleets, Unattended
from console.recorder_process.answering import answering
from console.recorder_process.messages import Inquiry, RecorderReply
from console.recorder_process.recorder_folder import ProcessFolder
from console.version import VERSION

log = logging.getLogger(__name__)

SEEN_SECONDS = 5.0
"""How long is waited for a submission that a launch has just made."""
MOST_FILES = 16_384
"""128 submissions with four pods of ten containers each, all read at once as a recorder begins,
need 11,000: a file and a connection for each log. With fewer their recording ends."""
_LOOK_EVERY = 0.02
_GONE_EVERY = 3.0
"""Seconds: asking the embedded cluster is a TLS handshake."""

Namespace = str | None


class RecorderRuns(Conflict):
    """Another process records as this user already."""


@asynccontextmanager
async def held(folder: ProcessFolder) -> AsyncIterator[int]:
    """The right to be the recorder of that login, as the lock's descriptor. Raises RecorderRuns."""
    lock = folder.take()
    if lock is None:
        raise RecorderRuns(
            "A recorder runs already for this user and cluster.",
            fix="What it does: carla-console record status",
        )
    try:
        yield lock
    finally:
        os.close(lock)


async def run_recorder(
    folder: ProcessFolder,
    connect: Callable[[], AbstractAsyncContextManager[Services]],
    namespaces: tuple[Namespace, ...],
    *,
    idle_seconds: float,
    gone: Callable[[], bool],
    ready: Callable[[], None],
    beside: Callable[[Services], BesideFleets] | None = None,
) -> None:
    """Record until nothing is active any more, until asked to stop, or until `gone` says so.

    `ready` is called once it answers; `beside` makes what else it does meanwhile. Raises
    RecorderRuns, and what `connect` raises.
    """
    _allow_files()
    async with held(folder) as lock, connect() as services:
        recorder = _Service(services, idle_seconds, beside(services) if beside else None)
        async with answering(folder, recorder.respond):
            ready()
            log.warning("Recording %s as %s.", services.cluster.description.server, recorder.user)
            # Nobody finds one whose folder was removed, and what it records goes nowhere.
            await recorder.run(namespaces, lambda: os.fstat(lock).st_nlink == 0 or gone())
        log.warning("The recorder has ended: %s.", recorder.why)


def _allow_files() -> None:
    """As many as the system lets this user have: each followed submission needs two dozen,
    and several times that with many pairs or pods."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if most == resource.RLIM_INFINITY else min(MOST_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


class _Service:
    """Answers questions about one `Unattended`, and ends it."""

    def __init__(
        self, services: Services, idle_seconds: float, beside: BesideFleets | None
    ) -> None:
        self._services = services
        self._following = Unattended(services, idle_seconds=idle_seconds, beside=beside)
        self._started_at: datetime = services.clock()
        self._stop = asyncio.Event()
        self.user = services.cluster.description.user
        self.why = "nothing was active any more"

    async def run(self, namespaces: tuple[Namespace, ...], gone: Callable[[], bool]) -> None:
        """SIGHUP is a terminal's farewell, which is none of ours."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, lambda: None)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._end, f"signal {signal.Signals(number).name}")
        work = asyncio.create_task(self._following.run(*namespaces), name="following")
        ends = [work, *(asyncio.create_task(each) for each in (self._stop.wait(), _until(gone)))]
        done, left = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if ends[2] in done:
            self.why = "its cluster or its folder is gone"
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        if work in done:
            work.result()

    def _end(self, why: str) -> None:
        self.why = why
        self._stop.set()

    async def respond(self, question: Inquiry) -> RecorderReply:
        """Each question's part of an answer, and always who answers."""
        following = self._following
        if question.ask == "list":
            return RecorderReply(listed=following.listed(question.namespace))
        if question.ask == "follow":
            following.follow(question.namespace)
        if question.ask == "saw":
            return RecorderReply(saw=await self._saw(question))
        if question.ask == "stop":
            asyncio.get_running_loop().call_soon(self._end, "it was asked to")
        return RecorderReply(state=self._state())

    async def _saw(self, question: Inquiry) -> bool:
        """What was made a moment ago comes by the watch within milliseconds."""
        namespace = question.namespace or ""
        for _ in range(int(SEEN_SECONDS / _LOOK_EVERY)):
            if self._following.knows(namespace, question.name, question.uid):
                return True
            await asyncio.sleep(_LOOK_EVERY)
        return False

    def _state(self) -> ProcessState:
        where = self._services.cluster.description
        return ProcessState(
            os.getpid(),
            VERSION,
            self._started_at,
            where.context,
            where.server,
            where.user,
            self._following.followed(),
        )


async def _until(gone: Callable[[], bool]) -> None:
    while True:
        if await asyncio.to_thread(gone):
            return
        await asyncio.sleep(_GONE_EVERY)
