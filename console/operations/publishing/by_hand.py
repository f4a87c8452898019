"""What somebody asks for by hand: what would be sent now, and to send it until EvalAI shows it.

Of what goes on a recorder is the writer: it is only asked to try again. Needs no cluster.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from console.domain.board import BoardSnapshot
from console.domain.facts import EvalAiPlace, JobFacts
from console.errors import Conflict, ConsoleError, NotFound
from console.operations.ports.evalai import EvalAi, EvalAiUpdate, RemoteOutcome
from console.operations.ports.publications import (
    Publication,
    PublicationLedger,
    PublicationStage,
    PublishingRules,
)
from console.operations.ports.publishing import PublishingFile
from console.operations.publishing.advancing import Advancing
from console.operations.publishing.learning import asked_again, taken_up
from console.operations.publishing.standing_here import Recorded, recorded_now
from console.operations.services import Services
from console.operations.submitting.publishing import publishing_plan

LONGEST_WAIT = 120.0
"""Seconds that somebody waits for EvalAI. After a failure nobody does: it is told instead."""

Sleep = Callable[[float], Awaitable[None]]


class ReadyToPublish(msgspec.Struct, frozen=True):
    """A recorded submission, and what EvalAI is to be told of it."""

    job: JobFacts
    place: EvalAiPlace
    recorded: Recorded

    @property
    def outcome(self) -> RemoteOutcome | None:
        """None where there is nothing to say."""
        if self.recorded.ended is not None:
            return self.recorded.ended
        return RemoteOutcome.PARTIALLY_EVALUATED if self.recorded.partly else None

    @property
    def update(self) -> EvalAiUpdate | None:
        """What would be sent now."""
        outcome = self.outcome
        return None if outcome is None else self.recorded.update(self.place, outcome)


def ready_to_publish(
    services: Services, board: BoardSnapshot, settings: PublishingFile
) -> ReadyToPublish:
    """By where its launch put it, else by its numbers. Reads files; raises NotFound."""
    job = board.job
    assert job is not None, "a recorded board has its Job"
    place = job.evalai or _by_its_numbers(services, job, settings)
    return ReadyToPublish(job, place, recorded_now(services, board, heard=True))


def _by_its_numbers(services: Services, job: JobFacts, settings: PublishingFile) -> EvalAiPlace:
    kept = services.recorder.manifest(services.recording_of(job))
    plan = publishing_plan(kept.manifest if kept else {}, settings.settings())
    if plan.place is None:
        raise NotFound(
            f"{job.name} has no place at EvalAI.",
            why=f"Its launch named none, and {plan.why_not}.",
            fix=f"Where results go is set in {settings.file}.",
        )
    return plan.place


def server_of(rules: PublishingRules, place: EvalAiPlace, settings: PublishingFile) -> EvalAi:
    """Raises NotFound where nothing is sent: a Job may name any place, the user says which."""
    found = rules.evalai(place.server) if rules.allows(place) else None
    if found is not None:
        return found
    raise NotFound(
        f"Nothing is sent to challenge {place.challenge} of {place.server}.",
        why=f"{settings.file} does not name that server and that challenge.",
        fix="Set server, challenges and token-file there.",
    )


async def publish_by_hand(
    services: Services,
    evalai: EvalAi,
    ledger: PublicationLedger,
    ready: ReadyToPublish,
    rules: PublishingRules,
    sleep: Sleep = asyncio.sleep,
) -> Publication:
    """How it stands when nothing more can be done now. Raises Conflict where another one writes."""
    place = ready.place
    if not ledger.claim(place):
        raise Conflict(
            "A recorder of yours publishes it now.", fix="carla-console publish status tells how."
        )
    try:
        known = _taken_up(services, ledger, ready)
        if known.stage is PublicationStage.PUBLISHED:
            return known
        ledger.put(known)
        if not ready.recorded.over:
            return known
        advancing = Advancing(services, evalai, ledger, rules.period)
        return await _to_its_end(services, advancing, known, ready.recorded, sleep)
    finally:
        ledger.release(place)


def _taken_up(services: Services, ledger: PublicationLedger, ready: ReadyToPublish) -> Publication:
    now, recording = services.clock(), services.recording_of(ready.job)
    known = ledger.read(ready.place)
    if known is None:
        return Publication(ready.place, recording, ready.job.created_at, now)
    if known.recording != recording:
        raise Conflict(
            f"Submission {ready.place.submission} of EvalAI has the results of"
            f" {known.recording.name} (uid {known.recording.uid[:8]}).",
            why="One submission there takes the results of one here.",
        )
    if known.stage is PublicationStage.PUBLISHED:
        return known
    return taken_up(asked_again(known, now), now)


async def _to_its_end(
    services: Services, advancing: Advancing, known: Publication, here: Recorded, sleep: Sleep
) -> Publication:
    waited = 0.0
    while True:
        known = await advancing.advance(known, here)
        if known.closed or known.failing_since or known.stage is PublicationStage.HELD:
            return known
        until = known.not_before or known.rest_until
        pause = max((until - services.clock()).total_seconds(), 0.1) if until else 0.1
        if waited + pause > LONGEST_WAIT:
            return known
        waited += pause
        await sleep(pause)


def demand_published(known: Publication) -> None:
    """Raises ConsoleError where EvalAI does not show the result."""
    if known.stage is not PublicationStage.PUBLISHED:
        raise ConsoleError(
            f"EvalAI does not show the result of {known.recording.name} yet.",
            why=known.words,
            fix="Publish it again when that has changed; a recorder of yours tries it by itself.",
        )
