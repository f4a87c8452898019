"""EvalAI's rules for one submission, in memory and in virtual time, with all that goes wrong.

As its public source has them: every update is taken whatever the status was, and makes its own the
status. An update whose answer was lost may land up to a minute later. The fake of the HTTP edge is
another one: this is for a thousand runs of what decides.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Protocol

import msgspec

from console.domain.facts import EvalAiPlace
from console.operations.ports.evalai import (
    EvalAiBusy,
    EvalAiLogin,
    EvalAiRequest,
    EvalAiUpdate,
    RemoteStatus,
    RemoteSubmission,
)
from console.operations.ports.publications import AskedAgain, Publication

BEGIN = datetime(2026, 11, 22, 12, tzinfo=UTC)
PLACE = EvalAiPlace("https://eval.ai", 2098, 4137, 301234)


class ModelClock(Protocol):
    """Of whoever has something put off by it; who makes it go on is another's business."""

    @property
    def now(self) -> datetime: ...

    def later(self, seconds: float, work: Callable[[], None]) -> None: ...


class VirtualClock:
    """Goes on only when it is told to, and does on the way what was put off."""

    def __init__(self) -> None:
        self.now = BEGIN
        self._later: list[tuple[datetime, int, Callable[[], None]]] = []
        self._count = 0

    def __call__(self) -> datetime:
        return self.now

    def later(self, seconds: float, work: Callable[[], None]) -> None:
        self._count += 1
        self._later.append((self.now + timedelta(seconds=seconds), self._count, work))

    def pass_by(self, seconds: float) -> None:
        until = self.now + timedelta(seconds=seconds)
        while due := sorted(each for each in self._later if each[0] <= until):
            self.now = max(self.now, due[0][0])
            self._later.remove(due[0])
            due[0][2]()
        self.now = until


class Killed(Exception):
    """The recorder ends here, by SIGKILL."""


class Killing:
    """Ends the recorder at some of the places where it touches the outside."""

    def __init__(self, chance: Random, share: float) -> None:
        self._chance, self._share = chance, share
        self.count = 0

    def may(self) -> None:
        if self._chance.random() < self._share:
            self.count += 1
            raise Killed


class EvalAiModel:
    """`EvalAi` for one submission. `faults`: how often a request goes wrong, from 0 to 1."""

    def __init__(self, clock: ModelClock, chance: Random, faults: float = 0.0) -> None:
        self.clock, self._chance, self._faults = clock, chance, faults
        self.status = RemoteStatus.SUBMITTED
        self.phase: int | None = PLACE.phase
        self.shown: EvalAiUpdate | None = None
        """The last update that was taken."""
        self.taken: list[tuple[datetime, EvalAiUpdate]] = []
        self.doubled = 0
        """Updates that a proxy has sent twice."""
        self.cancels: list[datetime] = []
        self.undone = 0
        """Cancels that an update has undone which was on its way already."""
        self.looks: list[RemoteStatus] = []
        self.requests_made: list[datetime] = []
        self.tells = chance.random() < 0.7
        """When it took the last update."""
        self.killing = Killing(chance, 0.0)
        self.broken_until = BEGIN
        """The whole server answers nothing until then."""

    def cancel(self) -> None:
        """By the participant, who does so again where it has no effect."""
        if self.status in (RemoteStatus.FINISHED, RemoteStatus.FAILED, RemoteStatus.CANCELLED):
            return
        self.status = RemoteStatus.CANCELLED
        self.cancels.append(self.clock.now)
        self.clock.later(120, self._cancel_again)

    def _cancel_again(self) -> None:
        if self.status is RemoteStatus.PARTIALLY_EVALUATED:
            self.undone += 1
            self.cancel()

    async def submission(self, number: int) -> RemoteSubmission:
        assert number == PLACE.submission
        self._asked()
        self._maybe_fail(lambda: None)
        self.looks.append(self.status)
        touched = str(len(self.taken) or "") if self.tells else None
        said = self.status.value
        return RemoteSubmission(self.status, said, phase=self.phase, touched=touched)

    async def update(self, update: EvalAiUpdate) -> None:
        assert (update.challenge, update.phase, update.submission) == (2098, 4137, 301234)
        self._asked()
        self._maybe_fail(lambda: self._take(update))
        self._take(update)
        if self._chance.random() < self._faults / 4:
            self._take(update)
            self.doubled += 1
        self.killing.may()

    def requests(self, update: EvalAiUpdate) -> tuple[EvalAiRequest, ...]:
        raise NotImplementedError

    def _asked(self) -> None:
        self.killing.may()
        self.requests_made.append(self.clock.now)

    def _take(self, update: EvalAiUpdate) -> None:
        self.status, self.shown = update.outcome.shown, update
        self.taken.append((self.clock.now, update))

    def _maybe_fail(self, work: Callable[[], None]) -> None:
        """Raise with some chance, in each of the ways in which a request can end."""
        if self.clock.now < self.broken_until:
            raise EvalAiBusy("502 Bad Gateway")
        if self._chance.random() >= self._faults:
            return
        match self._chance.randrange(7):
            case 0:
                wait = self._chance.uniform(1, 60)
                raise EvalAiBusy("429 Too Many Requests", wait, not_taken=True)
            case 1:
                raise EvalAiBusy("cannot be reached", not_taken=True)
            case 2:
                work()
                raise EvalAiBusy("the connection broke after it was taken")
            case 3:
                self.clock.later(self._chance.uniform(1, 60), work)
                raise EvalAiBusy("no answer in time")
            case 4:
                raise EvalAiLogin("401: the token has expired")
            case 5:
                self.clock.later(self._chance.uniform(1, 60), work)
                raise EvalAiBusy("503 Service Unavailable", 1.0)
        raise EvalAiBusy("503 Service Unavailable")


class LedgerInMemory:
    """As it is on disk: bytes, whole or not at all, and there after a kill."""

    def __init__(self) -> None:
        self.killing = Killing(Random(0), 0.0)
        self._stored: dict[str, bytes] = {}
        self.writes = 0

    def all(self) -> tuple[Publication, ...]:
        found = self.read(PLACE)
        return () if found is None else (found,)

    def read(self, place: EvalAiPlace) -> Publication | None:
        stored = self._stored.get("entry")
        return None if stored is None else msgspec.json.decode(stored, type=Publication)

    def put(self, publication: Publication) -> None:
        self._store("entry", publication)

    def keep_final(self, place: EvalAiPlace, update: EvalAiUpdate) -> None:
        self._store("final", update)

    def final(self, place: EvalAiPlace) -> EvalAiUpdate | None:
        stored = self._stored.get("final")
        return None if stored is None else msgspec.json.decode(stored, type=EvalAiUpdate)

    def ask(self, wish: AskedAgain) -> None:
        raise NotImplementedError

    def wishes(self) -> tuple[tuple[str, AskedAgain], ...]:
        return ()

    def answered(self, name: str) -> None:
        return

    def claim(self, place: EvalAiPlace) -> bool:
        return True

    def release(self, place: EvalAiPlace) -> None:
        return

    def _store(self, name: str, value: Publication | EvalAiUpdate) -> None:
        self.killing.may()
        self._stored[name] = msgspec.json.encode(value)
        self.writes += 1
        self.killing.may()
