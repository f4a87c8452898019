"""A thread with an asyncio loop of its own: readers go on while the screen is busy or slow."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")
END_SECONDS = 10.0
CLOSING_SECONDS = 0.5


class NetThread:
    """Start it, submit coroutines from any thread, stop it. Cancels what is left at the end."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop
        # A daemon: `stop` waits for what matters, and a request that hangs holds up no exit.
        self._thread = threading.Thread(target=self._run, name="net", daemon=True)

    @property
    def started(self) -> bool:
        return self._thread.ident is not None

    def start(self) -> None:
        """Begin; only from now on can anything be submitted."""
        self._loop = asyncio.new_event_loop()
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            self._loop.run_until_complete(_cancel_all())
            # Streams are generators, and give their connections back at their end.
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            self._loop.close()

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Run it there; the future is for any thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def ask(self, work: Coroutine[Any, Any, T]) -> T:
        """Run it there and await the answer here."""
        return await asyncio.wrap_future(self.submit(work))

    def stop(self) -> None:
        """Cancel everything and join; returns after END_SECONDS at the latest."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(END_SECONDS)


async def _cancel_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await _let_connections_close()


async def _let_connections_close() -> None:
    """A TLS connection says goodbye to its server before its socket is closed."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + CLOSING_SECONDS
    while getattr(loop, "_transports", ()) and loop.time() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
