"""One look at every submission of a namespace: one list of Jobs, one of pods, then the recordings.

What only a submission's own log or events tell is asked for where few need it; a long list would
otherwise be thousands of requests, and says instead which of its lines are not complete.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.events import Event, JobSeen, PodSeen
from console.domain.facts import JobFacts, PodFacts, Targets
from console.domain.fleet import MOST_ASKED
from console.domain.folding import fold, listed
from console.domain.publication import NOWHERE, Published
from console.errors import ConsoleError, NotFound
from console.operations.services import Services

if TYPE_CHECKING:
    import logging

AT_ONCE = 8

Together = Callable[[Sequence[Coroutine[Any, Any, Any]]], Awaitable[list[Any]]]
"""Does some works and tells their results in the same order."""


class Look(msgspec.Struct, frozen=True):
    """The boards, and the keys of those that only the two lists and a recording told.

    They are for rows: where nothing but the lists tells of one, it has no pairs.
    """

    boards: tuple[BoardSnapshot, ...]
    unasked: frozenset[tuple[str, str]] = frozenset()
    published: tuple[Published | None, ...] = ()
    """What has become of each board's results at EvalAI; empty where nobody has looked."""


async def in_the_loop(works: Sequence[Coroutine[Any, Any, Any]]) -> list[Any]:
    """Some at a time. Imported late: where edges block there is no loop."""
    import asyncio

    places = asyncio.Semaphore(AT_ONCE)

    async def placed(work: Coroutine[Any, Any, Any]) -> Any:
        async with places:
            return await work

    return await asyncio.gather(*map(placed, works))


async def fleet_once(
    services: Services,
    namespace: str | None,
    together: Together = in_the_loop,
    *,
    listing: Together = in_the_loop,
) -> Look:
    """All submissions of that namespace as of now; None: of all namespaces.

    Reads files while it waits for nothing else. `listing` does the two lists, which take long, and
    `together` the rest. It needs no loop where neither the cluster's edge nor these do.
    """
    lists = [services.cluster.jobs(namespace), services.cluster.pods(namespace, None)]
    jobs, pods = await listing(lists)
    own = _by_job(jobs, pods)
    recordings = [services.recording_of(job) for job in jobs]
    recorded = services.recorder.recorded(recordings)
    told = [
        _told(services, job, own.get(job.uid, []), recording in recorded)
        for job, recording in zip(jobs, recordings, strict=True)
    ]
    more = [n for n, board in enumerate(told) if _tells_more(board)]
    if len(more) > MOST_ASKED:
        return Look(tuple(told), frozenset((told[n].namespace, told[n].name) for n in more))
    asked = [_whole(services, jobs[n], own.get(jobs[n].uid, [])) for n in more]
    for number, board in zip(more, await together(asked), strict=True):
        told[number] = board
    return Look(tuple(told))


def with_published(services: Services, look: Look) -> Look:
    """Reads the user's ledger: where that cannot be read nobody knows, and the list is told."""
    jobs = [each.job for each in look.boards]
    told: tuple[Published | None, ...]
    if services.publications is None:
        told = tuple(NOWHERE if job and _goes_nowhere(job) else None for job in jobs)
        return msgspec.structs.replace(look, published=told)
    from console.operations.outcome.publication_marks import MarksByJob  # for those who publish

    try:
        marks = MarksByJob(services.publications.look().values())
        told = tuple(
            None if job is None else marks.of(job, services.recording_of(job)) for job in jobs
        )
    except ConsoleError as error:
        _logger().warning("What is published cannot be told: %s", error)
        told = (None,) * len(jobs)
    return msgspec.structs.replace(look, published=told)


def _goes_nowhere(job: JobFacts) -> bool:
    return job.evalai is None and job.goes_to == Targets()


async def _whole(services: Services, job: JobFacts, pods: list[PodFacts]) -> BoardSnapshot:
    """With what is told beside the lists. A Job that vanishes meanwhile stays as it was seen."""
    from console.operations.watching.single_look import heard

    board = _folded(services, job, pods)
    with contextlib.suppress(NotFound):
        async for event in heard(services, board):
            board = fold(board, event)
    return board


def _by_job(jobs: Iterable[JobFacts], pods: Iterable[PodFacts]) -> dict[str, list[PodFacts]]:
    """A Job's uid -> its own pods, the oldest first; a namesake's that was deleted are nobody's."""
    uids = {(job.namespace, job.name): job.uid for job in jobs}
    own: dict[str, list[PodFacts]] = {}
    for pod in sorted(pods, key=lambda each: (each.created_at is not None, each.created_at)):
        uid = uids.get((pod.namespace, pod.job))
        if uid is not None and pod.owner in ("", uid):
            own.setdefault(uid, []).append(pod)
    return own


def _told(services: Services, job: JobFacts, pods: list[PodFacts], recorded: bool) -> BoardSnapshot:
    """A Job with its own pods and, where it is `recorded`, its recording. Reads files."""
    if len(pods) > 1 or recorded or (pods and pods[0].index is not None):
        return _folded(services, job, pods)
    return listed(job, pods[0] if pods else None, services.clock())


def _folded(services: Services, job: JobFacts, pods: list[PodFacts]) -> BoardSnapshot:
    """The same with its pairs: pods first, for what follows of a plan is then worked out once."""
    # Late, as above: what is not recorded needs nothing that reads a result.
    from console.operations.recording.logcopies import progress_of
    from console.operations.recording.recorded import lost_pods, recorded_progress

    at, recording = services.clock(), services.recording_of(job)
    events: list[Event] = [*(PodSeen(at, pod) for pod in pods), JobSeen(at, job)]
    events += lost_pods(services, recording, [pod.uid for pod in pods])
    events += recorded_progress(services, recording, progress_of(job))
    board = BoardSnapshot(job.namespace, job.name)
    for event in events:
        board = fold(board, event)
    return board


def _tells_more(board: BoardSnapshot) -> bool:
    """Its log has words that no recording has, or its events say what it waits for."""
    if board.ended or board.status is SubmissionStatus.QUEUED:
        return board.logcopy is not None and not (board.merged and board.merged.final)
    return True


def _logger() -> logging.Logger:
    # Late: hardly a list has a word to log.
    import logging

    return logging.getLogger(__name__)
