"""Taking one log stream apart: that it is open, what of it is missing, its lines. Nobody else does.

Who follows a container through its restarts is `reader`; who wants the lines that there are now
asks here. Knows no disk, and nothing of what the lines mean.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable

from console.operations.ports.cluster import LinesMissing, LogLines, LogOpened, LogRequest
from console.operations.services import Services

Heed = Callable[[], Awaitable[None]]


async def _unheeded() -> None:
    """For who only wants the lines."""


async def drained(
    services: Services, request: LogRequest, opened: Heed = _unheeded, missing: Heed = _unheeded
) -> AsyncGenerator[bytes, None]:
    """The log's lines, some at a time. Raises NotFound.

    `opened` is called when the log is there, `missing` where lines were rotated away before the
    first that comes, if the request wants to know. What one of them raises ends the reading.
    """
    stream = services.cluster.log(request)
    # Closed here: a generator that is left to the collector keeps its connection until then.
    async with contextlib.aclosing(stream) as blocks:  # type: ignore[type-var]
        async for block in blocks:
            if isinstance(block, LogLines):
                yield block.data
            elif isinstance(block, LogOpened):
                await opened()
            elif isinstance(block, LinesMissing):
                await missing()
