"""Background tasks that cannot die unnoticed. Knows nothing of what they do."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self

from console.errors import ConsoleError

log = logging.getLogger(__name__)

OnDeath = Callable[[str, BaseException], None]


def failure(name: str, error: BaseException) -> str:
    """What a user reads of a task that failed: an error of ours in its words, a bug by its name."""
    return f"{name} failed: {error}" if isinstance(error, ConsoleError) else f"{name} failed."


class TaskGuard:
    """Tasks that end with the block. One that fails is logged and told to whoever started it.

    `on_end` is called after each task's end, however it ended.
    """

    def __init__(self, on_end: Callable[[], None] | None = None) -> None:
        self._on_end = on_end
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """All tasks are cancelled and have ended afterwards."""
        self._on_end = None
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def start(
        self, name: str, work: Coroutine[Any, Any, None], on_death: OnDeath
    ) -> asyncio.Task[None]:
        """Run it in the background; the name is for people: logs, and `on_death`'s words."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)

        def ended(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            if not task.cancelled() and (error := task.exception()) is not None:
                log.error("Task %s failed.", name, exc_info=error)
                on_death(name, error)
            if self._on_end is not None:
                self._on_end()

        task.add_done_callback(ended)
        return task
