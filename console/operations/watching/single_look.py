"""One look at one submission: what the API, its pod and the recording tell now. Follows nothing."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence

import msgspec

from console.domain.board import BoardSnapshot
from console.domain.events import (
    ClusterEventSeen,
    Event,
    JobSeen,
    PodSeen,
    StreamChanged,
    StreamState,
)
from console.domain.facts import PodFacts
from console.domain.folding import fold
from console.errors import ConsoleError
from console.operations.recording.logcopies import SubmissionProgress, progress_of
from console.operations.recording.logcopy import logcopy_lines
from console.operations.recording.recorded import lost_pods, recorded_progress
from console.operations.services import Services

log = logging.getLogger(__name__)


class LookedAt(msgspec.Struct, frozen=True):
    """The board as of now, and what a search for a cause lacks."""

    board: BoardSnapshot
    unread: str = ""


async def board_once(services: Services, namespace: str, name: str) -> BoardSnapshot:
    """The board that `look_once` sees."""
    return (await look_once(services, namespace, name)).board


async def look_once(services: Services, namespace: str, name: str) -> LookedAt:
    """The board as of now, from the API, logcopy's log and the recorder; follows nothing.

    Raises NotFound if there is no such Job, and what the cluster answers otherwise.
    """
    job = await services.cluster.job(namespace, name)
    board = fold(BoardSnapshot(namespace, name), JobSeen(services.clock(), job))
    pods = await services.cluster.pods(namespace, name)
    for pod in sorted(pods, key=lambda each: (each.created_at is not None, each.created_at)):
        board = fold(board, PodSeen(services.clock(), pod))
    of_nodes, unread = await _node_events(services, pods)
    for event in (*await _events(services, namespace, name), *of_nodes):
        board = fold(board, event)
    async for heard in last_words(services, board):
        board = fold(board, heard)
    return LookedAt(board, unread)


async def last_words(services: Services, board: BoardSnapshot) -> AsyncIterator[Event]:
    """What the API does not tell of that board: its recording and logcopy's present log do."""
    if board.job is None:
        return
    import asyncio  # late: who hears a board that has its recording needs no loop

    recording, reader = services.recording_of(board.job), progress_of(board.job)
    present = [pod.uid for pod in (*board.earlier, *board.pods)]
    for told in await asyncio.to_thread(lost_pods, services, recording, present):
        yield told
    for known in await asyncio.to_thread(recorded_progress, services, recording, reader):
        yield known
    async for heard in _logcopy(services, board, reader):
        yield heard


async def _events(services: Services, namespace: str, name: str) -> list[Event]:
    """None where they may not be read: the rest of the board does not need them."""
    try:
        found = await services.cluster.events(namespace, name)
    except ConsoleError as error:
        log.warning("No events of %s/%s: %s", namespace, name, error.what)
        return []
    return [ClusterEventSeen(services.clock(), each) for each in found]


async def _node_events(services: Services, pods: Sequence[PodFacts]) -> tuple[list[Event], str]:
    """Few accounts have the right to them, and only who looks for a cause misses it."""
    try:
        found = await services.cluster.node_events(pods)
    except ConsoleError as error:
        log.info("No events of nodes: %s", error.what)
        why = f"{error.what} {error.why}".strip()
        return [], f"what befell its node is not known: {why}"
    return [ClusterEventSeen(services.clock(), each) for each in found], ""


async def _logcopy(
    services: Services, board: BoardSnapshot, progress: SubmissionProgress
) -> AsyncIterator[Event]:
    """logcopy's present log, and the one before if it restarted.

    A log that cannot be read is a lost stream: the rest of the board stands without it.
    """
    for name in progress.containers:
        pod = board.pod_of(name)
        reader, key = progress.of(name), pod.key if pod else ""
        try:
            async for lines in logcopy_lines(services, board, name):
                for event in reader.block(lines, services.clock(), key):
                    yield event
        except ConsoleError as error:
            why = f"{error.what} {error.why}".strip()
            yield StreamChanged(services.clock(), name, StreamState.LOST, why)


async def heard(services: Services, board: BoardSnapshot) -> AsyncIterator[Event]:
    """What only its events and its log tell of a board that has its Job and pods.

    The events say what a submission waits for: one that runs or has ended waits for nothing.
    """
    if not board.ended and (board.pod is None or board.pod.phase != "Running"):
        for event in await _events(services, board.namespace, board.name):
            yield event
    reader = progress_of(board.job)
    async for event in _logcopy(services, board, reader):
        yield event
