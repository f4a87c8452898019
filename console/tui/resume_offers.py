"""Going on from an ended submission, as the screens offer it: why not, and what it would be."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING

from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.lost_pods import drives_kept
from console.domain.queues import QueuesOffered
from console.domain.resumable import Unresumable, why_unresumable
from console.domain.submission import Layout
from console.domain.upstream_refusals import why_not_changed
from console.presentation.resume_points import ResumeOffer, results_go

if TYPE_CHECKING:
    from console.operations.services import Services
    from console.operations.submitting.publishing_plan import PublishingPlan
    from console.operations.submitting.rerun import Rerun, RerunWanted
    from console.operations.submitting.resume import Resumption
    from console.specs.validation import Validated


def why_not(board: BoardSnapshot) -> str:
    """Why nothing can go on from that submission now; empty when something may.

    The resume itself has the last word: it reads what is really there.
    """
    if why := why_not_changed(board.job, "resume"):
        return why
    match why_unresumable(board):
        case Unresumable.GOES_ON:
            if board.status is SubmissionStatus.SUSPENDED:
                return ""  # it can be let run on
            return f"{board.name} is not over: cancel it first."
        case Unresumable.STOPS:
            return (
                f"The containers of {board.name} are still stopping; what they finish counts too."
            )
        case Unresumable.FINAL:
            return f"{board.name} has its final result: nothing is left."
    if board.finished == 0 and not drives_kept(board):
        return f"Nothing of {board.name} had finished: launch it anew."
    return ""


def why_no_rerun(board: BoardSnapshot) -> str:
    """The same for driving some of its routes again; a final result is no reason."""
    if why := why_not_changed(board.job, "rerun"):
        return why
    if why_unresumable(board) is Unresumable.FINAL:
        return ""
    if board.status is SubmissionStatus.SUSPENDED:
        return f"{board.name} is not over: cancel it first."
    return why_not(board)


async def rerun_and_planned(
    services: Services, namespace: str, name: str, wanted: RerunWanted, new_name: str
) -> tuple[Rerun, PublishingPlan | None, QueuesOffered]:
    """What is driven again, and as `found_and_planned`."""
    from console.operations.submitting.rerun import rerun

    found = await rerun(services, namespace, name, wanted, new_name=new_name)
    return found, *await _planned(services, namespace, found.resumption)


async def found_and_planned(
    services: Services, namespace: str, name: str, new_name: str
) -> tuple[Resumption, PublishingPlan | None, QueuesOffered]:
    """What goes on, where its results go by the settings as they are now, and what queues are."""
    from console.operations.submitting.resume import resume

    found = await resume(services, namespace, name, new_name=new_name)
    return found, *await _planned(services, namespace, found)


async def _planned(
    services: Services, namespace: str, found: Resumption
) -> tuple[PublishingPlan | None, QueuesOffered]:
    from console.operations.submitting.kueue import offered
    from console.operations.submitting.publishing_plan import publishing_plan

    queues = await offered(services, namespace)
    if services.publishing is None:
        return None, queues
    settings = await asyncio.to_thread(services.publishing.settings)
    return publishing_plan(found.composed.manifest, settings), queues


def offer(
    found: Resumption,
    taken: Collection[str],
    plan: PublishingPlan | None = None,
    queues: QueuesOffered = QueuesOffered(),  # noqa: B008  # it is immutable
) -> ResumeOffer:
    """What the dialog shows. Raises InvalidInput where the new Job would be faulty."""
    from console.specs.publishing_annotations import team_of
    from console.specs.turns import queue_of
    from console.specs.validation import Judged

    ready = Judged(found.composed).valid
    manifest, asked = found.composed.manifest, found.composed.plan
    return ResumeOffer(
        name=manifest["metadata"]["name"],
        kept=found.kept,
        total=found.total,
        repeated=found.repeated,
        remarks=found.remarks,
        outlook=found.outlook,
        pairs=len(asked.pairs),
        backoff_limit=asked.backoff_limit,
        apart=asked.layout is Layout.POD_PER_PAIR,
        check=partial(name_problem, taken),
        results=results_go(plan) if plan else (),
        place=plan.place if plan else None,
        team=team_of(manifest),
        queue=queue_of(manifest),
        queues=queues,
        ready=ready,
    )


def into(offer: ResumeOffer, queue: str) -> Validated:
    """What is offered, for that queue of Kueue or none. Raises InvalidInput where it is faulty."""
    from console.specs.turns import into_queue, without_queue
    from console.specs.validation import Judged

    ready: Validated = offer.ready
    if queue == offer.queue:
        return ready
    return Judged(into_queue(without_queue(ready.composed), queue)).valid


def name_problem(taken: Collection[str], text: str) -> str:
    """Why a new submission cannot have that name, in a sentence; empty when it can."""
    from console.specs.parameters import VALIDATORS

    if text in taken:
        return "There is a submission of this name already."
    wrong = VALIDATORS["job-name"](text)
    return f"The name {wrong}." if wrong else ""
