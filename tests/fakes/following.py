"""A submission followed while a test looks on: its log lines, and waiting for what follows."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any, Protocol

from console.domain.facts import JobFacts
from console.operations.services import Services
from console.operations.watching.fleet import Fleet
from console.operations.watching.follower import Follower


class Running(Protocol):
    """What works until it is told to stop."""

    async def run(self) -> None: ...


def line(second: int, text: str) -> bytes:
    """A log line as the cluster hands it out."""
    return f"2026-11-22T10:00:{second:02}.000000000Z {text}\n".encode()


def recorded_texts(services: Services, job: JobFacts, container: str = "agent-1") -> list[str]:
    """What is recorded of that container's log, gaps in their words."""
    view = services.recorder.log(services.recording_of(job), container)
    return [each.text for each in view.lines(0, 1000)]


async def until(true: Callable[[], object], seconds: float = 30) -> None:
    """What other tasks and threads do: there is no event to wait for."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 polls what other tasks and threads do
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def running(work: Running) -> AsyncIterator[None]:
    """It runs while the test looks on, and has let go of everything afterwards."""
    task = asyncio.create_task(work.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@contextlib.asynccontextmanager
async def followed(services: Services) -> AsyncIterator[Follower]:
    """The submission races/demo."""
    follower = Follower(services, "races", "demo")
    async with running(follower):
        yield follower


@contextlib.asynccontextmanager
async def listed(services: Services, **options: Any) -> AsyncIterator[Fleet]:
    """The submissions of the namespace races."""
    fleet = Fleet(services, "races", **options)
    async with running(fleet):
        yield fleet
