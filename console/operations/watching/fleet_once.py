"""One look at every submission of a namespace: one list of Jobs, one of pods, then the recordings.

What only a submission's own log or events tell is asked for where few need it; a long list would
otherwise be thousands of requests, and says instead which of its lines are not complete.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from console.domain.board import BoardSnapshot
from console.domain.events import Event, JobSeen, PodSeen
from console.domain.facts import JobFacts, PodFacts
from console.domain.fleet import MOST_ASKED
from console.domain.folding import fold
from console.errors import NotFound
from console.operations.recording.progress import ProgressReader
from console.operations.recording.recorded import lost_pods, recorded_progress
from console.operations.services import Services
from console.operations.watching.single_look import heard

AT_ONCE = 8

Together = Callable[[Sequence[Coroutine[Any, Any, Any]]], Awaitable[list[Any]]]
"""Does some works and tells their results in the same order."""


class Look(msgspec.Struct, frozen=True):
    """The boards, and the keys of those that only the two lists and a recording told."""

    boards: tuple[BoardSnapshot, ...]
    unasked: frozenset[tuple[str, str]] = frozenset()


async def in_the_loop(works: Sequence[Coroutine[Any, Any, Any]]) -> list[Any]:
    """Some at a time. Imported late: where edges block there is no loop."""
    import asyncio

    places = asyncio.Semaphore(AT_ONCE)

    async def placed(work: Coroutine[Any, Any, Any]) -> Any:
        async with places:
            return await work

    return await asyncio.gather(*map(placed, works))


async def fleet_once(
    services: Services, namespace: str | None, together: Together = in_the_loop
) -> Look:
    """All submissions of that namespace as of now; None: of all namespaces.

    Reads files while it waits for nothing else. It needs no loop where neither the cluster's edge
    nor `together` does.
    """
    lists = [services.cluster.jobs(namespace), services.cluster.pods(namespace, None)]
    jobs, pods = await together(lists)
    told = list(_told(services, jobs, pods))
    more = [board for board in told if _tells_more(board)]
    if len(more) > MOST_ASKED:
        return Look(tuple(told), frozenset(map(_key, more)))
    whole = dict(
        zip(map(_key, more), await together([_whole(services, each) for each in more]), strict=True)
    )
    return Look(tuple(whole.get(_key(each), each) for each in told))


def _key(board: BoardSnapshot) -> tuple[str, str]:
    return board.namespace, board.name


async def _whole(services: Services, board: BoardSnapshot) -> BoardSnapshot:
    """With what is told beside the lists. A Job that vanishes meanwhile stays as it was seen."""
    with contextlib.suppress(NotFound):
        async for event in heard(services, board):
            board = fold(board, event)
    return board


def _told(
    services: Services, jobs: Iterable[JobFacts], pods: Iterable[PodFacts]
) -> Iterator[BoardSnapshot]:
    """Each Job with its pods and its recording. Reads files."""
    by_job: dict[tuple[str, str], list[PodFacts]] = {}
    for pod in sorted(pods, key=lambda each: (each.created_at is not None, each.created_at)):
        by_job.setdefault((pod.namespace, pod.job), []).append(pod)
    for job in jobs:
        board = BoardSnapshot(job.namespace, job.name)
        for event in _events_of(services, job, by_job.get((job.namespace, job.name), [])):
            board = fold(board, event)
        yield board


def _events_of(services: Services, job: JobFacts, pods: list[PodFacts]) -> Iterator[Event]:
    """Its own pods first: what follows of a Job's plan is then worked out once, with its pods."""
    at, recording = services.clock(), services.recording_of(job)
    for pod in pods:
        if pod.owner in ("", job.uid):
            yield PodSeen(at, pod)
    yield JobSeen(at, job)
    yield from lost_pods(services, recording, [pod.uid for pod in pods])
    yield from recorded_progress(services, recording, ProgressReader(job.plan))


def _tells_more(board: BoardSnapshot) -> bool:
    """Its log has words that no recording has, or its events say what it waits for."""
    if board.ended:
        return board.logcopy is not None and not (board.merged and board.merged.final)
    return True
