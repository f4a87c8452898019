"""One publication, a step further: looks at EvalAI, sends, ends what was cancelled there.

What may have been sent is in the ledger before it is: whoever is killed between any two lines is
followed by somebody who knows. Between a look and what is sent after it there is nothing to wait
for, so that a cancel falls into that gap as seldom as can be.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Protocol

from msgspec.structs import replace

from console.domain.facts import EvalAiPlace
from console.errors import Conflict, ConsoleError, NotFound
from console.operations.ports.clock import Clock
from console.operations.ports.evalai import EvalAi, EvalAiError, EvalAiUpdate, RemoteOutcome
from console.operations.ports.publications import Publication, PublicationLedger
from console.operations.publishing import publication_changes
from console.operations.publishing.next_step import (
    AskThere,
    CancelHere,
    Close,
    Hold,
    Rest,
    Send,
    StandingHere,
    Step,
    next_step,
)
from console.operations.publishing.said_there import digest_of
from console.operations.services import Services
from console.operations.submitting.ending import cancel

log = logging.getLogger(__name__)


class KnownHere(Protocol):
    """How a submission stands here, and what is said of it there."""

    @property
    def standing(self) -> StandingHere: ...

    def update(self, place: EvalAiPlace, outcome: RemoteOutcome) -> EvalAiUpdate:
        """What is sent with that outcome."""
        ...


class Advancing:
    """The edges that a step needs."""

    def __init__(
        self,
        services: Services,
        evalai: EvalAi,
        ledger: PublicationLedger,
        period: timedelta,
    ) -> None:
        self._services, self._evalai, self._ledger = services, evalai, ledger
        self._period = period
        self._clock: Clock = services.clock

    async def advance(self, known: Publication, here: KnownHere) -> Publication:
        """As far as it goes now. What EvalAI or the cluster does is in the value that comes back;
        raises PublicationsFailed for a disk that does not take it: nothing is sent then."""
        step = next_step(known, here.standing, None, self._clock(), self._period)
        if isinstance(step, CancelHere):
            return await self._cancel(known)
        if not isinstance(step, AskThere):
            return known
        try:
            there = await self._evalai.submission(known.place.submission)
        except EvalAiError as error:
            return await self._keep(publication_changes.look_failed(known, error, self._clock()))
        was, known = known.shown, publication_changes.looked(known, there, self._clock())
        step = next_step(known, here.standing, there, self._clock(), self._period, was)
        return await self._do(step, known, here)

    async def _do(self, step: Step, known: Publication, here: KnownHere) -> Publication:
        now = self._clock()
        match step:
            case Send():
                return await self._send(step.outcome, known, here)
            case CancelHere():
                return await self._cancel(known)
            case Hold():
                return await self._keep(publication_changes.held(known, step, now))
            case Close():
                return await self._keep(
                    publication_changes.closed(known, step.words, now, step.by_another)
                )
            case Rest():
                return await self._keep(publication_changes.rested(known, step, now))
        return known

    async def _send(
        self, outcome: RemoteOutcome, known: Publication, here: KnownHere
    ) -> Publication:
        update = await self._update(outcome, known, here)
        digest = digest_of(update) if outcome.final else here.standing.digest
        known = await self._keep(publication_changes.begun(known, outcome, digest, self._clock()))
        try:
            await self._evalai.update(update)
        except EvalAiError as error:
            return await self._keep(publication_changes.update_failed(known, error, self._clock()))
        return await self._keep(publication_changes.taken(known, self._clock(), self._period))

    async def _update(
        self, outcome: RemoteOutcome, known: Publication, here: KnownHere
    ) -> EvalAiUpdate:
        """A final one is that which was sent first, whatever has become known since."""
        if not outcome.final:
            return here.update(known.place, outcome)
        kept = await asyncio.to_thread(self._ledger.final, known.place)
        # Byte for byte the same: a second final result that differs would be a second final result.
        if kept is not None and kept.outcome is outcome and known.final is outcome:
            return kept
        made = await asyncio.to_thread(here.update, known.place, outcome)
        await asyncio.to_thread(self._ledger.keep_final, known.place, made)
        return made

    async def _cancel(self, known: Publication) -> Publication:
        """Kept first: a cancel that is forgotten would be undone by the next partial result."""
        known = await self._keep(replace(known, cancelled_there=True))
        job = known.recording
        try:
            facts = await self._services.cluster.job(job.namespace, job.name)
            # A later Job may have the name: it was not cancelled there.
            if facts.uid == job.uid:
                await cancel(self._services, job.namespace, job.name)
                log.warning("%s was cancelled at EvalAI, and is ended here.", job.name)
        except (Conflict, NotFound):
            pass  # it has ended, or is gone: nothing is left to end
        except ConsoleError as error:
            why = " ".join(part for part in (error.what, error.why) if part)
            return await self._keep(publication_changes.cancel_failed(known, why, self._clock()))
        return await self._keep(publication_changes.cancel_told(known, self._clock(), self._period))

    async def _keep(self, known: Publication) -> Publication:
        await asyncio.to_thread(self._ledger.put, known)
        return known
