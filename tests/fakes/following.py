"""A submission followed while a test looks on: its log lines, and waiting for what follows."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from console.operations.services import Services
from console.operations.watching.follower import Follower


def line(second: int, text: str) -> bytes:
    """A log line as the cluster hands it out."""
    return f"2026-11-22T10:00:{second:02}.000000000Z {text}\n".encode()


async def until(true: Callable[[], object], seconds: float = 30) -> None:
    """What other tasks and threads do: there is no event to wait for."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 polls what other tasks and threads do
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def followed(services: Services) -> AsyncIterator[Follower]:
    """The submission races/demo."""
    follower = Follower(services, "races", "demo")
    task = asyncio.create_task(follower.run())
    try:
        yield follower
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
