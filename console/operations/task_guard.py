"""Background tasks that cannot die unnoticed. Knows nothing of what they do."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self

log = logging.getLogger(__name__)

OnDeath = Callable[[str, BaseException], None]


class TaskGuard:
    """Named tasks that end with the block. One that fails is logged and told to `on_death`.

    `on_end` is called after each task's end, however it ended.
    """

    def __init__(self, on_death: OnDeath, on_end: Callable[[], None] | None = None) -> None:
        self._on_death, self._on_end = on_death, on_end
        self._tasks: dict[str, asyncio.Task[None]] = {}

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
        await self.end("")

    async def end(self, prefix: str) -> None:
        """Cancel the tasks whose names begin so; they have ended afterwards."""
        tasks = [task for name, task in self._tasks.items() if name.startswith(prefix)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run it in the background; names are unique among the tasks that run."""
        task = asyncio.create_task(work, name=name)
        self._tasks[name] = task
        task.add_done_callback(self._ended)
        return task

    def runs(self, name: str) -> bool:
        return name in self._tasks

    @property
    def names(self) -> tuple[str, ...]:
        """The tasks that still run."""
        return tuple(self._tasks)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if self._tasks.get(task.get_name()) is task:
            del self._tasks[task.get_name()]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("Task %s failed.", task.get_name(), exc_info=error)
            self._on_death(task.get_name(), error)
        if self._on_end is not None:
            self._on_end()
