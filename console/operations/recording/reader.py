"""Draining one container's log to disk, run after run, at the speed at which it comes.

One reader follows one container of one pod. The pod watch tells it which run there is; a stream
that ends before the watch says so is opened again, and when a run has ended what is missing of it
is fetched once more. The cluster hands out the log of the run that it has, not of the one that is
meant, so each stream is checked for whose it is. Nothing here waits for a screen.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from msgspec.structs import replace

from console.domain.events import StreamState
from console.domain.facts import ContainerFacts, ContainerState, PodFacts, attempt_of
from console.errors import ConsoleError, NotFound
from console.operations.backoff import Backoff
from console.operations.ports.cluster import LogRequest, ResumePoint
from console.operations.ports.recorder import RecorderFailed, Spools, SpoolWriter
from console.operations.recording.draining import drained
from console.operations.recording.leaping import Leaps
from console.operations.recording.log_start import WHOLE, LogStart, newest_point
from console.operations.recording.pods_anew import PodsAnew
from console.operations.recording.quiet_stream import ended_when_stuck
from console.operations.recording.rotation import Rotation
from console.operations.recording.told_stream import Tell, ToldStream
from console.operations.services import Services

WATCH_LAG = 2.0
"""Seconds that the pod watch may be behind a log stream's end."""
STATUS_LAG = 20.0
"""Seconds that a node may be behind in telling the API of a restart, as after an outage."""
LONGEST_PAUSE = 10.0
END_PATIENCE = 60.0
"""Seconds for which the end of a pod's log is asked for before it counts as lost."""
STUCK = "Its stream brought nothing, though its log goes on."

T = TypeVar("T")
OnBlock = Callable[[str, bytes, datetime], None]


class _OtherRun(Exception):
    """The cluster hands out another run's log than the one that is read."""


