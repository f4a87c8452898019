"""Going on from a submission that ended early: its finished drives are not driven again.

What is finished is told by the records that this console has of logcopy: its log and the last
merged document. Pure but for `resume` and what it reads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from console.diagnosis.outlook import outlook
from console.domain.board import BoardSnapshot
from console.domain.events import PlanReported
from console.domain.facts import JobFacts
from console.domain.submission import SubmissionPlan, free_name
from console.errors import Conflict, NotFound
from console.operations.outcome.verify import ROUTES_UNKNOWN, launched_plan
from console.operations.ports.cluster import ClusterDescription
from console.operations.services import Services
from console.operations.shell_commands import carla_console
from console.operations.submitting.resume_sources import gather
from console.results import jsontext
from console.results.checkpoint import checkpoint_of
from console.results.partial_document import before, unloaded
from console.results.plan import Plan
from console.results.raw_record import Refused, refuse_strange, route_of
from console.specs.again import again
from console.specs.compose import Composed
from console.workers import protocol

Drive = tuple[str, int]
Raw = dict[str, Any]


class Finished(msgspec.Struct, frozen=True):
    """The records of one submission by (route, repetition), and its sensors."""

    records: Mapping[Drive, Raw]
    sensors: tuple[str, ...] = ()


class Resumption(msgspec.Struct, frozen=True):
    """A submission that goes on. `repeated`: finished drives behind one that is not."""

    composed: Composed
    kept: int
    total: int
    repeated: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    """Where it was taken from, and what may be missing; nothing in the usual case."""
    outlook: str = ""
    """That it will, or may well, end like the old one; empty where nothing speaks for that."""


def finished_drives(
    plan: Plan, nonce: str, lines: Iterable[str], merged: Sequence[str] = ()
) -> Finished:
    """What logcopy's lines and merged documents tell; the newest record of a drive counts.

    Lines without the nonce and records of another shape are passed over.
    """
    records: dict[Drive, Raw] = {}
    documents = list(merged)
    for raw in _told(lines, nonce, documents):
        if (drive := _drive(plan, raw)) is not None:
            records[drive] = raw
    sensors: tuple[str, ...] = ()
    for text in documents:
        try:
            checkpoint = checkpoint_of(jsontext.bounded(text), plan.leaderboard)
        except ValueError:
            continue
        sensors = checkpoint.sensors or sensors
        for raw in checkpoint.records:
            if (drive := _drive(plan, raw)) is not None:
                records.setdefault(drive, raw)
    return Finished(records, sensors)


def partial_texts(plan: Plan, finished: Finished) -> tuple[dict[int, str], tuple[str, ...]]:
    """The checkpoint of each pair that has begun, and the finished drives that no one can use.

    An evaluator resumes at one place: a drive behind a missing one is driven again.
    """
    texts, repeated = {}, []
    for pair in plan.pairs:
        keys = plan.keys(pair)
        there = [key in finished.records for key in keys]
        begun = there.index(False) if False in there else len(keys)
        repeated += [plan.route_id(*key) for key in keys[begun:] if key in finished.records]
        rows = [dict(finished.records[key], index=place) for place, key in enumerate(keys[:begun])]
        if rows:
            sensors = list(finished.sensors)
            following = {} if begun == len(keys) else _unbegun(plan, keys[begun], begun)
            document = before(plan.leaderboard, rows, len(keys), sensors, following)
            texts[pair.pair] = plan.leaderboard.text(document)
    return texts, tuple(repeated)


def _unbegun(plan: Plan, key: Drive, place: int) -> Raw:
    """A record for a drive that is next: it is gone once the drive begins."""
    return unloaded(plan.leaderboard, place, plan.route_id(*key), 0.0)


async def resume(
    services: Services,
    namespace: str,
    name: str,
    *,
    new_name: str = "",
    backoff_limit: int | None = None,
) -> Resumption:
    """The submission that goes on from `name`, ready to be launched.

    Raises Conflict while the old one still works or when it has a final result, NotFound when
    nothing finished of it is known here.
    """
    found = await gather(services, namespace, name)
    job, launched = _fit(found.board, services.cluster.description)
    told = found.board.routes or await asyncio.to_thread(_noted_plan, services, job)
    plan = launched_plan(launched, told)
    if plan is None:
        raise NotFound(f"{namespace}/{name} cannot be resumed.", why=ROUTES_UNKNOWN)
    finished = finished_drives(plan, launched.nonce, found.lines, found.merged)
    texts, repeated = await asyncio.to_thread(partial_texts, plan, finished)
    if not texts:
        raise NotFound(
            f"This console knows no finished drive of {namespace}/{name}.",
            why="It was not recorded here, or nothing had finished.",
            fix="Launch it anew.",
        )
    taken = {name, *(each.name for each in await services.cluster.jobs(namespace))}
    chosen = new_name or free_name(name, taken)
    composed = await asyncio.to_thread(
        again, found.manifest, chosen, texts, backoff_limit=backoff_limit
    )
    kept = len(finished.records) - len(repeated)
    doubt = outlook(found.board)
    told_first = doubt.text if doubt else ""
    return Resumption(composed, kept, plan.total, repeated, found.remarks, told_first)


def _fit(board: BoardSnapshot, where: ClusterDescription) -> tuple[JobFacts, SubmissionPlan]:
    """The Job and its plan, if another one may go on from it."""
    if board.job is None or board.job.plan is None:
        raise Conflict(f"The Job {board.name} is not a submission that the console can read.")
    if not board.ended:
        command = carla_console(where, "cancel", board.name, namespace=board.namespace)
        raise Conflict(
            f"The submission {board.name} is not over.",
            why=f"It is {board.status.value}.",
            fix=f"Cancel it first: {command}",
        )
    if board.pod_lives and not board.vanished:
        raise Conflict(
            f"The containers of {board.name} are still stopping.",
            fix="Try again in some seconds: what they finish last counts too.",
        )
    if board.merged is not None and board.merged.final:
        raise Conflict(f"The submission {board.name} has its final result: nothing is left.")
    return board.job, board.job.plan


def _noted_plan(services: Services, job: JobFacts) -> PlanReported | None:
    history = services.recorder.history(services.recording_of(job))
    return next((event for event in history if isinstance(event, PlanReported)), None)


def _told(lines: Iterable[str], nonce: str, merged: list[str]) -> Iterator[Any]:
    """The raw records of progress lines; merged documents are put with the others."""
    texts = protocol.Joiner()
    for line in lines:
        parsed = protocol.parse_line(line, nonce)
        if not isinstance(parsed, protocol.ProgressLine):
            continue
        try:
            message = texts.whole(parsed)
        except ValueError:
            continue
        if message is not None and message.kind == protocol.RECORD:
            yield message.payload.get("record")
        elif message is not None and message.kind == protocol.MERGED:
            merged.append(message.payload["text"])


def _drive(plan: Plan, raw: Any) -> Drive | None:
    """The launched drive that a record tells of; None for anything else."""
    try:
        route, repetition = route_of(raw)
        refuse_strange(raw, plan.leaderboard)
    except Refused:
        return None
    if (repetition is not None) != plan.leaderboard.suffixes_repetitions:
        return None
    drive = (route, raw["index"] % plan.repetitions if repetition is None else repetition)
    return drive if any(drive in plan.keys(pair) for pair in plan.pairs) else None
