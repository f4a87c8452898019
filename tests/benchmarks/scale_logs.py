"""What containers say to a simulated API server, and who has asked it for what."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import itertools
import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import canned_api

LINE_EVERY = 1.0
"""Seconds, of each container."""


class Said:
    """What a container says: a line a second, while it runs."""

    def __init__(self, begin: datetime, end: datetime | None = None) -> None:
        self.begin, self._end = begin, end
        self._over = asyncio.Event()

    def end(self) -> None:
        self._end = datetime.now(UTC)
        self._over.set()

    def lines(self, since: datetime) -> Iterator[datetime]:
        """The times of all that are no older, however late they are."""
        gone = max((since - self.begin).total_seconds(), 0.0)
        for number in itertools.count(math.ceil(gone / LINE_EVERY)):
            yield self.begin + timedelta(seconds=number * LINE_EVERY)

    def has(self, at: datetime) -> bool:
        """By now."""
        return at <= (self._end or datetime.now(UTC))

    async def waited(self, at: datetime) -> bool:
        """Whether it is said at last."""
        while not self.has(at) and self._end is None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout((at - datetime.now(UTC)).total_seconds()):
                    await self._over.wait()
        return self.has(at)


_LONG_AGO = datetime.fromisoformat(canned_api.ENDED) - timedelta(hours=1)
LOST = Said(_LONG_AGO, _LONG_AGO + timedelta(seconds=20))
"""Of each that ended before."""


def line_at(at: datetime) -> bytes:
    """Of 120 bytes, as a node stamps it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f000Z ").encode().ljust(119, b"x") + b"\n"


class Asked:
    """Requests and bytes by who asked: by the token, which is each program's name."""

    def __init__(self) -> None:
        self._counted: collections.Counter[str] = collections.Counter()

    def count(self, who: str, what: str, number: int = 1) -> None:
        self._counted[f"{who} {what}"] += number

    def tell(self) -> dict[str, int]:
        """Since the last time."""
        told, self._counted = dict(self._counted), collections.Counter()
        return told
