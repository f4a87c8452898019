"""Other submissions on a submission's node: whether pairs of theirs are on its GPUs.

For who looks at one submission; a list, which follows all of them, knows it anyway.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator

from console.domain.board import BoardSnapshot
from console.domain.gpu_meetings import meetings, met_by, used
from console.domain.progress import MergeProblem
from console.errors import ConsoleError
from console.operations.services import Services
from console.operations.watching.single_look import board_once

_MOST = 8
"""Neighbours that are looked at: as many as a node of eight GPUs could hold."""
_PATIENCE = 10.0
"""Seconds for all of them: who asks wants to see the submission itself."""
_PAUSE = 30.0
log = logging.getLogger(__name__)


class Neighbourhood:
    """For board after board of one submission; where others may not be read, nothing is said.

    Looks again once its pairs name other GPUs, and every half a minute for those that came later.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._gpus: tuple[tuple[str, int], ...] = ()
        self._due = 0.0
        self._met: tuple[MergeProblem, ...] = ()

    async def beside(self, board: BoardSnapshot) -> BoardSnapshot:
        """The board with a problem for each pair that shares a GPU with another submission's."""
        gpus = tuple(used(board))
        if not gpus:
            return board
        if gpus != self._gpus or time.monotonic() >= self._due:
            self._met = await self._look(board)
            self._gpus, self._due = gpus, time.monotonic() + _PAUSE
        return met_by(board, self._met)

    async def _look(self, board: BoardSnapshot) -> tuple[MergeProblem, ...]:
        found = [board]
        try:
            async with asyncio.timeout(_PATIENCE):
                async for other in _neighbours(self._services, board):
                    found.append(other)
        except (ConsoleError, TimeoutError) as error:
            log.info("The neighbours of %s cannot be read: %s", board.name, error)
        return meetings(found).get((board.namespace, board.name), ())


async def _neighbours(services: Services, board: BoardSnapshot) -> AsyncIterator[BoardSnapshot]:
    nodes = {pod.node for pod in board.pods if pod.node}
    left = _MOST if nodes else 0
    for job in await services.cluster.jobs(board.namespace):
        if job.over or job.name == board.name or not left:
            continue
        pods = await services.cluster.pods(board.namespace, job.name)
        if any(pod.node in nodes and pod.phase == "Running" for pod in pods):
            left -= 1
            yield await board_once(services, board.namespace, job.name)
