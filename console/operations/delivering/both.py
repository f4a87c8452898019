"""What a recorder does beside recording: no part of it waits for another, or ends with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from console.operations.task_guard import TaskGuard
from console.operations.watching.fleet import Fleet
from console.operations.watching.unattended import BesideFleets


class Both:
    """Each of them, for the same fleets."""

    def __init__(self, *parts: BesideFleets) -> None:
        self._parts = parts

    async def run(self, fleets: Callable[[], tuple[Fleet, ...]]) -> None:
        """Until cancelled."""
        async with TaskGuard() as guard:
            for each in self._parts:
                name = type(each).__name__
                guard.start(name, each.run(fleets), lambda name, error: None)
            await asyncio.Event().wait()

    @property
    def busy(self) -> bool:
        """One of them has something to wait for."""
        return any(each.busy for each in self._parts)
