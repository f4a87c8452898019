"""The publisher in a recorder: all that is to be published, followed to its final result.

One submission of EvalAI has the results of one Job, the latest of those that go on from each other.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
from collections.abc import Callable, Iterable
from datetime import timedelta

import msgspec

from console.domain.facts import EvalAiPlace, JobFacts
from console.errors import ConsoleError
from console.operations.ports.evalai import EvalAi, RemoteStatus
from console.operations.ports.publications import (
    AskedAgain,
    Publication,
    PublicationLedger,
    PublicationsFailed,
    PublicationStage,
    PublishingRules,
)
from console.operations.publishing.advancing import Advancing
from console.operations.publishing.after_the_end import AfterTheEnd
from console.operations.publishing.next_step import Rest, next_step
from console.operations.publishing.publication_changes import (
    asked_again,
    begins_cancelled,
    left_to,
    sender_untold,
    taken_up,
)
from console.operations.publishing.sole_sender import SoleSender
from console.operations.publishing.standing_here import GONE, Recorded, recorded_now
from console.operations.services import Services
from console.operations.telling.seen_here import Fleets, ListedSubmissions, SeenHere, seen_here
from console.operations.telling.teller import Teller

LEAVES_WITHIN = 2.0
"""Seconds: who ends a recorder waits for it."""
log = logging.getLogger(__name__)


class _Read(msgspec.Struct, frozen=True):
    """What was made of what was seen."""

    seen: SeenHere
    recorded: Recorded

    def still_holds(self, now: SeenHere) -> bool:
        """Most changes of a board are of lines and times."""
        return now is self.seen or (
            now.heard is self.seen.heard
            and all(
                getattr(now.board, each) is getattr(self.seen.board, each)
                for each in ("records", "merged", "job", "pod", "routes", "status", "vanished")
            )
        )


class Publisher(Teller[EvalAiPlace, Publication, AskedAgain]):
    """See `telling.teller`."""

    def __init__(
        self,
        services: Services,
        rules: PublishingRules,
        ledger: PublicationLedger,
        sole: SoleSender | None = None,
    ) -> None:
        """`sole`: None where no other machine can send."""
        super().__init__(services, ledger)
        self._sole = sole
        self._rules, self._ledger = rules, ledger
        self._read: dict[EvalAiPlace, _Read] = {}
        self._after = AfterTheEnd(services.clock, rules, ledger)

    async def run(self, fleets: Callable[[], Iterable[ListedSubmissions]]) -> None:
        try:
            await super().run(fleets)
        finally:
            self._after.close()
            await self._leave()

    async def _leave(self) -> None:
        """Another machine need not wait for one that has ended in order. What may still be on its
        way keeps its right: the other one would send it too."""
        if self._sole is None:
            return
        idle = [each for each in map(self._as_stored, self._open.values()) if each.begun is None]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEAVES_WITHIN):
                for each in idle:
                    await self._sole.give_back(each.recording, over=False)

    async def step(self, fleets: Fleets) -> None:
        await super().step(fleets)
        await self._look_after_the_end()

    def _doing(self, key: EvalAiPlace) -> str:
        return f"Publishing submission {key.submission}"

    async def _look_after_the_end(self) -> None:
        try:
            await self._after.step(self._open)
        except ConsoleError as error:
            self._failing.failed(None, f"Whether EvalAI wants one resumed cannot be told: {error}")

    # --- which there are

    def _taken(self, seen: list[Publication]) -> None:
        self._after.watch(seen)

    def _again(self, known: Publication, wish: AskedAgain) -> Publication:
        return asked_again(known, self._services.clock(), as_failed=wish.as_failed)

    def _adopt(self, jobs: Iterable[JobFacts]) -> None:
        for job in jobs:
            place = job.evalai
            if place is not None and (place not in self._open or self._gives_way(place, job)):
                self._alone(place, self._adopt_one, place, job)

    def _gives_way(self, place: EvalAiPlace, job: JobFacts) -> bool:
        """What is held is resumed there, and that Job is what goes on from it here."""
        known = self._open[place]
        later = known.recording.uid != job.uid and _follows(known, job)
        return later and place not in self._at_work

    def _adopt_one(self, place: EvalAiPlace, job: JobFacts) -> None:
        known = self._begun(place, job)
        if known is not None and not known.closed:
            self._own(known)

    def _begun(self, place: EvalAiPlace, job: JobFacts) -> Publication | None:
        """The publication of that Job; None where another Job has that submission."""
        recording = self._services.recording_of(job)
        known = self._ledger.read(place)
        if known is not None and known.recording == recording:
            return known
        # Another process may have begun it, and even ended it, since it was read.
        mine = self._ledger.claim(place)
        known = self._ledger.read(place) if mine else known
        if known is not None and (known.recording == recording or not _follows(known, job)):
            self._release_unopened(place)
            return known if known.recording == recording else None
        now, ours = self._services.clock(), begins_cancelled(known)
        made = Publication(place, recording, job.created_at, now, our_cancel=ours)
        # Without the claim it is another process's to write; here it is only looked at.
        if mine:
            self._ledger.put(made)
        return made

    def _release_unopened(self, place: EvalAiPlace) -> None:
        if place not in self._open:
            self._ledger.release(place)

    def _own(self, known: Publication) -> None:
        """Of several processes of a user one sends."""
        if self._ledger.claim(known.place):
            stored = self._ledger.read(known.place) or known
            if stored == self._open.get(known.place):
                return
            ours = taken_up(stored, self._services.clock())
            if ours != stored:
                self._ledger.put(ours)
            self._open[known.place] = ours
            self._read.pop(known.place, None)

    # --- what is done

    async def _advance(self, place: EvalAiPlace, fleets: Fleets) -> None:
        known, now = self._open[place], self._services.clock()
        if known.not_before is not None and now < known.not_before:
            return
        try:
            here = await self._here(known, fleets)
            if here is None or isinstance(
                next_step(known, here.standing, None, now, timedelta()), Rest
            ):
                return
            evalai, period = await asyncio.to_thread(self._allowed, place)
            if evalai is not None and not await self._left_to_another(known, here):
                advancing = Advancing(self._services, evalai, self._ledger, period)
                self._keep(await advancing.advance(known, here))
                self._failing.went_well(place)
                await self._give_back_what_is_over(place, known)
        except PublicationsFailed as error:
            # What was sent is known to the value on disk only: it is taken up from there.
            self._failing.failed(place, str(error))
            self._keep(await asyncio.to_thread(self._as_stored, known))
        except ConsoleError as error:
            words = f"What is recorded of {known.recording.name} cannot be told: {error}"
            self._failing.failed(place, words)

    async def _left_to_another(self, known: Publication, here: Recorded) -> bool:
        """Another machine sends it, or has."""
        if self._sole is None:
            return False
        now, standing = self._services.clock(), here.standing
        try:
            final = standing.ended is not None
            claim = await self._sole.another(known.recording, final=final)
        except ConsoleError as error:
            left = sender_untold(known, error, now)
        else:
            # How it ended EvalAI shows, where nobody here can tell.
            if claim is None or (claim.over and standing.unknown):
                return False
            left = left_to(known, claim, standing, now)
        await asyncio.to_thread(self._ledger.put, left)
        self._keep(left)
        return True

    async def _give_back_what_is_over(self, place: EvalAiPlace, known: Publication) -> None:
        stored = None if self._sole is None or place in self._open else self._as_stored(known)
        if self._sole is not None and stored is not None:
            over = stored.stage is PublicationStage.PUBLISHED
            await self._sole.give_back(known.recording, over=over)

    def _allowed(self, place: EvalAiPlace) -> tuple[EvalAi | None, timedelta]:
        allowed = self._rules.allows(place)
        return self._rules.evalai(place.server) if allowed else None, self._rules.period

    def _as_stored(self, known: Publication) -> Publication:
        try:
            return self._ledger.read(known.place) or known
        except PublicationsFailed:
            return known

    def _keep(self, known: Publication) -> None:
        super()._keep(known)
        if known.closed:
            log.warning("EvalAI submission %s: %s", known.place.submission, known.words)
            self._read.pop(known.place, None)

    async def _here(self, known: Publication, fleets: Fleets) -> Recorded | None:
        """None while it is on no list that can be trusted."""
        read = self._read.get(known.place)
        before = read.seen if read else None
        seen = await seen_here(self._services, known.recording, fleets, before)
        if seen is None:
            return None
        rests = known.rest_until is not None and self._services.clock() < known.rest_until
        if read is None or not read.still_holds(seen) or (read.recorded.passing and not rests):
            beyond = GONE if seen.gone else ""
            tell = functools.partial(recorded_now, gone=seen.gone, beyond=beyond)
            recorded = await asyncio.to_thread(tell, self._services, seen.board, heard=seen.heard)
            read = self._read[known.place] = _Read(seen, recorded)
        return read.recorded


def _follows(known: Publication, job: JobFacts) -> bool:
    """Whether that Job is a later one for a submission of which the earlier one is done with."""
    created = job.created_at
    held = known.stage is PublicationStage.HELD and known.shown is RemoteStatus.RESUMING
    if not (known.closed or held) or created is None:
        return False
    return known.job_created is None or created > known.job_created
