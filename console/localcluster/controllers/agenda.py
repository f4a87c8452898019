"""Which keys are due when: the timer side of every controller loop. Knows no store and no kinds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Hashable
from typing import Generic, TypeVar

from console.localcluster.store import Change, Subscription

Key = TypeVar("Key", bound=Hashable)


class Agenda(Generic[Key]):
    """Keys with the moment at which they are due (monotonic seconds); the earliest one wins."""

    def __init__(self) -> None:
        self._due: dict[Key, float] = {}

    def add(self, key: Key, delay: float = 0.0) -> None:
        """Look at `key` in `delay` seconds, or earlier if that was planned already."""
        moment = time.monotonic() + max(0.0, delay)
        self._due[key] = min(moment, self._due.get(key, moment))

    def take_due(self) -> list[Key]:
        """The keys whose moment has come, in the order of their moments."""
        now = time.monotonic()
        due = sorted((moment, index) for index, moment in enumerate(self._due.values()))
        keys = list(self._due)
        ready = [keys[index] for moment, index in due if moment <= now]
        for key in ready:
            del self._due[key]
        return ready

    def pause(self) -> float | None:
        """Seconds until the next key is due, or None."""
        if not self._due:
            return None
        return max(0.0, min(self._due.values()) - time.monotonic())


async def changes_or_pause(subscription: Subscription[Change], pause: float | None) -> list[Change]:
    """What changed meanwhile: waits for the first change, at most `pause` seconds."""
    try:
        async with asyncio.timeout(pause):
            first = await anext(subscription)
    except TimeoutError:
        return subscription.take()
    return [first, *subscription.take()]
