"""Ending a submission on purpose, and saying beforehand what that costs."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Literal

import msgspec

from console.domain.board import BoardSnapshot, PairStatus
from console.domain.events import ConsoleVerb
from console.domain.facts import JobFacts
from console.domain.lost_pods import drives_kept
from console.domain.upstream_refusals import refuse_upstreams, refused
from console.errors import Conflict, ConsoleError
from console.operations.ports.cluster import ClusterDescription, JsonObject, Kind, Propagation
from console.operations.recording.actions import note_action
from console.operations.recording.log_view import containers_of
from console.operations.services import Services
from console.operations.shell_commands import carla_console
from console.specs.again import DEADLINE_ANNOTATION
from console.specs.plan import CANCELLED_ANNOTATION
from console.specs.upstream_jobs import submission_of, upstream_job

log = logging.getLogger(__name__)

FAILED_UPSTREAM = (
    "Upstream's state machine started it and will count it as FAILED; only a cancel at EvalAI is "
    "counted as CANCELLED."
)
"""A pod that ends is not told why: logcopy cannot know a console's cancel from an eviction."""


JOB_GOES = "The Job, its pod and their logs go"
"""With this the sentence of a delete begins that says what stays."""
SENT = ("Last sent ", "Nothing was sent ")
"""With these those of what other places have."""
Verb = Literal["cancel", "delete"]


class Kept(msgspec.Struct, frozen=True):
    """What is on this console's disk of a submission, and what that tells of other places."""

    logs: tuple[str, ...] = ()
    """Containers with a recorded log."""
    containers: int = 0
    """How many it has; 0 where that is not known."""
    final: bool = False
    """The final result as it stands on the board."""
    sent: tuple[str, ...] = ()
    """When it was sent last to each place that is to have its files, in sentences."""


def kept_here(services: Services, board: BoardSnapshot) -> Kept:
    """Looks at files."""
    if board.job is None:
        return Kept()
    recording = services.recording_of(board.job)
    merged = board.merged
    final = merged is not None and merged.final
    logs = services.recorder.containers(recording)
    return Kept(
        logs,
        len(containers_of(board)),
        # The board may have it from another console's recording, or from a log that is about to go.
        final and services.recorder.merged_text(recording) == (merged and merged.text),
        sent_from_here(services, board.job, recorded=bool(logs)),
    )


def sent_from_here(services: Services, job: JobFacts, *, recorded: bool) -> tuple[str, ...]:
    """When its files were sent last, and to where. Reads files."""
    ledger = None
    if services.publications is not None:
        try:
            ledger = services.publications.look().values()
        except ConsoleError as error:
            return (f"Last sent ? ago, if anything was sent: {error.what}",)
    if not ledger and not job.goes_to.storage:
        return ()
    from console.operations.outcome.last_sent import sent_last  # few go anywhere

    mine = services.recording_of(job)
    return sent_last(job, mine, ledger, services.clock(), recorded=recorded)


async def cancel(services: Services, namespace: str, name: str) -> JobFacts:
    """End the Job and mark it as cancelled: every container gets SIGTERM and its grace.

    logcopy then publishes what is finished. Raises Conflict for a Job that has ended already.
    """
    job = await services.cluster.job(namespace, name)
    refuse_upstreams(job, "cancel")
    stored = await services.cluster.read(Kind.JOB, namespace, name)
    _refuse_part(stored, name, "cancel")
    for ending in ("Complete", "Failed", "FailureTarget"):
        if job.condition(ending):
            raise Conflict(
                f"The submission {name} has ended already.",
                why=f"Its Job is {ending}.",
                fix="Delete it if it is no longer wanted.",
            )
    spec = stored["spec"]
    # A second cancel must not take the first one's deadline for the Job's own.
    own_deadline = None if spec.get("parallelism") == 0 else spec.get("activeDeadlineSeconds")
    patch = cancelling(services.clock(), own_deadline)
    if job.suspended and job.queue:
        # It asks for nothing, so Kueue lets it go. Where Kueue and we both turn it on and off, the
        # Job controller may miss its start, and its deadline with it.
        del patch["spec"]["suspend"]
    cancelled = await services.cluster.patch_job(namespace, name, patch)
    await note_action(services, cancelled, ConsoleVerb.CANCELLED)
    if not cancelled.queue:
        return cancelled
    from console.operations.submitting.lost_queue import leave_lost_queue  # few are in one

    return await leave_lost_queue(services, cancelled)


