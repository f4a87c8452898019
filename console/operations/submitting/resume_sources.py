"""What there is to go on from: the Job and its pod where the cluster has them, and the recording.

A cluster forgets: a Job is deleted, by somebody or by its time to live; a failed one loses its pod
and every log. What was recorded stays; where that is gone too, what was published may be there.
`remarks` say what was taken from where, and what may be missing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import msgspec

from console.domain.board import BoardSnapshot
from console.domain.events import JobVanished
from console.domain.facts import UID_SHOWN, JobFacts
from console.domain.folding import fold
from console.domain.upstream_refusals import refuse_upstreams
from console.errors import Conflict, ConsoleError, NotFound
from console.operations.ports.cluster import JsonObject, Kind
from console.operations.ports.recorder import KeptManifest, LogLine, Recording
from console.operations.recording.logcopy import logcopy_lines
from console.operations.recording.progress import MARK
from console.operations.recording.recorded import recorded_board, recordings_of
from console.operations.recording.recorded_drives import documents_kept, progress_told
from console.operations.services import Services
from console.operations.storing.stored import StoredSubmission
from console.operations.watching.single_look import board_once
from console.results.quoting import printable
from console.specs.credentials import left_out
from console.specs.unlike_ours import images_of, unlike_ours
from console.workers import protocol


class Gathered(msgspec.Struct, frozen=True):
    """Everything that is known of a submission that is over."""

    board: BoardSnapshot
    manifest: JsonObject
    lines: tuple[str, ...]
    """logcopy's, oldest first, some of them twice."""
    merged: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    """In what a Job that a place tells is no Job of this console's: to be agreed to."""


async def gather(
    services: Services,
    namespace: str,
    name: str,
    stored: StoredSubmission | None = None,
    *,
    verb: str = "resume",
) -> Gathered:
    """From the cluster and the recording; from the recording alone where the Job is gone.

    `stored`: what a place tells of it, which then counts instead of a recording; `verb`: what for.
    Raises NotFound where none has what it takes, Conflict while containers still stop.
    """
    try:
        board = await board_once(services, namespace, name)
    except NotFound as gone:
        if stored is not None:
            return await _published(services, stored)
        return await _recalled(services, namespace, name, gone, verb)
    assert board.job is not None
    refuse_upstreams(board.job, verb)
    manifest = await services.cluster.read(Kind.JOB, namespace, name)
    recording = services.recording_of(board.job)
    lines, merged = await asyncio.to_thread(_recorded, services, recording)
    if stored is not None:
        _refuse_namesake(board.job, stored)
        merged += stored.documents
    told, remarks = await _told_by_pod(services, board)
    # Behind the recording's: whoever reads them goes from the oldest on, and some stand in both.
    texts = [line.text for line in lines] + told
    remarks += _unfinished(board, texts, lines)
    return Gathered(board, manifest, tuple(texts), merged, tuple(remarks))


async def _published(services: Services, stored: StoredSubmission) -> Gathered:
    """From a place alone."""
    board = stored.board
    recording = Recording("", board.namespace, board.name, stored.uid)
    _refuse_left_out(recording, KeptManifest(stored.manifest, ""))
    await _refuse_living_pods(services, recording)
    return Gathered(
        fold(board, JobVanished(services.clock())),
        stored.manifest,
        (),
        stored.documents,
        (
            f"the Job {board.name} is gone from the cluster: all is taken from {stored.where} "
            f"(uid {printable(stored.uid[:UID_SHOWN])}), the Job too",
            *_images(stored.manifest),
            "a drive that finished after it was published there is driven again",
        ),
        await asyncio.to_thread(unlike_ours, stored.manifest),
    )


def _images(manifest: JsonObject) -> Iterator[str]:
    """Whoever may write to a place may name any image there."""
    for image, containers in images_of(manifest).items():
        yield f"{', '.join(map(printable, containers))} run {printable(image, 200)}"


def _refuse_namesake(job: JobFacts, stored: StoredSubmission) -> None:
    """Another submission's drives are those of another agent."""
    if job.uid != stored.uid:
        raise Conflict(
            f"{stored.where} holds an earlier submission of the name {job.name}.",
            why=f"There its uid is {printable(stored.uid[:UID_SHOWN])}, in the cluster "
            f"{job.uid[:UID_SHOWN]}.",
            fix="Resume the one in the cluster without --from.",
        )


