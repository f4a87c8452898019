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


async def logcopy_lines(
    services: Services, board: BoardSnapshot, name: str = LOGCOPY
) -> AsyncIterator[bytes]:
    """What the pod still has of that logcopy's log; a run that the cluster forgot is left out.

    A restarted logcopy has told most before: its earlier run comes first.
    """
    pod = board.pod_of(name)
    facts = pod.container(name) if pod else None
    if pod is None or facts is None:
        return
    for previous in (True, False) if facts.restart_count else (False,):
        request = LogRequest(board.namespace, pod.name, facts.asked, previous=previous)
        # The node keeps a run before until its disk needs the room, and says nothing when it goes.
        with contextlib.suppress(NotFound):
            async for lines in drained(services, request):
                yield lines
