"""What the cluster still has of logcopy's log, its run before included. Knows no disk."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from console.domain.board import BoardSnapshot
from console.domain.submission import LOGCOPY
from console.errors import NotFound
from console.operations.ports.cluster import LogRequest
from console.operations.recording.draining import drained
from console.operations.services import Services


async def logcopy_lines(services: Services, board: BoardSnapshot) -> AsyncIterator[bytes]:
    """What the board's pod still has of logcopy's log; a run that the cluster forgot is left out.

    A restarted logcopy has told most before: its earlier run comes first.
    """
    if board.pod is None or board.logcopy is None:
        return
    for previous in (True, False) if board.logcopy.restart_count else (False,):
        request = LogRequest(board.namespace, board.pod.name, LOGCOPY, previous=previous)
        with contextlib.suppress(NotFound):
            async for lines in drained(services, request):
                yield lines