async def _recalled(
    services: Services, namespace: str, name: str, gone: NotFound, verb: str
) -> Gathered:
    recordings = await asyncio.to_thread(recordings_of, services, namespace, name)
    if not recordings:
        raise NotFound(
            f"There is no Job {namespace}/{name}, and this console has recorded nothing of it.",
            why=gone.why,
            fix="Check the name, the namespace and the context; otherwise launch it anew.",
        ) from gone
    # Of several namesakes the last one is what somebody means who names no uid.
    newest = recordings[-1]
    kept = await asyncio.to_thread(services.recorder.manifest, newest)
    board = await asyncio.to_thread(recorded_board, services, newest)
    if kept is None or board is None:
        raise NotFound(
            f"The Job {namespace}/{name} is gone, and its recording does not hold the Job itself.",
            why="What was launched cannot be told without it.",
            fix="Launch it anew.",
        ) from gone
    refuse_upstreams(board.job, verb)
    _refuse_left_out(newest, kept)
    await _refuse_living_pods(services, newest)
    lines, merged = await asyncio.to_thread(_recorded, services, newest)
    texts = [line.text for line in lines]
    board = fold(board, JobVanished(services.clock()))
    remarks = (*_origin(services, newest, kept), *_unfinished(board, texts, lines))
    return Gathered(board, kept.manifest, tuple(texts), merged, remarks)


def _refuse_left_out(recording: Recording, kept: KeptManifest) -> None:
    """A Job without its credentials would start, and fail later for a reason that nobody sees."""
    if lacks := left_out(kept.manifest):
        raise Conflict(
            f"The Job {recording.name} is gone, and its recording does not hold all that it had.",
            why=f"What looks like a credential is not recorded: {', '.join(lacks)}",
            fix="Launch it anew with these; from a Secret (valueFrom) they stay out of the Job.",
        )


async def _refuse_living_pods(services: Services, recording: Recording) -> None:
    pods = await services.cluster.pods(recording.namespace, recording.name)
    for pod in pods:
        # A Job that is deleted lets its pod finish its grace, in which a drive may still end.
        if pod.owner in ("", recording.uid) and pod.phase not in ("Succeeded", "Failed"):
            raise Conflict(
                f"The containers of {recording.name} are still stopping.",
                fix="Try again in some seconds: what they finish last counts too.",
            )


def _origin(services: Services, recording: Recording, kept: KeptManifest) -> list[str]:
    uid = recording.uid[:UID_SHOWN]
    told = [
        f"the Job {recording.name} is gone from the cluster: "
        f"all is taken from this console's recording of it (uid {uid})"
    ]
    here = services.cluster.description.server
    if kept.server != here:
        told.append(f"it was recorded from {kept.server}; this cluster is {here}")
    return told


def _unfinished(board: BoardSnapshot, texts: list[str], lines: list[LogLine]) -> list[str]:
    """A warning where logcopy's last words are not among the lines: more may have finished."""
    nonce = board.job.plan.nonce if board.job and board.job.plan else ""
    snapshots = (
        parsed.payload
        for text in reversed(texts)
        if text.startswith(MARK.decode())
        and isinstance(parsed := protocol.parse_line(text, nonce), protocol.ProgressLine)
        and parsed.kind == "snapshot"
    )
    newest = next(snapshots, None)
    if newest is None or newest.get("status") != "running":
        return []
    at = next((line.at for line in reversed(lines) if line.at), "") or "an unknown time"
    return [
        f"what this console knows ends at {at}, while the submission still ran: "
        "a drive that finished later is driven again"
    ]


def _recorded(services: Services, recording: Recording) -> tuple[list[LogLine], tuple[str, ...]]:
    lines = list(progress_told(services.recorder, recording))
    return lines, documents_kept(services.recorder, recording)


async def _told_by_pod(services: Services, board: BoardSnapshot) -> tuple[list[str], list[str]]:
    """What the pod's logcopy still tells, its run before the last included, and remarks."""
    told: list[str] = []
    try:
        async for block in logcopy_lines(services, board):
            texts = (line.partition(b" ")[2] for line in block.split(b"\n"))
            told += [text.decode(errors="replace") for text in texts]
    except ConsoleError as error:
        return told, [f"the pod's log could not be read, only the recording: {error.what}"]
    return told, []
