"""An event loop that does not wait: where only its own timers can go on, its clock jumps to the next.

For tests in which everything happens in this process. The order of all timers, and what each of
them sees as the time, is as in a loop that waits; only nobody sits it out. While a thread works for
the loop the clock goes at its own pace.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

_DELIVERED = 0.002
"""Seconds in which what one socket of this process wrote is there for another of it to read."""
_OWN_SOCKETS = 1
"""The one that wakes the loop."""


class HurriedLoop(asyncio.SelectorEventLoop):
    """`time()` is ahead of the machine's clock by what was not waited for."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._in_threads = 0
        super().__init__(_Selector(self))

    def time(self) -> float:
        return time.monotonic() + self._ahead

    def idle(self) -> bool:
        """No thread works for it."""
        return not self._in_threads

    def jump(self, seconds: float) -> None:
        self._ahead += seconds

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        future = super().run_in_executor(executor, func, *args)
        self._in_threads += 1
        future.add_done_callback(self._thread_done)
        return future

    def _thread_done(self, _: asyncio.Future[Any]) -> None:
        self._in_threads -= 1


class _Selector(selectors.DefaultSelector):
    """Asked to wait for a timer, it looks whether anything else comes, and makes it that time."""

    def __init__(self, loop: HurriedLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0 or not self._loop.idle():
            return super().select(timeout)
        sockets = len(self.get_map()) > _OWN_SOCKETS
        found = super().select(min(timeout, _DELIVERED) if sockets else 0)
        if not found:
            self._loop.jump(timeout)
        return found
