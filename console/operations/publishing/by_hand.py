"""What somebody asks for by hand: what would be sent now, and to send it until EvalAI shows it.

Of one whose recorder was killed the cluster may have more than is recorded, so what it still has
goes before. Of what goes on, and of what a recorder holds, that one is the writer: it is only asked
to try again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from console.domain.facts import EvalAiPlace, JobFacts
from console.domain.submission import is_logcopy
from console.domain.upstream_refusals import refuse_upstreams
from console.errors import Conflict, ConsoleError, InvalidInput, NotFound
from console.operations.ports.evalai import EvalAi, EvalAiUpdate, RemoteOutcome
from console.operations.ports.publications import (
    AskedAgain,
    Publication,
    PublicationLedger,
    PublicationStage,
    PublishingRules,
)
from console.operations.ports.publishing_settings import PublishingFile
from console.operations.publishing.advancing import Advancing
from console.operations.publishing.publication_changes import asked_again, taken_up
from console.operations.publishing.sole_sender import SoleSender
from console.operations.publishing.standing_here import GONE, Recorded, recorded_now
from console.operations.recording.logcopy import logcopy_lines
from console.operations.recording.progress import MARK
from console.operations.services import Services
from console.operations.storing.writer_claims import WriterClaim
from console.operations.submitting.publishing_plan import publishing_plan
from console.operations.telling.asked_by_hand import LONGEST_WAIT, Sleep, right_to_send
from console.operations.watching.lookup import Known
from console.results.quoting import printable


class ReadyToPublish(msgspec.Struct, frozen=True):
    """A recorded submission, and what EvalAI is to be told of it."""

    job: JobFacts
    place: EvalAiPlace
    recorded: Recorded
    as_failed: bool = False
    """A person decides what nobody can know."""

    @property
    def outcome(self) -> RemoteOutcome | None:
        """None where there is nothing to say."""
        if self.recorded.ended is not None:
            return self.recorded.ended
        if self.as_failed:
            return RemoteOutcome.FAILED
        return RemoteOutcome.PARTIALLY_EVALUATED if self.recorded.partly else None

    @property
    def update(self) -> EvalAiUpdate | None:
        """What would be sent now."""
        outcome = self.outcome
        return None if outcome is None else self.recorded.update(self.place, outcome)


def ready_to_publish(
    services: Services,
    told: Known,
    settings: PublishingFile,
    *,
    unasked: str = "",
    as_failed: bool = False,
    said: Sequence[str] = (),
) -> ReadyToPublish:
    """By where its launch put it, else by its numbers. Reads files; raises NotFound. For the rest
    see `standing_now`."""
    job = told.board.job
    assert job is not None, "a known board has its Job"
    refuse_upstreams(job, "publish")
    place = job.evalai or _by_its_numbers(services, job, settings)
    recorded = standing_now(services, told, unasked=unasked, as_failed=as_failed, said=said)
    return ReadyToPublish(job, place, recorded, as_failed)


def standing_now(
    services: Services,
    told: Known,
    *,
    unasked: str = "",
    as_failed: bool = False,
    said: Sequence[str] = (),
) -> Recorded:
    """By what is recorded, and what its cluster still has. Reads files.

    `unasked`: why its cluster was not asked for it; empty where it was; `said`: what that still has
    of logcopy's progress. `as_failed` decides how it ended where nobody can know it: raises
    InvalidInput where somebody does.
    """
    board = told.board
    gone = told.recorded and not unasked
    recorded = recorded_now(
        services, board, heard=True, gone=gone, beyond=_beyond(told, unasked), said=said
    )
    if as_failed and not recorded.unknown:
        how = f"it ended as {recorded.ended}" if recorded.ended else "it goes on"
        raise InvalidInput(
            f"There is nothing to decide of {board.name}: {how}.",
            fix="Publish it without --as-failed.",
        )
    return recorded


def of_another_cluster(services: Services, told: Known) -> str:
    """Why what this cluster lacks says nothing of a recording; empty where it says something."""
    if told.found is None:
        return ""
    kept, here = services.recorder.manifest(told.found.recording), services.cluster.description
    if kept is not None and kept.server == here.server:
        return ""
    return "the cluster that it was recorded from was not asked"


async def said_there(services: Services, told: Known) -> tuple[str, ...]:
    """logcopy's lines of progress that the cluster still has; none of what is only recorded.

    Where they cannot be read the board says so too.
    """
    if told.recorded:
        return ()
    try:
        blocks = [each async for each in logcopy_lines(services, told.board)]
    except ConsoleError:
        return ()
    texts = (line.partition(b" ")[2] for block in blocks for line in block.split(b"\n"))
    return tuple(each.decode(errors="replace") for each in texts if each.startswith(MARK))


def _beyond(told: Known, unasked: str) -> str:
    """Why no more can be heard than is on that board; empty where all was heard."""
    if told.recorded:
        return unasked or GONE
    board = told.board
    for name, state, why in board.streams:
        if is_logcopy(name) and state.broken:
            return f"its log cannot be read: {why}"
    return GONE if board.pod is None or board.pod_gone else ""


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
    sole: SoleSender | None = None,
) -> Publication:
    """How it stands when nothing more can be done now. Raises Conflict where EvalAI's submission
    has the results of another one here, where who holds it does not answer, and where another
    machine sends it. `sole`: None where none can."""
    known = _its_own(services, ledger, ready)
    if known is not None and known.stage is PublicationStage.PUBLISHED:
        return known
    wish = AskedAgain(ready.place, ready.as_failed)
    left = await right_to_send(ledger, wish, lambda each: _waits(each, ready.recorded), sleep)
    if left is not None:
        return left
    recording, over = services.recording_of(ready.job), False
    try:
        if sole is not None:
            demand_ours(await sole.another(recording, asked=True), ready)
        known = _taken_up(services, ledger, ready)
        if known.stage is PublicationStage.PUBLISHED:
            return known
        ledger.put(known)
        if not ready.recorded.over:
            return known
        advancing = Advancing(services, evalai, ledger, rules.period)
        known = await _to_its_end(services, advancing, known, ready.recorded, sleep)
        over = known.stage is PublicationStage.PUBLISHED
        return known
    finally:
        if sole is not None:
            await sole.give_back(recording, over=over)
        ledger.release(ready.place)


def demand_ours(claim: WriterClaim | None, ready: ReadyToPublish) -> None:
    """Raises Conflict where another machine sends it."""
    if claim is not None:
        raise Conflict(
            f"{printable(claim.writer.who, 60)} sends the results of {ready.job.name} to EvalAI.",
            why="One machine at a time does.",
            fix="End the recorder there, and publish it again after"
            f" {claim.until:%Y-%m-%d %H:%M} UTC.",
        )


def _taken_up(services: Services, ledger: PublicationLedger, ready: ReadyToPublish) -> Publication:
    now = services.clock()
    known = _its_own(services, ledger, ready)
    if known is None:
        recording = services.recording_of(ready.job)
        known = Publication(ready.place, recording, ready.job.created_at, now)
    if known.stage is PublicationStage.PUBLISHED:
        return known
    return taken_up(asked_again(known, now, as_failed=ready.as_failed), now)


def _its_own(
    services: Services, ledger: PublicationLedger, ready: ReadyToPublish
) -> Publication | None:
    """None before anything was sent. Raises Conflict where it is another one's."""
    known = ledger.read(ready.place)
    if known is not None and known.recording != services.recording_of(ready.job):
        raise Conflict(
            f"Submission {ready.place.submission} of EvalAI has the results of"
            f" {known.recording.name} (uid {known.recording.uid[:8]}).",
            why="One submission there takes the results of one here.",
        )
    return known


def _waits(known: Publication, here: Recorded) -> bool:
    """Whoever waits has nothing more to wait for."""
    stays = known.closed or known.failing_since or known.stage is PublicationStage.HELD
    return bool(stays) or not here.over


async def _to_its_end(
    services: Services, advancing: Advancing, known: Publication, here: Recorded, sleep: Sleep
) -> Publication:
    waited = 0.0
    while True:
        known = await advancing.advance(known, here)
        if _waits(known, here):
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