class ContainerReader:
    """Feed it the container's facts with `update`; `run` ends when the pod can say no more."""

    def __init__(
        self,
        services: Services,
        spools: Spools,
        anew: PodsAnew,
        pod: PodFacts,
        facts: ContainerFacts,
        tell: Tell,
        on_block: OnBlock,
    ) -> None:
        self._services, self._spools, self._anew = services, spools, anew
        self._namespace, self._pod, self._uid = pod.namespace, pod.name, pod.uid
        self._facts, self.name = facts, facts.name
        self.begin_with(WHOLE)
        self._on_block = on_block
        self._told = ToldStream(facts.name, pod.key, tell, services.clock)
        self._over = self._final = False
        self._news = asyncio.Event()
        self._point: ResumePoint | None = None
        self._rotation, self._leaps = Rotation(self._told), Leaps(services)
        self._backoff = Backoff(longest=LONGEST_PAUSE)
        self._give_up_at: float | None = None
        self._refused = False
        """The disk did not take what was there to be read."""

    def begin_with(self, begins: LogStart) -> None:
        """Before it runs: from where on it reads."""
        self._begins, self._fails_on, self._whole = begins, begins.fails_on, not begins.present

    @property
    def facts(self) -> ContainerFacts:
        """The newest that it was told, or has learned by itself."""
        return self._facts

    def update(self, facts: ContainerFacts | None, *, over: bool) -> None:
        """What the pod watch says now; `over`: no further run will come."""
        if facts is not None:
            self._facts = facts
            self._final = over and facts.state is ContainerState.TERMINATED
        self._over = self._over or over
        self._news.set()

    async def run(self) -> None:
        """All runs of the container, from the oldest that the cluster still has, or the present."""
        self._told.say(StreamState.WAITING)
        run = self._begins.run_of(self._facts)
        while True:
            await self._until(functools.partial(self._readable_or_over, run), None)
            if not self._readable(run):
                break
            if run + 1 < self._facts.restart_count:
                self._told.lose(f"attempt {attempt_of(run)} was gone before it could be read")
            else:
                await self._read(run)
            run, self._begins = run + 1, WHOLE
        self._told.say(StreamState.LOST if self._told.has_gaps else StreamState.ENDED)

    def _readable(self, run: int) -> bool:
        """The cluster has or had a log of that run."""
        if self._facts.restart_count != run:
            return self._facts.restart_count > run
        return self._facts.state is not ContainerState.WAITING or self._facts.previous is not None

    def _readable_or_over(self, run: int) -> bool:
        return self._readable(run) or self._over

    def _running(self, run: int) -> bool:
        facts = self._facts
        return facts.restart_count == run and facts.state is ContainerState.RUNNING

    async def _read(self, run: int) -> None:
        """One run to its end. When the facts already call it ended, one pass is enough."""
        spool = await self._written(lambda: self._spools.open_spool(self.name, run, pod=self._uid))
        try:
            # What another console wrote of this run counts as read.
            self._point = spool.resume_point() or self._point
            self._rotation = Rotation(self._told)
            self._note_skipped(spool, run)
            self._backoff.reset()
            while not await self._pass(spool, run):
                pass
            await self._written(lambda: self._told.write_gaps(spool))
        finally:
            spool.close()

    async def _pass(self, spool: SpoolWriter, run: int) -> bool:
        """One stream, and what follows from how it ended; True when the run has been read."""
        # Asked before the stream is opened: a run that ends while it is read is read once more to
        # its end, for a stream can be cut before the last lines.
        last = not self._running(run) or self._over
        try:
            mine = await self._drain(spool, run, follow=not last)
        except RecorderFailed as error:
            await self._not_taken(error)
            return False
        except NotFound as error:
            if last:
                self._missing(spool, run, error)
                return True
            # A watch that is not allowed any more calls a pod running that is long gone.
            pause = max(WATCH_LAG, self._backoff.next())
            await self._until(lambda: not self._running(run), pause)
            return False
        except self._fails_on:
            raise
        except ConsoleError as error:
            return await self._failed(spool, run, error, last=last)
        if not mine:
            return await self._replaced(spool, run)
        self._backoff.reset()
        self._give_up_at, self._refused = None, False
        if not last:
            await self._until(lambda: not self._running(run) or self._over, WATCH_LAG)
        return last

    async def _not_taken(self, error: RecorderFailed) -> None:
        """The disk is full, perhaps: whatever the cluster still has is read when it is not."""
        self._refused = True
        self._told.reconnecting(error)
        await asyncio.sleep(self._backoff.next())

    async def _written(self, work: Callable[[], T]) -> T:
        """As soon as the disk takes it."""
        while True:
            try:
                return work()
            except RecorderFailed as error:
                await self._not_taken(error)

    async def _failed(
        self, spool: SpoolWriter, run: int, error: ConsoleError, *, last: bool
    ) -> bool:
        """A pause before the next try; True when the end of the run is given up."""
        self._told.reconnecting(error)
        now = asyncio.get_running_loop().time()
        # A node that does not answer may come back as long as the pod may: only a pod that is over
        # has an end of patience.
        if last and self._over:
            self._give_up_at = self._give_up_at or now + END_PATIENCE
            if now >= self._give_up_at:
                self._told.lose(
                    f"the end of attempt {attempt_of(run)} could not be read: {error.what}", spool
                )
                return True
        await asyncio.sleep(self._backoff.next())
        return False

    async def _replaced(self, spool: SpoolWriter, run: int) -> bool:
        """The cluster has a later run by now; True when it no longer hands out this one at all."""
        if run_handed_out(self._facts, previous=True) > run:
            self._told.lose(
                f"the end of attempt {attempt_of(run)} was gone before it was read", spool
            )
            return True
        await asyncio.sleep(self._backoff.next())
        return False

    def _note_skipped(self, spool: SpoolWriter, run: int) -> None:
        """Runs before the first that the cluster keeps, unless this console saw them itself."""
        if self._whole and run and self._point is None and not self._told.has_gaps:
            which = "attempt 1" if run == 1 else f"attempts 1 to {run}"
            self._told.lose(f"{which} ended before this console looked", spool)

    def _missing(self, spool: SpoolWriter, run: int, error: NotFound) -> None:
        """The cluster no longer has the run; a loss unless its end was read already."""
        if self._refused:
            since = f" after {self._point.at}" if self._point else ""
            self._told.lose(
                f"lines of attempt {attempt_of(run)}{since} were gone before the disk took them",
                spool,
            )
        elif self._point is None and not self._over:
            self._told.lose(f"attempt {attempt_of(run)} has no log: {error.why}", spool)

    async def _drain(self, spool: SpoolWriter, run: int, *, follow: bool) -> bool:
        """Everything of one stream into the spool; False, and nothing, if it is of another run. The
        line to go on after is in the log of its own run, unless the node rotated it away.
        """
        request = LogRequest(
            namespace=self._namespace,
            pod=self._pod,
            container=self._facts.asked,
            follow=follow,
            previous=self._facts.restart_count > run,
            since=self._begins.since,
            tail=None if self._point else self._begins.tail,
            after=self._point,
            tell_missing=True,
        )
        if request.tail == 0:
            self._point = await newest_point(self._services, request)
            request = replace(request, tail=None, after=self._point)
            self._begins = WHOLE
        self._rotation.begins()
        opened = functools.partial(self._opened, run, request)
        lacks = functools.partial(self._lacks, spool, run, request)
        leapt = functools.partial(self._rotation.leapt, run, spool)
        lines = self._leaps.told(drained(self._services, request, opened, lacks), request, leapt)
        look = functools.partial(self._unbrought, spool, request)
        try:
            async with ended_when_stuck(look) as silence, contextlib.aclosing(lines) as blocks:
                async for block in blocks:
                    silence.broken()
                    self._hears(request)
                    self._rotation.goes_on(run, spool)
                    self._told.write_gaps(spool)
                    spool.write(block)
                    self._on_block(self.name, block, self._services.clock())
                self._rotation.ends(run, spool)
        except _OtherRun:
            return False
        finally:
            self._point = spool.resume_point() or self._point
        return True

    async def _unbrought(self, spool: SpoolWriter, request: LogRequest) -> bool:
        """Whether the log has lines that its stream, which is quiet, has not brought."""
        if not request.follow:
            return False
        later = replace(
            request, follow=False, after=spool.resume_point() or self._point, tell_missing=False
        )
        try:
            async with contextlib.aclosing(drained(self._services, later)) as blocks:
                async for _ in blocks:
                    self._told.say(StreamState.RECONNECTING, STUCK)
                    return True
        except NotFound:
            return False  # its pod is gone, which the watch tells
        except ConsoleError as error:
            self._told.reconnecting(error)
            return False
        self._hears(request)
        return False

    async def _opened(self, run: int, request: LogRequest) -> None:
        if not await self._is_of(run, request):
            raise _OtherRun
        self._hears(request)

    async def _lacks(self, spool: SpoolWriter, run: int, request: LogRequest) -> None:
        """Its lines after the one asked for: rotated away, or the log is another run's."""
        resumed = spool.resume_point()
        if resumed is not None and not await self._stays(run, request):
            raise _OtherRun
        self._rotation.doubts(resumed)

    def _hears(self, request: LogRequest) -> None:
        if request.follow:
            self._told.say(StreamState.LIVE)

    async def _is_of(self, run: int, request: LogRequest) -> bool:
        """Whether a stream that is open now is of that run. The watch may be behind, as after an
        outage in which the container was restarted: only the pod as it is after the opening tells.
        What is over begins no further run: of it the watch has told all.
        """
        if self._final:
            return run_handed_out(self._facts, previous=request.previous) == run
        for pod in await self._anew.listed():
            for facts in pod.containers:
                if pod.uid == self._uid and facts.name == self.name:
                    if run_handed_out(facts, previous=request.previous) == run:
                        return True
                    self.update(facts, over=False)
                    return False
        return True

    async def _stays(self, run: int, request: LogRequest) -> bool:
        """Whether that stream is still of the run after the time that a node may take to tell the
        API of a restart: its log is the new run's at once, the pod's status is later."""
        limit = asyncio.get_running_loop().time() + (0.0 if self._final else STATUS_LAG)
        while await self._is_of(run, request):
            if asyncio.get_running_loop().time() >= limit:
                return True
            await asyncio.sleep(min(STATUS_LAG, 1.0))
        return False

    async def _until(self, true: Callable[[], bool], limit: float | None) -> None:
        """Wait for news until `true()` or for `limit` seconds."""
        try:
            async with asyncio.timeout(limit):
                while not true():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return


def run_handed_out(facts: ContainerFacts, *, previous: bool) -> int:
    """Whose log the cluster gives: while a container waits after an end, that end's both times."""
    waits = facts.state is ContainerState.WAITING and facts.previous is not None
    return facts.restart_count - (previous and not waits)
