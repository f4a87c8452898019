"""Whether a followed log that says nothing has nothing to say: it is asked beside its stream.

A node that rotates a log, or something between here and there that forgets a connection, leaves a
stream open to which no line comes any more. Nothing tells that from a container with nothing to
say, for hours perhaps, but the log itself. Knows no log: who follows one says how to look.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

FIRST_LOOK = 60.0
"""Seconds of silence before the first look: before a pair counts as silent."""
LONGEST_PAUSE = 300.0

Look = Callable[[], Awaitable[bool]]
"""Whether there are lines that the stream has not brought."""


class Silence:
    """How long the stream has been quiet."""

    def __init__(self) -> None:
        self._clock = asyncio.get_running_loop().time
        self._heard_at = self._clock()

    def broken(self) -> None:
        """A line came."""
        self._heard_at = self._clock()

    async def outlasts(self, look: Look) -> None:
        """Return when a look has found lines, and still none has come."""
        heard, pause = self._heard_at, FIRST_LOOK
        while True:
            await asyncio.sleep(heard + pause - self._clock())
            if self._heard_at == heard:
                found = await look()
                # What the look found may have come by the stream meanwhile: then it is slow, and
                # not stuck.
                if found and self._heard_at == heard:
                    return
                # Counted from the last line: the looks become rare at a container that has nothing
                # to say for hours.
                pause += min(pause, LONGEST_PAUSE)
            else:
                heard, pause = self._heard_at, FIRST_LOOK


@contextlib.asynccontextmanager
async def ended_when_stuck(look: Look) -> AsyncIterator[Silence]:
    """What is inside reads a stream, and is ended as if that had ended, once it brings nothing."""
    silence = Silence()
    try:
        async with asyncio.timeout(None) as scope:
            looking = asyncio.create_task(_end(scope, silence, look))
            try:
                yield silence
            finally:
                await _stopped(looking)
    except TimeoutError:
        if not scope.expired():
            raise


async def _end(scope: asyncio.Timeout, silence: Silence, look: Look) -> None:
    await silence.outlasts(look)
    # By the time limit and not by a cancel: a cancel of the reader's task may come from outside as
    # well, and must not be taken for this one.
    scope.reschedule(asyncio.get_running_loop().time())


async def _stopped(looking: asyncio.Task[None]) -> None:
    """What a look raises is raised by the reading: nothing of it is lost."""
    looking.cancel()
    await asyncio.wait({looking})
    if not looking.cancelled():
        looking.result()
