"""Work that waits for others' servers, in threads that nobody has to wait for. Knows no server.

The loop's own threads read and write recordings: a server that keeps silent for minutes would take
them all. And whoever ends is not held by a request: these threads end with the process, in the
middle of one where it must be.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

T = TypeVar("T")


class BesideLoop:
    """At most so many at a time."""

    def __init__(self, most: int) -> None:
        self._room = asyncio.Semaphore(most)
        self._threads = _DaemonThreads()

    async def run(self, work: Callable[[], T]) -> T:
        """What it returns or raises. Cancelled, it is no longer waited for, and goes on."""
        async with self._room:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)


class _DaemonThreads(Executor):
    """A thread for each work."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                told = fn(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001  # whoever waits for it gets it
                future.set_exception(error)
            else:
                future.set_result(told)

        # Daemons, which `concurrent.futures` no more has: its threads are joined when the process
        # ends.
        threading.Thread(target=work, name="delivering", daemon=True).start()
        return future