def cancelling(now: datetime, deadline: int | None = None) -> JsonObject:
    """What a cancel changes of a Job with that deadline of its own: it is over at once.

    A suspended Job would never end, and whoever waits for its end would wait for ever. Without
    parallelism one that is suspended now ends too, and makes no pod before it does.
    """
    marks = {CANCELLED_ANNOTATION: now.isoformat(timespec="seconds").replace("+00:00", "Z")}
    if deadline is not None:
        marks[DEADLINE_ANNOTATION] = str(deadline)
    spec = {"suspend": False, "parallelism": 0, "activeDeadlineSeconds": 1}
    return {"metadata": {"annotations": marks}, "spec": spec}


async def delete(services: Services, namespace: str, name: str) -> None:
    """Delete the Job, its pod and its ConfigMap. What is recorded here stays."""
    # Asked first: afterwards nobody can tell which submission of that name it was.
    job = await _known(services, namespace, name)
    refuse_upstreams(job, "delete")
    if submission_of(name):
        _refuse_part(await services.cluster.read(Kind.JOB, namespace, name), name, "delete")
    await services.cluster.delete(Kind.JOB, namespace, name, propagation=Propagation.BACKGROUND)
    if job is not None:
        await note_action(services, job, ConsoleVerb.DELETED)


def _refuse_part(stored: JsonObject, name: str, verb: Verb) -> None:
    """One Job of several of upstream's, named by itself."""
    if upstream_job(stored) is not None:
        raise refused(name, verb)


async def _known(services: Services, namespace: str, name: str) -> JobFacts | None:
    """Which one it is; one that cannot be read can be deleted nevertheless."""
    try:
        return await services.cluster.job(namespace, name)
    except ConsoleError as error:
        log.info("Who deletes %s is not recorded: %s", name, error.what)
        return None


def told_here(
    services: Services, board: BoardSnapshot, verb: str, *, brief: bool = False
) -> tuple[str, ...]:
    """The consequences of a cancel or a delete as this console can tell them. Looks at files."""
    where = None if brief else services.cluster.description
    said: Verb = "delete" if verb == "delete" else "cancel"
    return consequences(board, said, where, kept_here(services, board))


def consequences(
    board: BoardSnapshot, verb: Verb, where: ClusterDescription | None, kept: Kept
) -> tuple[str, ...]:
    """What that would cost now, in plain sentences; `kept` is what `kept_here` found.

    `where` None: only what is lost, of one of several.
    """
    told = []
    driving = [pair for pair in board.pairs if pair.status is PairStatus.DRIVING]
    if driving and not board.ended:
        names = ", ".join(f"{pair.route or 'a route'} (pair {pair.number})" for pair in driving)
        told.append(f"Being driven now, and lost: {names}.")
    if not board.ended:
        told.append(_finished(board))
        told += kept.sent
        if where is not None and (board.finished != 0 or drives_kept(board)):
            told.append(_how_to_go_on(board, verb, where))
        if board.job and board.job.plan and board.job.plan.counted_upstream:
            told.append(FAILED_UPSTREAM)
    if verb == "delete":
        told += kept.sent if board.ended else ()
        told.append(f"{JOB_GOES}; {_what_stays(board, kept)}")
    return tuple(told)


def _finished(board: BoardSnapshot) -> str:
    if board.unheard:
        return f"How many of {board.total or '?'} drives are finished is not known: {board.unheard}"
    return f"{board.done} of {board.total or '?'} drives are finished; no other will be."


def _how_to_go_on(board: BoardSnapshot, verb: str, where: ClusterDescription) -> str:
    command = carla_console(where, "resume", board.name, namespace=board.namespace)
    begin = "there" if verb == "cancel" else "what is recorded here"
    return f"Another one can go on from {begin}: {command}"


def _what_stays(board: BoardSnapshot, kept: Kept) -> str:
    """A promise: `results`, `status` and `logs` answer from just that afterwards."""
    final = board.merged is not None and board.merged.final
    if not kept.logs and not kept.final:
        lost = "; the final result is lost" if final else ""
        return f"nothing of its logs and results is recorded here{lost}."
    stays = []
    if kept.logs:
        every = len(kept.logs) >= kept.containers > 0
        named = "" if every else f" of {', '.join(kept.logs)}"
        stays.append(f"the recorded logs{named}")
    if kept.final:
        stays.append("the final result")
    lost = "; the final result is not recorded and is lost" if final and not kept.final else ""
    return f"{' and '.join(stays)} stay{'s' if stays == ['the final result'] else ''} here{lost}."
