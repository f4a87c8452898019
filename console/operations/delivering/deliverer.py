"""The deliverer in a recorder: which submissions go where, and when each is due.

A Job says itself where its files go, and the user's settings have to say the same: nothing goes to
a place that one of them does not name. What was begun is in the ledger, so that nothing is
forgotten when a Job is deleted or a recorder starts again; what is there is asked of the place, so
that nothing is sent twice. One that fails, or a place that keeps silent, holds up nothing else.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta

from console.domain.facts import JobFacts
from console.errors import ConsoleError
from console.operations.delivering.beside_loop import BesideLoop
from console.operations.delivering.errands import Errands
from console.operations.delivering.standing import Standing, standing_of
from console.operations.ports.deliveries import (
    Delivery,
    DeliveryKind,
    DeliveryLedger,
    DeliveryTargets,
)
from console.operations.ports.publications import PublicationsFailed
from console.operations.publishing.failing import Failing
from console.operations.publishing.seen_here import Fleets, ListedSubmissions, SeenHere, seen_here
from console.operations.services import Services

LOOK_SECONDS = 1.0
TAKE_UP_EVERY = timedelta(minutes=1)
MOST_AT_ONCE = 3
"""Requests at a place: it is one server, and logs are large."""

Key = tuple[DeliveryKind, str, str]


class Deliverer:
    """`run` until cancelled; everything belongs to its event loop."""

    def __init__(
        self, services: Services, targets: DeliveryTargets, ledger: DeliveryLedger
    ) -> None:
        self._services, self._targets, self._ledger = services, targets, ledger
        self._errands = Errands(services, targets, ledger)
        self._open: dict[Key, Delivery] = {}
        """Those of this cluster that this process may send."""
        self._closed: set[Key] = set()
        self._seen: dict[Key, SeenHere] = {}
        self._at_work: dict[Key, asyncio.Task[None]] = {}
        self._rows: dict[int, object] = {}
        """By fleet: the rows that were looked through, and for which place."""
        self._taken_up = (frozenset[str | None](), datetime.min.replace(tzinfo=UTC))
        self._failing = Failing(services.clock)
        self._room = {kind: BesideLoop(MOST_AT_ONCE) for kind in DeliveryKind}

    @property
    def busy(self) -> bool:
        """Something goes on by itself: whoever ends now leaves it to the next recorder."""
        return bool(self._open)

    async def run(self, fleets: Callable[[], Iterable[ListedSubmissions]]) -> None:
        """Until cancelled; what is being sent then is taken up by the next one."""
        try:
            while True:
                await self.step(tuple(fleets()))
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            tasks = list(self._at_work.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for each in self._open.values():
                self._ledger.release(each)

    async def step(self, fleets: Fleets) -> None:
        """Begin what is due, and wait for none of it."""
        await self._take_up(fleets)
        await self._look_through(fleets)
        for key in list(self._open):
            if key not in self._at_work and not self._failing.rests(key):
                task = asyncio.create_task(self._advance(key, fleets))
                self._at_work[key] = task
                task.add_done_callback(functools.partial(self._ended, key))

    async def settle(self) -> None:
        """Until what was begun has come to its end."""
        await asyncio.gather(*self._at_work.values(), return_exceptions=True)

    def _ended(self, key: Key, task: asyncio.Task[None]) -> None:
        self._at_work.pop(key, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            words = f"Bringing {key[2]} to {key[1]} failed: {error!r:.200}"
            self._failing.failed(key, words, error)

    # --- which there are

    async def _careful(self, work: Callable[..., None], *what: object) -> bool:
        """A disk that fails is told once, and tried again."""
        try:
            await asyncio.to_thread(work, *what)
        except ConsoleError as error:
            self._failing.failed(None, str(error))
            return False
        self._failing.went_well(None)
        return True

    async def _take_up(self, fleets: Fleets) -> None:
        """What others left open, now and then; and what a command asks for again."""
        spaces, now = frozenset(fleet.namespace for fleet in fleets), self._services.clock()
        taken, at = self._taken_up
        due = spaces and (spaces != taken or now - at >= TAKE_UP_EVERY)
        if due and await self._careful(self._take_up_in, spaces):
            self._taken_up = (spaces, now)
            self._rows.clear()

    def _take_up_in(self, spaces: frozenset[str | None]) -> None:
        cluster = self._services.cluster.description.context
        for known in self._ledger.all():
            job = known.recording
            seen = job.cluster == cluster and not spaces.isdisjoint((None, job.namespace))
            if seen and not known.closed and known.key not in self._at_work:
                self._alone(known)

    async def _look_through(self, fleets: Fleets) -> None:
        for fleet in fleets:
            rows = fleet.snapshot.rows
            if not fleet.snapshot.live or self._rows.get(id(fleet)) is rows:
                continue
            jobs = [fleet.listed_board(row.namespace, row.name).job for row in rows]
            if await self._careful(self._adopt, [job for job in jobs if job is not None]):
                self._rows[id(fleet)] = rows

    def _adopt(self, jobs: Iterable[JobFacts]) -> None:
        storage, table = self._targets.storage, self._targets.table
        for job in jobs:
            for made in self._wanted(job, storage, table):
                if made.key not in self._open and made.key not in self._closed:
                    self._alone(made)

    def _wanted(self, job: JobFacts, storage: str, table: str) -> Iterator[Delivery]:
        """What its launch decided, as far as the user's settings still say so."""
        if storage and job.goes_to.storage == storage:
            yield self._of_job(DeliveryKind.FILES, storage, job)
        if table and job.goes_to.table == table:
            yield self._of_job(DeliveryKind.TABLE, table, job)

    def _of_job(self, kind: DeliveryKind, target: str, job: JobFacts) -> Delivery:
        now = self._services.clock()
        started = job.created_at or now
        return Delivery(kind, target, self._services.recording_of(job), now, started=started)

    def _alone(self, made: Delivery) -> None:
        """A file that fails keeps back its own delivery only."""
        try:
            self._own(made)
        except PublicationsFailed as error:
            self._failing.failed(made.key, str(error))

    def _own(self, made: Delivery) -> None:
        """Of several processes of a user one sends."""
        stored = self._ledger.read(made)
        if stored is not None and stored.closed:
            self._closed.add(made.key)
        elif self._ledger.claim(made):
            # Read once more: whoever had the right may have written since.
            stored = self._ledger.read(made)
            if stored is None:
                self._ledger.put(made)
            self._closed.discard(made.key)
            self._open[made.key] = stored or made

    # --- what is done

    async def _advance(self, key: Key, fleets: Fleets) -> None:
        known, now = self._open[key], self._services.clock()
        if known.not_before is not None and now < known.not_before:
            return
        seen = await seen_here(self._services, known.recording, fleets, self._seen.get(key))
        if seen is None:
            return
        self._seen[key] = seen
        resting = known.rest_until is not None and now < known.rest_until
        if resting and not (seen.gone or (seen.board.settled and seen.heard)):
            return
        try:
            here = await asyncio.to_thread(standing_of, seen)
            if resting and not here.over:
                return
            self._keep(await self._brought(known, here))
            self._failing.went_well(key)
        except PublicationsFailed as error:
            self._failing.failed(key, str(error))

    async def _brought(self, known: Delivery, here: Standing) -> Delivery:
        made = await self._room[known.kind].run(
            functools.partial(self._errands.advance, known, here)
        )
        await asyncio.to_thread(self._ledger.put, made)
        return made

    def _keep(self, known: Delivery) -> None:
        if not known.closed:
            self._open[known.key] = known
            return
        self._closed.add(known.key)
        self._open.pop(known.key, None)
        self._seen.pop(known.key, None)
        self._ledger.release(known)
