"""Reading a log from the cluster once, logcopy's with its run before: the one place that does it.

`reader` follows a container through its restarts, to disk; everything else that wants the lines
that there are now asks here. Knows no disk, and nothing of what the lines mean.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable

from console.domain.board import BoardSnapshot
from console.domain.submission import LOGCOPY
from console.errors import NotFound
from console.operations.ports.cluster import LogLines, LogOpened, LogRequest
from console.operations.services import Services


def _nobody_waits() -> None:
    """For who does not wait for the log to be open."""


async def drained(
    services: Services, request: LogRequest, opened: Callable[[], None] = _nobody_waits
) -> AsyncIterator[bytes]:
    """The log's lines, some at a time; `opened` is called when it is there. Raises NotFound."""
    stream = services.cluster.log(request)
    async with contextlib.aclosing(stream) as blocks:  # type: ignore[type-var]
        async for block in blocks:
            if isinstance(block, LogOpened):
                opened()
            elif isinstance(block, LogLines):
                yield block.data


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
