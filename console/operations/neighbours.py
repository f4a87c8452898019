"""Other submissions on a submission's node: whether pairs of theirs are on its GPUs.

For who looks at one submission; a list, which follows all of them, knows it anyway.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

from console.domain.board import BoardSnapshot
from console.domain.gpu_meetings import meetings, met_by
from console.errors import ConsoleError
from console.operations.fleet import board_once
from console.operations.services import Services

_MOST = 8
"""Neighbours that are looked at: as many as a node of eight GPUs could hold."""
log = logging.getLogger(__name__)


async def beside_neighbours(services: Services, board: BoardSnapshot) -> BoardSnapshot:
    """The board with a problem for each pair that shares a GPU with another submission's.

    Where others may not be read, nothing is said of them.
    """
    if board.ended or not board.pod_lives:
        return board
    found = [board]
    try:
        async for other in _neighbours(services, board):
            found.append(other)
    except ConsoleError as error:
        log.info("The neighbours of %s cannot be read: %s", board.name, error)
    return met_by(board, meetings(found).get((board.namespace, board.name), ()))


async def _neighbours(services: Services, board: BoardSnapshot) -> AsyncIterator[BoardSnapshot]:
    node = board.pod.node if board.pod else ""
    left = _MOST if node else 0
    for job in await services.cluster.jobs(board.namespace):
        if job.over or job.name == board.name or not left:
            continue
        pods = await services.cluster.pods(board.namespace, job.name)
        if any(pod.node == node and pod.phase == "Running" for pod in pods):
            left -= 1
            yield await board_once(services, board.namespace, job.name)
