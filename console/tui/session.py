"""One cluster, as one user, for as long as a console is on it: connected, lost, tried again.

Never another cluster: who goes elsewhere opens another session, and this one ends. So nothing that
was begun here can reach another cluster, and nothing that is known here is shown as another's.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from msgspec.structs import replace

from console.domain.fleet import READING, FleetSnapshot
from console.errors import ClusterUnreachable, ConsoleError
from console.tui import remembered
from console.tui.aims import Connect, Wanted, Ways
from console.tui.backend import ClusterLink, Link
from console.tui.net_thread import NetThread
from console.tui.recorder_link import RecorderLink

# The use cases are imported where they are first needed: the first paint does not wait for them.
if TYPE_CHECKING:
    from console.operations.ports.cluster import ClusterDescription
    from console.operations.ports.publishing_settings import PublishingFile
    from console.operations.services import Services
    from console.operations.watching.fleet import Fleet

T = TypeVar("T")
REMEMBER_SECONDS = 5.0
LAST_SECONDS = 60.0
"""How long a change that was begun may take once the console has gone elsewhere."""
CHANGES = ("create", "patch", "delete")


class ClusterSession(Generic[Wanted]):
    """`connect(wanted)` opens the cluster. `start`, `close`, `retire` from any thread."""

    def __init__(
        self,
        connect: Connect[Wanted],
        wanted: Wanted,
        ways: Ways[Wanted],
        *,
        local: bool,
        everywhere: bool,
        known: FleetSnapshot | None,
    ) -> None:
        self.recorder = RecorderLink(ways.recorder)
        self.owns_local = False
        """The embedded cluster was started, or joined, by this console."""
        self.fleet: Fleet | None = None
        self._connect, self._ways, self.wanted = connect, ways, wanted
        self.local, self.everywhere = local, everywhere
        self._net = NetThread()
        self._services: Services | None = None
        self._task: asyncio.Task[None] | None = None
        self._naming: asyncio.Task[None] | None = None
        self._forbidden = ""
        """Why nothing may be changed there, as files have it; a cluster need not have answered."""
        self._link = self._connecting()
        self._memory = remembered.place(wanted)
        self.last_known = known or remembered.last_known(wanted, local=local)
        self._joined: tuple[FleetSnapshot, FleetSnapshot, FleetSnapshot] | None = None
        """A list that is being read, the last known one, and both together."""
        self._left = ""
        """Where the console was, once it has gone elsewhere."""
        self._under_way: dict[concurrent.futures.Future[Any], str] = {}

    # --- life

    def start(self) -> None:
        if not self._net.started:
            self._net.start()
            self._net.submit(self._begin())

    def close(self) -> None:
        self._net.stop()

    def leave(self) -> None:
        """From now on nothing new is begun here."""
        where = self._link.description
        self._left = where.context if where else "the cluster"

    def retire(self) -> tuple[str, ...]:
        """Let what was begun end, then close. Blocks; tells how each change ended."""
        self.leave()
        begun = dict(self._under_way)
        concurrent.futures.wait(begun, LAST_SECONDS)
        self.close()
        return tuple(self._told(future, what) for future, what in begun.items())

    def _told(self, future: concurrent.futures.Future[Any], what: str) -> str:
        if not future.done() or future.cancelled():
            return f"{self._left}: whether {what} was done, only the cluster knows."
        error = future.exception()
        return f"{self._left}: {what}: {'done' if error is None else f'failed. {error}'}"

    async def _begin(self) -> None:
        try:
            if self.local and self._ways.start_local is not None:
                self.wanted = await asyncio.to_thread(self._ways.start_local, self.wanted)
                self.owns_local = True
            await self._reconnect()
        except ConsoleError as error:
            self._unreachable(error)

    async def retry(self) -> None:
        """The same cluster again, as the same user."""
        self._link = self._connecting()
        await self._net.ask(self._again())

    async def _again(self) -> None:
        if self.local and not self.owns_local:
            await self._begin()
        else:
            await self._reconnect()
        if (problem := self._link.problem) is not None:
            raise problem

    async def _reconnect(self) -> None:
        """A new connection instead of the present one; returns when it is there or has failed."""
        # The old one ends first: two fleets would claim the same recordings, in one process.
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        connected = asyncio.get_running_loop().create_future()
        self._link = self._connecting()
        self._naming = asyncio.create_task(self._name(), name="naming")
        self._task = asyncio.create_task(self._live(connected), name="session")
        await connected

    async def _name(self) -> None:
        """Say where it goes before it is there, and where it did not get."""
        self._forbidden = await asyncio.to_thread(self._ways.forbidden, self.wanted)
        if self._link.link is not Link.CONNECTED:
            self._link = replace(self._link, read_only=self._forbidden)
        with contextlib.suppress(ConsoleError):  # of a faulty wish, which connecting tells
            where = await asyncio.to_thread(self._ways.described, self.wanted)
            if self._link.description is None:
                self._link = replace(self._link, description=where)
            if self._services is None and where is not None:
                # Who tries again means this one, whatever the file's current context is by then.
                self.wanted = self._ways.pinned(self.wanted, where)

    async def _live(self, connected: asyncio.Future[None]) -> None:
        """Connected until it is cancelled."""
        from console.operations.watching.fleet import Fleet

        try:
            async with self._connect(self.wanted) as services:
                where = services.cluster.description
                # The file's current context may be another one by the next try.
                self.wanted = self._ways.pinned(self.wanted, where)
                remark = await self._reach(services)
                namespace = None if self.everywhere else where.namespace
                self._services, self.fleet = services, Fleet(services, namespace)
                self._link = self._connected_to(where, remark)
                if self.last_known.why != remembered.THE_RECORDERS:
                    self.last_known = replace(self.last_known, why=READING)
                connected.set_result(None)
                await self._follow(self.fleet, services)
        except ConsoleError as error:
            self._unreachable(error)
            if not connected.done():
                connected.set_exception(error)
        finally:
            if self.fleet is not None and self.fleet.snapshot.updated_at:
                self.last_known = replace(
                    self.listed, live=False, why=remembered.NOT_CONNECTED, heard=None
                )
            elif self.last_known.why == READING:
                self.last_known = replace(self.last_known, why=remembered.NOT_CONNECTED)
            self._services = self.fleet = None
            if self._link.link is Link.CONNECTING:
                self._unreachable(ConsoleError("The connection failed.", fix="Try again."))
            if not connected.done():
                connected.cancel()

    async def _follow(self, fleet: Fleet, services: Services) -> None:
        beside = [
            asyncio.create_task(self._remember(fleet), name="remember"),
            asyncio.create_task(self._begin_recorder(services), name="recorder"),
            asyncio.create_task(self._learn_rights(services), name="rights"),
        ]
        try:
            await fleet.run()
        finally:
            for task in beside:
                task.cancel()

    async def _reach(self, services: Services) -> str:
        """What there is to say where less is listed than was asked for; empty where nothing is."""
        if not self.everywhere or await may(services, "list", ""):
            return ""
        self.everywhere = False
        where = services.cluster.description.namespace
        return f"This account may not list all namespaces: shown is {where}. :ns shows others."

    async def _learn_rights(self, services: Services) -> None:
        """An account that may change nothing is told so once, not at each key."""
        where = services.cluster.description
        if where.read_only or self.everywhere:
            return
        given = await asyncio.gather(*(may(services, verb, where.namespace) for verb in CHANGES))
        if not any(given) and self._link.link is Link.CONNECTED:
            why = f"This account may change no Job in {where.namespace}."
            self._link = replace(self._link, read_only=why)

    async def _remember(self, fleet: Fleet) -> None:
        """Keep the list on disk for the next start. A full disk costs that list, nothing else."""
        kept = self.last_known
        while True:
            await asyncio.sleep(REMEMBER_SECONDS)
            if fleet.snapshot.live and fleet.snapshot.rows != kept.rows:
                kept = self.last_known = fleet.snapshot
                with contextlib.suppress(OSError):
                    await asyncio.to_thread(remembered.remember, self._memory, kept)

    async def _begin_recorder(self, services: Services) -> None:
        """It goes on when this console is left. On the embedded cluster it begins with a launch."""
        if not self.local:
            namespace = None if self.everywhere else services.cluster.description.namespace
            await self.recorder.begin(self.wanted, namespace)
        await self.recorder.look_after(services)

    # --- what is known now

    @property
    def link(self) -> ClusterLink:
        return self.recorder.noted(self._link)

    @property
    def listed(self) -> FleetSnapshot:
        """The live list; the last known one, which is not live, until there is one."""
        fleet, known = self.fleet, self.last_known
        if fleet is None or fleet.snapshot.updated_at is None:
            return known
        if not (heard := fleet.snapshot).growing:
            return heard
        # Asked for many times a second, and the same value while nothing is new.
        if self._joined is None or self._joined[0] is not heard or self._joined[1] is not known:
            self._joined = (heard, known, remembered.with_rest(heard, known))
        return self._joined[2]

    @property
    def attended(self) -> bool | None:
        """Whether a recorder process goes on without this console; None where nobody knows."""
        return None if self._services is None else self._services.attended()

    def _connecting(self) -> ClusterLink:
        offered = self._ways.start_local is not None
        return ClusterLink(
            local_offered=offered, everywhere=self.everywhere, read_only=self._forbidden
        )

    def _connected_to(self, where: ClusterDescription, remark: str) -> ClusterLink:
        known = replace(self._connecting(), link=Link.CONNECTED, description=where)
        return replace(known, read_only=where.read_only, remark=remark, everywhere=self.everywhere)

    def _unreachable(self, error: ConsoleError) -> None:
        where = self._link.description
        self._link = replace(
            self._connecting(), link=Link.UNREACHABLE, problem=error, description=where
        )

    @property
    def services(self) -> Services:
        """Raises ConsoleError where there is no cluster to ask."""
        if self._left:
            raise ConsoleError(
                "Nothing was sent: the console has gone elsewhere.",
                why=f"It was begun in {self._left}.",
            )
        if self._services is None:
            raise ClusterUnreachable("The console is not connected to a cluster.")
        return self._services

    @property
    def publishing(self) -> PublishingFile | None:
        """What decides which launches are published; None while there is nowhere to launch."""
        return self._services.publishing if self._services is not None else None

    async def do(self, work: Callable[[Services], Coroutine[Any, Any, T]]) -> T:
        """Ask this cluster. Whoever stops waiting ends it."""
        return await self._net.ask(work(self.services))

    async def change(self, what: str, work: Callable[[Services], Coroutine[Any, Any, T]]) -> T:
        """The same of what changes something: once begun it goes on, whoever waits for it."""
        future = self._net.submit(work(self.services))
        self._under_way[future] = what
        future.add_done_callback(lambda done: self._under_way.pop(done, None))
        return await asyncio.shield(asyncio.wrap_future(future))


async def may(services: Services, verb: str, namespace: str) -> bool:
    """Whether the account has it on Jobs; True where nobody can tell: asking will."""
    try:
        return await services.cluster.allowed(verb, "jobs", namespace)
    except ConsoleError:
        return True
