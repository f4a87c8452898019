"""The publisher in a recorder: all that is to be published, followed to its final result.

Takes what the fleets show; what is on no list any more is read from its recording, so that nothing
is forgotten when a Job is deleted or a recorder starts again. One that fails holds up no other.
"""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import msgspec

from console.domain.facts import EvalAiPlace, JobFacts
from console.errors import ConsoleError
from console.operations.ports.evalai import EvalAi, RemoteStatus
from console.operations.ports.publications import (
    Publication,
    PublicationLedger,
    PublicationsFailed,
    PublicationStage,
    PublishingRules,
)
from console.operations.publishing.advancing import Advancing
from console.operations.publishing.after_the_end import AfterTheEnd
from console.operations.publishing.deciding import Rest, next_step
from console.operations.publishing.failing import Failing
from console.operations.publishing.learning import asked_again, begins_cancelled, taken_up
from console.operations.publishing.seen_here import Fleets, ListedSubmissions, SeenHere, seen_here
from console.operations.publishing.standing_here import GONE, Recorded, recorded_now
from console.operations.services import Services

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
TAKE_UP_EVERY = timedelta(minutes=1)


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


class Publisher:
    """`run` until cancelled; everything belongs to its event loop."""

    def __init__(
        self, services: Services, rules: PublishingRules, ledger: PublicationLedger
    ) -> None:
        self._services, self._rules, self._ledger = services, rules, ledger
        self._open: dict[EvalAiPlace, Publication] = {}
        """Those of this cluster that this process may send to."""
        self._read: dict[EvalAiPlace, _Read] = {}
        self._at_work: dict[EvalAiPlace, asyncio.Task[None]] = {}
        self._rows: dict[int, object] = {}
        """By fleet: the rows that were looked through."""
        self._taken_up = (frozenset[str | None](), datetime.min.replace(tzinfo=UTC))
        """For which namespaces the ledger was looked through, and when."""
        self._failing = Failing(services.clock)
        self._after = AfterTheEnd(services.clock, rules, ledger)

    @property
    def busy(self) -> bool:
        """Something goes on by itself: whoever ends now leaves it to the next recorder."""
        return any(each.busy for each in self._open.values())

    async def run(self, fleets: Callable[[], Iterable[ListedSubmissions]]) -> None:
        """Until cancelled; what is being sent then is taken up by the next one."""
        try:
            while True:
                await self.step(tuple(fleets()))
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            self._after.close()
            tasks = list(self._at_work.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for place in list(self._open):
                self._ledger.release(place)

    async def step(self, fleets: Fleets) -> None:
        """Begin what is due, and wait for none of it."""
        await self._careful(self._heed)
        await self._take_up(fleets)
        for fleet in fleets:
            rows = fleet.snapshot.rows
            if fleet.snapshot.live and self._rows.get(id(fleet)) is not rows:
                jobs = [fleet.listed_board(row.namespace, row.name).job for row in rows]
                if await self._careful(self._adopt, [job for job in jobs if job is not None]):
                    self._rows[id(fleet)] = rows
        await self._look_after_the_end()
        for place in list(self._open):
            if place not in self._at_work and not self._failing.rests(place):
                task = asyncio.create_task(self._advance(place, fleets))
                self._at_work[place] = task
                task.add_done_callback(functools.partial(self._ended, place))

    async def settle(self) -> None:
        """Until what was begun has come to its end."""
        await asyncio.gather(*self._at_work.values(), return_exceptions=True)

    def _ended(self, place: EvalAiPlace, task: asyncio.Task[None]) -> None:
        self._at_work.pop(place, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            words = f"Publishing submission {place.submission} failed: {error!r:.200}"
            self._failing.failed(place, words, error)

    async def _look_after_the_end(self) -> None:
        try:
            await self._after.step(self._open)
        except ConsoleError as error:
            self._failing.failed(None, f"Whether EvalAI wants one resumed cannot be told: {error}")

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
        """What others left open, now and then: one that has gone since may be followed by us, and
        a command may have asked for one again. What a damaged file kept back is looked at too."""
        spaces, now = frozenset(fleet.namespace for fleet in fleets), self._services.clock()
        taken, at = self._taken_up
        due = spaces and (spaces != taken or now - at >= TAKE_UP_EVERY)
        if due and await self._careful(self._take_up_in, spaces):
            self._taken_up = (spaces, now)
            self._rows.clear()

    def _take_up_in(self, spaces: frozenset[str | None]) -> None:
        cluster = self._services.cluster.description.context
        seen = [
            known
            for known in self._ledger.all()
            if known.recording.cluster == cluster
            and not spaces.isdisjoint((None, known.recording.namespace))
        ]
        self._after.watch(seen)
        for known in seen:
            if not known.closed and known.place not in self._at_work:
                self._alone(known.place, self._own, known)

    def _heed(self) -> None:
        """What somebody has asked for by hand, of those that this process sends to."""
        for name, wish in self._ledger.wishes():
            known = self._open.get(wish.place)
            if known is None:
                stored = self._ledger.read(wish.place)
                if stored is None or stored.stage is PublicationStage.PUBLISHED:
                    self._ledger.answered(name)
            elif wish.place not in self._at_work:
                again = asked_again(known, self._services.clock(), as_failed=wish.as_failed)
                self._ledger.put(again)
                self._open[wish.place] = again
                self._failing.went_well(wish.place)
                self._ledger.answered(name)

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

    def _alone(self, place: EvalAiPlace, work: Callable[..., None], *what: object) -> None:
        """A file that fails keeps back its own submission only."""
        try:
            work(*what)
        except PublicationsFailed as error:
            self._failing.failed(place, str(error))

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
            if evalai is not None:
                advancing = Advancing(self._services, evalai, self._ledger, period)
                self._keep(await advancing.advance(known, here))
                self._failing.went_well(place)
        except PublicationsFailed as error:
            # What was sent is known to the value on disk only: it is taken up from there.
            self._failing.failed(place, str(error))
            self._keep(await asyncio.to_thread(self._as_stored, known))
        except ConsoleError as error:
            words = f"What is recorded of {known.recording.name} cannot be told: {error}"
            self._failing.failed(place, words)

    def _allowed(self, place: EvalAiPlace) -> tuple[EvalAi | None, timedelta]:
        allowed = self._rules.allows(place)
        return self._rules.evalai(place.server) if allowed else None, self._rules.period

    def _as_stored(self, known: Publication) -> Publication:
        try:
            return self._ledger.read(known.place) or known
        except PublicationsFailed:
            return known

    def _keep(self, known: Publication) -> None:
        if not known.closed:
            self._open[known.place] = known
            return
        log.warning("EvalAI submission %s: %s", known.place.submission, known.words)
        self._open.pop(known.place, None)
        self._read.pop(known.place, None)
        self._ledger.release(known.place)

    async def _here(self, known: Publication, fleets: Fleets) -> Recorded | None:
        """None while it is on no list that can be trusted."""
        read = self._read.get(known.place)
        before = read.seen if read else None
        seen = await seen_here(self._services, known.recording, fleets, before)
        if seen is None:
            return None
        if read is None or not read.still_holds(seen):
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
