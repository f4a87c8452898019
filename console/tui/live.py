"""The backend over the use cases: everything that waits runs in a net thread of its own.

The UI only reads the latest snapshots and awaits answers. Which cluster it is, and how the embedded
one is started, comes in as two functions; this module knows no edge.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from console.domain.board import BoardSnapshot, SubmissionStatus, tally
from console.domain.fleet import FleetSnapshot
from console.domain.submission import free_name
from console.errors import ClusterUnreachable, ConsoleError
from console.tui import remembered, resume_offers
from console.tui.backend import (
    Checklist,
    ClusterLink,
    ComposeForm,
    Composition,
    Draft,
    LaunchReport,
    Link,
    not_connected,
)
from console.tui.net_thread import NetThread
from console.tui.recorder_link import RecorderLink

# The use cases are imported where they are first needed: the first paint does not wait for them.
if TYPE_CHECKING:
    from console.operations.outcome.view import ResultsView
    from console.operations.ports.recorder import LogView
    from console.operations.ports.recorder_process import RecorderProcess
    from console.operations.replay.recorded_past import Past
    from console.operations.services import Services
    from console.operations.watching.fleet import Fleet
    from console.presentation.resume_points import ResumeOffer
    from console.specs.validation import Validated
    from console.tui.backend import Jobs, Tell

Wanted = TypeVar("Wanted")
Connect = Callable[[Wanted], "AbstractAsyncContextManager[Services]"]
T = TypeVar("T")
REMEMBER_SECONDS = 5.0
STILL_RUNNING = (
    *(SubmissionStatus.QUEUED, SubmissionStatus.PENDING, SubmissionStatus.RUNNING),
    *(SubmissionStatus.BLOCKED, SubmissionStatus.FAILING),
)


class LiveBackend(Generic[Wanted]):
    """`connect(wanted)` opens the cluster; `start_local()` starts the embedded one, and blocks.

    `recorder(wanted)` is the recorder process of that cluster; None where none is wanted.
    `known` is the list to begin with, where it is not the remembered one.
    `ends_local()` tells at once whether an embedded cluster started that way ends when this
    console leaves: nobody keeps it, and no other console is on it.
    """

    def __init__(
        self,
        connect: Connect[Wanted],
        wanted: Wanted,
        *,
        start_local: Callable[[], Wanted] | None = None,
        local: bool = False,
        ends_local: Callable[[], bool] = lambda: True,
        recorder: Callable[[Wanted], RecorderProcess | None] = lambda wanted: None,
        known: FleetSnapshot | None = None,
    ) -> None:
        self._ends_local = ends_local
        self._recorder = RecorderLink(recorder)
        self._owns_local = False
        self._connect, self._wanted = connect, wanted
        self._start_local = start_local
        self._starts_local = self._is_local = local
        self._net = NetThread()
        self._services: Services | None = None
        self._fleet: Fleet | None = None
        self._session: asyncio.Task[None] | None = None
        self._connection = ClusterLink(local_offered=start_local is not None)
        self._memory = None if local else remembered.place(wanted)
        self._last_known = known or remembered.last_known(wanted, local=local)

    # --- life

    def start(self) -> None:
        self._net.start()
        self._net.submit(self._begin())

    def close(self) -> None:
        self._net.stop()

    async def _begin(self) -> None:
        try:
            await (self._start_and_connect() if self._starts_local else self._reconnect())
        except ConsoleError as error:
            self._unreachable(error)

    async def _start_and_connect(self) -> None:
        if self._start_local is not None:
            self._wanted = await asyncio.to_thread(self._start_local)
            self._is_local = self._owns_local = True
            self._memory, self._last_known = None, remembered.NOTHING
        await self._reconnect()

    async def _reconnect(self) -> None:
        """A new session instead of the present one; returns when it is connected or failed."""
        if self._session is not None:
            self._session.cancel()
            await asyncio.gather(self._session, return_exceptions=True)
        connected = asyncio.get_running_loop().create_future()
        self._connection = ClusterLink(Link.CONNECTING, local_offered=self._local_offered)
        self._session = asyncio.create_task(self._live(connected), name="session")
        await connected

    async def _live(self, connected: asyncio.Future[None]) -> None:
        """One session: connected until it is cancelled."""
        from console.operations.watching.fleet import Fleet

        try:
            async with self._connect(self._wanted) as services:
                self._services = services
                self._fleet = Fleet(services, services.cluster.description.namespace)
                self._connection = ClusterLink(Link.CONNECTED, services.cluster.description)
                connected.set_result(None)
                beside = [
                    asyncio.create_task(self._remember(self._fleet), name="remember"),
                    asyncio.create_task(self._begin_recorder(), name="recorder"),
                ]
                try:
                    await self._fleet.run()
                finally:
                    for task in beside:
                        task.cancel()
        except ConsoleError as error:
            self._unreachable(error)
            if not connected.done():
                connected.set_exception(error)
        finally:
            self._services = self._fleet = None
            if self._connection.link is Link.CONNECTING:
                self._unreachable(ConsoleError("The connection failed.", fix="Try again."))
            if not connected.done():
                connected.cancel()

    async def _remember(self, fleet: Fleet) -> None:
        """Keep the list on disk for the next start. A full disk costs that list, nothing else."""
        kept = self._last_known
        while self._memory is not None:
            await asyncio.sleep(REMEMBER_SECONDS)
            if fleet.snapshot.live and fleet.snapshot.rows != kept.rows:
                kept = self._last_known = fleet.snapshot
                with contextlib.suppress(OSError):
                    await asyncio.to_thread(remembered.remember, self._memory, kept)

    async def _begin_recorder(self) -> None:
        """It goes on when this console is left. On the embedded cluster it begins with a launch."""
        services = self._connected()
        if not self._is_local:
            await self._recorder.begin(self._wanted, services.cluster.description.namespace)
        await self._recorder.look_after(services)

    def _unreachable(self, error: ConsoleError) -> None:
        self._connection = ClusterLink(
            Link.UNREACHABLE, problem=error, local_offered=self._local_offered
        )

    @property
    def _local_offered(self) -> bool:
        return self._start_local is not None

    async def retry(self) -> None:
        await self._net.ask(self._reconnect())

    async def start_local(self) -> None:
        await self._net.ask(self._start_and_connect())

    # --- what is known now

    def connection(self) -> ClusterLink:
        return self._recorder.noted(self._connection)

    def fleet(self) -> FleetSnapshot:
        """The live list; the last known one, which is not live, until there is one."""
        fleet = self._fleet
        return fleet.snapshot if fleet and fleet.snapshot.updated_at else self._last_known

    def show_rows(self, keys: Iterable[tuple[str, str]]) -> None:
        if (fleet := self._fleet) is not None:
            fleet.show_rows(keys)

    def board(self, namespace: str, name: str) -> BoardSnapshot:
        return (fleet.board if (fleet := self._fleet) else not_connected)(namespace, name)

    def listed_board(self, namespace: str, name: str) -> BoardSnapshot:
        return (fleet.listed_board if (fleet := self._fleet) else not_connected)(namespace, name)

    def log_view(self, board: BoardSnapshot, container: str) -> LogView:
        from console.operations.recording.log_view import log_view

        return log_view(self._connected(), board, container)

    async def past(self, board: BoardSnapshot) -> Past:
        from console.operations.replay.recorded_past import Past, recorded_past

        services = self._connected()
        if board.job is None:
            return Past()
        recording = services.recording_of(board.job)
        return await asyncio.to_thread(recorded_past, services.recorder, recording)

    def results(self, board: BoardSnapshot) -> ResultsView:
        from console.operations.outcome.view import results

        return results(board)

    def consequences(
        self, board: BoardSnapshot, verb: str, *, brief: bool = False
    ) -> tuple[str, ...]:
        from console.operations.submitting import ending

        return ending.told_here(self._connected(), board, verb, brief=brief)

    def lost_by_leaving(self) -> tuple[str, ...]:
        """Only what runs on an embedded cluster that this console started or joined.

        A submission with its final result loses nothing, even if its Job is still ending.
        """
        told = self._running_here()
        if not told or not self._ends_local():
            return ()
        from console.tui.leaving_words import ends_with_it

        return ends_with_it(told)

    def goes_on_after_leaving(self) -> tuple[str, ...]:
        told = self._running_here()
        if not told or self._ends_local():
            return ()
        from console.tui.leaving_words import goes_on_without_it

        return goes_on_without_it(told)

    def _running_here(self) -> str:
        """What has no final result yet on the embedded cluster that this console started."""
        running = [
            row
            for row in self.fleet().rows
            if row.status in STILL_RUNNING and row.driving_score is None
        ]
        told = ", ".join(f"{row.name} ({tally(row.done, row.total)})" for row in running)
        return told if self._owns_local else ""

    def _connected(self) -> Services:
        if self._services is None:
            raise ClusterUnreachable("The console is not connected to a cluster.")
        return self._services

    # --- composing

    def leaderboards(self) -> tuple[str, ...]:
        from console.tui import composing

        return composing.LEADERBOARDS

    def profiles(self) -> tuple[str, ...]:
        from console.specs.values import profiles

        return profiles()

    def form(self, leaderboard: str, profile: str = "", name: str = "") -> ComposeForm:
        from console.specs.values import usual_profile
        from console.tui import composing

        chosen = profile or usual_profile(local=self._is_local)
        taken = {row.name for row in self.fleet().rows}
        name = name or composing.profile_name(leaderboard, chosen)
        return composing.form(leaderboard, chosen, name=free_name(name, taken))

    def compose(self, draft: Draft) -> Composition:
        from console.tui import composing

        where = self._connection.description
        return composing.composition(draft, where.namespace if where else "default")

    # --- asking the cluster

    async def launch(self, composition: Composition, *, dry_run: bool = False) -> LaunchReport:
        return await self._launch(composition.ready, dry_run=dry_run)

    async def _launch(self, ready: Validated, *, dry_run: bool) -> LaunchReport:
        from console.operations.submitting.launch import DryRun, Launched, launch

        async def sent(services: Services) -> tuple[Launched, str]:
            if dry_run:
                return await launch(services, ready, dry_run=DryRun.SERVER), ""
            where = services.cluster.description
            why = await self._recorder.begin(self._wanted, where.namespace)
            done = await launch(services, ready)
            return done, why or await self._recorder.saw(done.manifest)

        done, unrecorded = await self._do(sent)
        meta = done.manifest["metadata"]
        warnings = (*done.warnings, unrecorded) if unrecorded else done.warnings
        return LaunchReport(meta["namespace"], meta["name"], dry_run, warnings)

    async def preflight(self, composition: Composition, tell: Tell, launched: Jobs) -> Checklist:
        from console.operations.submitting.preflight import preflight

        ready = composition.ready
        found = await self._do(lambda s: preflight(s, ready, tell=tell, launched=launched))
        return Checklist(found.findings)

    def why_not_resumable(self, board: BoardSnapshot) -> str:
        return resume_offers.why_not(board)

    async def offer_resume(self, namespace: str, name: str, new_name: str = "") -> ResumeOffer:
        from console.operations.submitting.resume import resume

        found = await self._do(lambda s: resume(s, namespace, name, new_name=new_name))
        return resume_offers.offer(found, {row.name for row in self.fleet().rows})

    async def launch_resumed(self, offer: ResumeOffer) -> LaunchReport:
        return await self._launch(offer.ready, dry_run=False)

    async def cancel(self, namespace: str, name: str) -> None:
        from console.operations.submitting import ending

        await self._do(lambda services: ending.cancel(services, namespace, name))

    async def delete(self, namespace: str, name: str) -> None:
        from console.operations.submitting import ending

        await self._do(lambda services: ending.delete(services, namespace, name))

    async def read_manifest(self, namespace: str, name: str) -> str:
        from console.operations.ports.cluster import Kind
        from console.specs.rendering import to_yaml

        job = await self._do(lambda s: s.cluster.read(Kind.JOB, namespace, name))
        job.get("metadata", {}).pop("managedFields", None)
        return to_yaml(job)

    async def _do(self, work: Callable[[Services], Coroutine[Any, Any, T]]) -> T:
        return await self._net.ask(work(self._connected()))
