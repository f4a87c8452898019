"""What somebody who might publish by hand is shown first: how it stands, and what would be sent.

Asks the cluster for what it still has, and not EvalAI; knows no token.
"""

from __future__ import annotations

import asyncio
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from console.domain.board import tally
from console.domain.facts import EvalAiPlace
from console.domain.publication import Published, PublishedAs
from console.errors import ConsoleError
from console.operations.outcome.publication_marks import mark_of_delivery, resume_wanted
from console.operations.ports.deliveries import (
    Delivery,
    DeliveryLedger,
    DeliveryTargets,
    Target,
    targets_of,
)
from console.operations.ports.evalai import EvalAiRequest, RemoteOutcome
from console.operations.ports.publications import (
    Publication,
    PublicationLedger,
    PublicationStage,
    PublishingRules,
)
from console.operations.ports.publishing_settings import PublishingFile
from console.operations.publishing.by_hand import (
    ReadyToPublish,
    of_another_cluster,
    publish_by_hand,
    ready_to_publish,
    said_there,
    server_of,
)
from console.operations.publishing.sole_sender import SoleSender
from console.operations.services import Services
from console.operations.watching.lookup import Known, Wanted, known

GOES_ON = "It goes on, and the recorder sends what is new."
NOT_YET = "nothing was brought there yet"
NOTHING_LEFT = "EvalAI has its final result: nothing is left to be sent."


class PublicationLook(msgspec.Struct, frozen=True):
    """Of one recorded submission, now."""

    name: str
    known: Publication | None = None
    place: EvalAiPlace | None = None
    outcome: RemoteOutcome | None = None
    """As what it would be sent now; None where nothing is to be said."""
    drives: str = ""
    score: float | None = None
    """Of a final result."""
    requests: tuple[EvalAiRequest, ...] = ()
    remark: str = ""
    """What must be known of the result: that it is not final, or does not count."""
    elsewhere: tuple[Published, ...] = ()
    """How it stands at the places and tables that it goes to by itself."""
    targets: tuple[Target, ...] = ()
    """Places and tables that are set, to which it can be brought by hand."""
    why_not: str = ""
    """Why nothing is sent to EvalAI by hand; empty where it is, or EvalAI is not set."""

    @property
    def to_evalai(self) -> bool:
        """It is sent to EvalAI by hand."""
        return self.place is not None and not self.why_not

    @property
    def sendable(self) -> bool:
        """It is sent anywhere by hand."""
        return self.to_evalai or bool(self.targets)


class PublishingEdges(NamedTuple):
    """By whose settings, through which server, and from which ledger."""

    settings: PublishingFile
    rules: PublishingRules
    ledger: PublicationLedger
    deliveries: DeliveryLedger
    targets: DeliveryTargets


async def look_at_publication(
    services: Services, edges: PublishingEdges, wanted: Wanted
) -> PublicationLook:
    """What the cluster still has of it goes before what is recorded."""
    told = await known(services, wanted)
    said = await said_there(services, told)
    look = await asyncio.to_thread(_looked, services, edges, told, said)
    return await asyncio.to_thread(_with_others, look, services, edges, told)


async def publish_what_is_known(
    services: Services, edges: PublishingEdges, wanted: Wanted
) -> Publication:
    """Send it until EvalAI shows it, or until that takes too long; see `by_hand`."""
    told = await known(services, wanted)
    said = await said_there(services, told)
    ready = await asyncio.to_thread(_ready, services, edges, told, said)
    evalai = await asyncio.to_thread(server_of, edges.rules, ready.place, edges.settings)
    sole = SoleSender(services, lambda: edges.targets.writer)
    return await publish_by_hand(services, evalai, edges.ledger, ready, edges.rules, sole=sole)


def _ready(
    services: Services, edges: PublishingEdges, told: Known, said: tuple[str, ...]
) -> ReadyToPublish:
    unasked = of_another_cluster(services, told)
    return ready_to_publish(services, told, edges.settings, unasked=unasked, said=said)


def _with_others(
    look: PublicationLook, services: Services, edges: PublishingEdges, told: Known
) -> PublicationLook:
    """With the places and tables: those that know of it, and those that are set."""
    job, settings = told.board.job, edges.settings.settings()
    if job is None:
        return look
    mine = services.recording_of(job)
    known = [each for each in edges.deliveries.all() if each.recording == mine]
    targets = tuple(targets_of(settings))
    there = {(each.kind, each.target) for each in known}
    new = (Delivery(*each, mine, services.clock()).where for each in targets if each not in there)
    waiting = (Published(PublishedAs.WAITING, words=NOT_YET, where=where) for where in new)
    silent = bool(targets) and settings.evalai is None
    return replace(
        look,
        elsewhere=(*map(mark_of_delivery, known), *waiting),
        targets=targets,
        why_not="" if silent else look.why_not,
    )


def _looked(
    services: Services, edges: PublishingEdges, told: Known, said: tuple[str, ...]
) -> PublicationLook:
    try:
        ready = _ready(services, edges, told, said)
        evalai = server_of(edges.rules, ready.place, edges.settings)
    except ConsoleError as error:
        why = " ".join(part for part in (error.what, error.why, error.fix) if part)
        return PublicationLook(told.board.name, why_not=why)
    stored = edges.ledger.read(ready.place)
    if stored is not None and stored.recording != services.recording_of(ready.job):
        other = f"Submission {ready.place.submission} of EvalAI has the results of"
        return replace(_look(ready, None), why_not=f"{other} {stored.recording.name}.")
    look = _look(ready, stored)
    if look.why_not or ready.update is None:
        return look
    try:
        return replace(look, requests=evalai.requests(ready.update))
    except ConsoleError as error:
        return replace(look, why_not=f"{error.what} {error.why}")


def _look(ready: ReadyToPublish, known: Publication | None) -> PublicationLook:
    view = ready.recorded.view
    return PublicationLook(
        ready.job.name,
        known,
        ready.place,
        ready.outcome,
        tally(view.done, view.total),
        view.mean.composed if view.final and view.mean else None,
        remark=ready.recorded.view.remark,
        why_not=_why_not(ready, known),
    )


def _why_not(ready: ReadyToPublish, known: Publication | None) -> str:
    recorded = ready.recorded
    if known is not None and known.stage is PublicationStage.PUBLISHED:
        return known.words if resume_wanted(known) else NOTHING_LEFT
    if not recorded.over:
        stuck = known is not None and (known.closed or not known.busy)
        return "" if stuck else GOES_ON
    if ready.outcome is None:
        return f"Nothing final is sent: {recorded.unknown}"
    return ""
