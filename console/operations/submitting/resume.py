"""Going on from a submission that ended early: its finished drives are not driven again.

Which drives are finished `recording.finished_drives` says; what there is to read,
`resume_sources`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import msgspec

from console.diagnosis.outlook import outlook
from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.events import PlanReported
from console.domain.facts import JobFacts
from console.domain.resumable import Unresumable, why_unresumable
from console.domain.submission import SubmissionPlan, free_name
from console.errors import Conflict, NotFound
from console.operations.outcome.verify import ROUTES_UNKNOWN, launched_plan
from console.operations.ports.cluster import ClusterDescription
from console.operations.recording.finished_drives import Finished, finished_drives, partial_texts
from console.operations.services import Services
from console.operations.shell_commands import carla_console
from console.operations.storing.stored import StoredSubmission
from console.operations.submitting.resume_sources import Gathered, gather
from console.operations.submitting.running_on import by_kubectl
from console.results.plan import Plan
from console.specs.again import Rerouted, again
from console.specs.compose import Composed


class Resumption(msgspec.Struct, frozen=True):
    """A submission that goes on. `repeated`: finished drives that are driven again."""

    composed: Composed
    kept: int
    total: int
    repeated: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    """Where it was taken from, and what may be missing; nothing in the usual case."""
    outlook: str = ""
    """That it will, or may well, end like the old one; empty where nothing speaks for that."""
    unlike: tuple[str, ...] = ()
    """In what its Job, which a place has told, is none that this console makes."""


async def resume(
    services: Services,
    namespace: str,
    name: str,
    *,
    new_name: str = "",
    backoff_limit: int | None = None,
    stored: StoredSubmission | None = None,
) -> Resumption:
    """The submission that goes on from `name`, ready to be launched; `stored`: see `gather`.

    It goes into the old one's queue of Kueue, where that had one.
    Raises Conflict while the old one still works or when it has a final result, NotFound when
    nothing finished of it is known here.
    """
    now = await standing(services, namespace, name, stored)
    texts, repeated = await asyncio.to_thread(partial_texts, now.plan, now.finished)
    if not texts:
        raise NotFound(
            f"This console knows no finished drive of {namespace}/{name}.",
            why="It was not recorded here, or nothing had finished.",
            fix="Launch it anew.",
        )
    composed = await made(services, now, texts, new_name, backoff_limit)
    kept, found = len(now.finished.records) - len(repeated), now.found
    doubt = outlook(found.board)
    told_first = doubt.text if doubt else ""
    return Resumption(
        composed, kept, now.plan.total, repeated, found.remarks, told_first, found.unlike
    )


class EndedSubmission(msgspec.Struct, frozen=True):
    """An ended submission, what was launched of it, and what it had finished."""

    found: Gathered
    launched: SubmissionPlan
    plan: Plan
    finished: Finished

    @property
    def board(self) -> BoardSnapshot:
        return self.found.board


async def standing(
    services: Services,
    namespace: str,
    name: str,
    stored: StoredSubmission | None,
    *,
    final_too: bool = False,
) -> EndedSubmission:
    """Raises Conflict while it still works, or, unless `final_too`, when it has a final result."""
    verb = "rerun" if final_too else "resume"
    found = await gather(services, namespace, name, stored, verb=verb)
    job, launched = _fit(found.board, services.cluster.description, final_too=final_too)
    told = found.board.routes or await asyncio.to_thread(_noted_plan, services, job)
    plan = launched_plan(launched, told)
    if plan is None:
        raise NotFound(f"{namespace}/{name} cannot be resumed.", why=ROUTES_UNKNOWN)
    finished = finished_drives(plan, launched.nonce, found.lines, found.merged)
    return EndedSubmission(found, launched, plan, finished)


async def made(
    services: Services,
    now: EndedSubmission,
    texts: Mapping[int, str],
    new_name: str,
    backoff_limit: int | None,
    rerun: Rerouted | None = None,
) -> Composed:
    """The new Job, under that name or the next free one."""
    name, namespace = now.board.name, now.board.namespace
    # Its own name too, where the cluster has forgotten it: the new one would be taken for it.
    taken = {name, *(each.name for each in await services.cluster.jobs(namespace))}
    chosen = new_name or free_name(name, taken)
    return await asyncio.to_thread(
        again, now.found.manifest, chosen, texts, backoff_limit=backoff_limit, rerun=rerun
    )


def _fit(
    board: BoardSnapshot, where: ClusterDescription, *, final_too: bool
) -> tuple[JobFacts, SubmissionPlan]:
    """The Job and its plan, if another one may go on from it."""
    if board.job is None or board.job.plan is None:
        raise Conflict(f"The Job {board.name} is not a submission that the console can read.")
    match why_unresumable(board):
        case Unresumable.GOES_ON:
            command = carla_console(where, "cancel", board.name, namespace=board.namespace)
            raise Conflict(
                f"The submission {board.name} is not over.",
                why=f"It is {board.status.value}.",
                fix=f"Cancel it first: {command}{_or_as_it_was(board, where)}",
            )
        case Unresumable.STOPS:
            raise Conflict(
                f"The containers of {board.name} are still stopping.",
                fix="Try again in some seconds: what they finish last counts too.",
            )
        case Unresumable.FINAL if not final_too:
            raise Conflict(f"The submission {board.name} has its final result: nothing is left.")
    return board.job, board.job.plan


def _or_as_it_was(board: BoardSnapshot, where: ClusterDescription) -> str:
    """The other way on from a Job that somebody has suspended, and what it costs."""
    if board.status is not SubmissionStatus.SUSPENDED:
        return ""
    command = by_kubectl(where, board.namespace, board.name)
    return f" Or let its Job run on, which drives all from the begin: {command}"


def _noted_plan(services: Services, job: JobFacts) -> PlanReported | None:
    history = services.recorder.history(services.recording_of(job))
    return next((event for event in history if isinstance(event, PlanReported)), None)
