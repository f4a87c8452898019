"""The deliverer in a recorder: which submissions go where, and when each is due.

A Job says itself where its files go, and the user's settings have to say the same: nothing goes to
a place that one of them does not name. What was begun is in the ledger, so that nothing is
forgotten when a Job is deleted or a recorder starts again; what is there is asked of the place, so
that nothing is sent twice. One that fails, or a place that keeps silent, holds up nothing else.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Iterable, Iterator

from console.domain.facts import JobFacts
from console.operations.delivering.beside_loop import BesideLoop
from console.operations.delivering.delivery_changes import asked_again
from console.operations.delivering.errands import Errands
from console.operations.delivering.standing import Standing, standing_of
from console.operations.ports.deliveries import (
    BringNow,
    Delivery,
    DeliveryKey,
    DeliveryKind,
    DeliveryLedger,
    DeliveryTargets,
)
from console.operations.ports.publications import PublicationsFailed
from console.operations.services import Services
from console.operations.telling.seen_here import Fleets, SeenHere, seen_here
from console.operations.telling.teller import Teller

MOST_AT_ONCE = 3
"""Requests at a place: it is one server, and logs are large."""


class Deliverer(Teller[DeliveryKey, Delivery, BringNow]):
    """See `telling.teller`."""

    def __init__(
        self, services: Services, targets: DeliveryTargets, ledger: DeliveryLedger
    ) -> None:
        super().__init__(services, ledger)
        self._targets, self._ledger = targets, ledger
        self._errands = Errands(services, targets)
        self._closed: set[DeliveryKey] = set()
        self._seen: dict[DeliveryKey, SeenHere] = {}
        self._room = {kind: BesideLoop(MOST_AT_ONCE) for kind in DeliveryKind}

    def _doing(self, key: DeliveryKey) -> str:
        return f"Bringing {key[2]} to {key[1]}"

    def _again(self, known: Delivery, wish: BringNow) -> Delivery:
        return asked_again(known, self._services.clock())

    def _adopt(self, jobs: Iterable[JobFacts]) -> None:
        storage, table = self._targets.storage, self._targets.table
        for job in jobs:
            for made in self._wanted(job, storage, table):
                # Asked at each change of the list: thousands of Jobs are done with, and their files
                # not read again.
                if made.key not in self._open and made.key not in self._closed:
                    self._alone(made.key, self._own, made)

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

    def _own(self, known: Delivery) -> None:
        """Of several processes of a user one sends."""
        stored = self._ledger.read(known.key)
        if stored is not None and stored.closed:
            self._closed.add(known.key)
        elif self._ledger.claim(known.key):
            # Read once more: whoever had the right may have written since.
            stored = self._ledger.read(known.key)
            if stored is None:
                self._ledger.put(known)
            self._closed.discard(known.key)
            self._open[known.key] = stored or known

    # --- what is done

    async def _advance(self, key: DeliveryKey, fleets: Fleets) -> None:
        known, now = self._open[key], self._services.clock()
        if known.not_before is not None and now < known.not_before:
            return
        seen = await seen_here(self._services, known.recording, fleets, self._seen.get(key))
        if seen is None:
            return
        self._seen[key] = seen
        resting = known.rest_until is not None and now < known.rest_until
        # An end is brought at once, whatever the period: somebody waits for it.
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
        super()._keep(known)
        if known.closed:
            self._closed.add(known.key)
            self._seen.pop(known.key, None)
