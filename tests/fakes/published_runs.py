"""One simulated submission, published from its first drive to its end at EvalAI.

What happens here, what a participant does there, what fails and when the recorder is killed follow
from one number. Nothing waits.
"""

from __future__ import annotations

import contextlib
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import cast

import msgspec
from fakes.evalai_model import (
    BEGIN,
    PLACE,
    EvalAiModel,
    Killed,
    Killing,
    LedgerInMemory,
    VirtualClock,
)
from fakes.evalai_updates import result

from console.domain.facts import EvalAiPlace, JobFacts
from console.errors import ClusterUnreachable, ConsoleError
from console.operations.ports.cluster import ClusterDescription, ClusterPort, JsonObject
from console.operations.ports.evalai import EvalAiUpdate, RemoteOutcome, RemoteStatus
from console.operations.ports.publications import Publication, PublicationLedger
from console.operations.ports.recorder import Recording
from console.operations.publishing.advancing import Advancing
from console.operations.publishing.next_step import StandingHere
from console.operations.publishing.publication_changes import taken_up
from console.operations.services import Services
from console.recorder.recorder import Recorder

PERIOD = timedelta(seconds=60)
RECORDING = Recording("lab", "races", "demo", "uid-1")
_FACTS = JobFacts("demo", "races", "uid-1", BEGIN, 8)


class HereInTime(msgspec.Struct, frozen=True):
    """What is recorded at a moment: so many drives, and how it ended."""

    drives: int
    ended: RemoteOutcome | None

    @property
    def standing(self) -> StandingHere:
        going_on = self.drives and self.ended is None
        return StandingHere(f"{self.drives} drives" if going_on else "", self.ended)

    def update(self, place: EvalAiPlace, outcome: RemoteOutcome) -> EvalAiUpdate:
        told = f"{self.drives} drives, {self.ended or 'running'}"
        without = outcome in (RemoteOutcome.FAILED, RemoteOutcome.CANCELLED)
        scores = "[]" if without else result(float(self.drives))
        return EvalAiUpdate(
            place.challenge, place.phase, place.submission, outcome, told, scores, "{}"
        )


class SimulatedCluster:
    """A cluster that ends the Job when it is told to, half a minute later."""

    def __init__(self, run: PublishedRun, chance: Random, faults: float) -> None:
        self._run, self._chance, self._faults = run, chance, faults
        self.patched = 0

    description = ClusterDescription("lab", "https://lab", "races")

    async def job(self, namespace: str, name: str) -> JobFacts:
        if self._chance.random() < self._faults:
            raise ClusterUnreachable("The cluster does not answer.")
        return _FACTS

    async def read(self, kind: object, namespace: str, name: str) -> JsonObject:
        return {"spec": {}}

    async def patch_job(self, namespace: str, name: str, patch: JsonObject) -> JobFacts:
        self.patched += 1
        self._run.end_by_cancel()
        return _FACTS


class PublishedRun:
    """`play` until it is closed; then look at `evalai` and `known`."""

    def __init__(
        self,
        seed: int,
        folder: Path,
        *,
        faults: float,
        kills: float,
        ledger: PublicationLedger | None = None,
        tells: bool | None = None,
        longest_days: int = 2,
    ) -> None:
        """`folder`: where nothing is recorded; `tells`: whether EvalAI says when it took what."""
        self._longest = timedelta(days=longest_days)
        self._recordings = Recorder(folder)
        self.chance = Random(seed)
        self.clock = VirtualClock()
        self.evalai = EvalAiModel(self.clock, self.chance, faults)
        self.evalai.tells = self.evalai.tells if tells is None else tells
        self.memory = LedgerInMemory()
        self.ledger: PublicationLedger = ledger or self.memory
        self.killing = Killing(self.chance, kills)
        self.evalai.killing = self.memory.killing = self.killing
        self.cluster = SimulatedCluster(self, self.chance, faults)
        self.drives_every = self.chance.uniform(20, 400)
        self.total = self.chance.randint(1, 20)
        self.truth = self.chance.choice(
            (RemoteOutcome.FINISHED, RemoteOutcome.FINISHED, RemoteOutcome.FAILED)
        )
        self.over_after = self.drives_every * self.total
        self.planned = self.over_after
        if self.chance.random() < 0.4:
            self.clock.later(self.chance.uniform(0, 1.2 * self.over_after), self.evalai.cancel)
        if self.chance.random() < 0.2:
            self.clock.later(self.chance.uniform(0, self.over_after), self._break_server)
        self.known = Publication(PLACE, RECORDING, BEGIN, BEGIN)

    def _break_server(self) -> None:
        self.evalai.broken_until = self.clock.now + timedelta(hours=self.chance.uniform(0, 8))

    def end_by_cancel(self) -> None:
        """The cluster takes half a minute for it."""

        def over() -> None:
            if self._gone < self.over_after:
                self.over_after, self.truth = self._gone, RemoteOutcome.CANCELLED

        self.clock.later(30, over)

    @property
    def _gone(self) -> float:
        return (self.clock.now - BEGIN).total_seconds()

    @property
    def here(self) -> HereInTime:
        drives = int(min(self._gone, self.over_after) / self.drives_every)
        over = self._gone >= self.over_after
        return HereInTime(min(drives, self.total), self.truth if over else None)

    def _recorder(self) -> Advancing:
        """A new one knows what is in the ledger, and nothing else."""
        services = Services(
            cast("ClusterPort", self.cluster),
            self._recordings,
            self.clock,
        )
        return Advancing(services, self.evalai, self.ledger, PERIOD)

    async def play(self) -> None:
        recorder = self._recorder()
        while not self.known.closed and self.clock.now - BEGIN < self._longest:
            try:
                self.known = await recorder.advance(self.known, self.here)
            except Killed:
                recorder = self._recorder()
                self.clock.pass_by(self.chance.uniform(0, 300))
                stored = self.ledger.read(PLACE) or Publication(PLACE, RECORDING, BEGIN, BEGIN)
                self.known = taken_up(stored, self.clock.now)
                with contextlib.suppress(Killed):
                    self.ledger.put(self.known)
            except ConsoleError as error:
                raise AssertionError(f"it raised {error}") from error
            self.clock.pass_by(self.chance.uniform(1, 5))

    # --- what a test asserts

    @property
    def finals(self) -> list[EvalAiUpdate]:
        return [update for _, update in self.evalai.taken if update.outcome.final]

    @property
    def sent_again(self) -> int:
        """Updates that say what an earlier one said, and that no proxy has doubled."""
        said = [(update.outcome, update.stdout) for _, update in self.evalai.taken]
        return len(said) - len(set(said)) - self.evalai.doubled

    @property
    def partials_after_final(self) -> int:
        outcomes = [update.outcome for _, update in self.evalai.taken]
        first = next((n for n, outcome in enumerate(outcomes) if outcome.final), len(outcomes))
        return sum(not outcome.final for outcome in outcomes[first:])

    @property
    def right(self) -> RemoteOutcome:
        """A cancel that was seen before the end is the end."""
        seen = RemoteStatus.CANCELLED in self._looks_before_final
        return RemoteOutcome.CANCELLED if seen else self.truth

    @property
    def _looks_before_final(self) -> list[RemoteStatus]:
        looks = self.evalai.looks
        ours = (RemoteStatus.FINISHED, RemoteStatus.FAILED)
        return [look for look in looks if look not in ours]
