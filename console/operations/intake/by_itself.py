"""Launching what comes by itself: all that waits is taken, launched in its order, and so again.

Those for which there is no room yet wait as Jobs for their turn, not in EvalAI's queue: that one
forgets a message after some days. What is refused stays there, and is told once.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

import msgspec

from console.errors import ConsoleError
from console.operations.intake.desk import Accepted, IntakeDesk, WaitingMessage
from console.operations.intake.launching import LaunchingFor
from console.operations.intake.message_fate import NotLaunched, ToLaunch
from console.operations.ports.evalai import EvalAiBusy

PAUSE = 20.0
"""Seconds between two looks at a queue in which nothing waits."""
PAUSE_EACH = 6.0
"""Seconds for each message of a look: two questions of EvalAI's budget, which results need too."""
MOST = 50
"""Messages of one look."""


class IntakeNews(msgspec.Struct, frozen=True):
    """What became of a message, or why none could be taken."""

    submission: int | None
    words: str
    fix: str = ""
    accepted: Accepted | None = None


Tell = Callable[[IntakeNews], None]
Sleep = Callable[[float], Awaitable[None]]
Ready = Callable[[], Awaitable[object]]


async def nothing_first() -> None:
    """For launches that nobody has to be there for."""


def some_at_a_time(queue: str, at_most: int) -> LaunchingFor:
    """What comes from that queue takes turns: so many run at a time."""
    stem = re.sub(r"[^a-z0-9]+", "-", queue.removesuffix(".fifo").lower()).strip("-")
    return LaunchingFor(by_hand=False, batch=f"evalai-{stem[:50].strip('-')}", at_most=at_most)


class ByItself:
    """Until it is cancelled; may be, and killed, between any two steps."""

    def __init__(
        self, desk: IntakeDesk, how: LaunchingFor, tell: Tell, ready: Ready = nothing_first
    ) -> None:
        """`ready` is waited for before each launch: who records it may have ended since the last
        one, which may have been days ago."""
        self._desk, self._how, self._tell, self._ready = desk, how, tell, ready
        self._told: dict[int | None, str] = {}
        """Submission -> what was told last of why it is not launched."""

    async def run(self, sleep: Sleep = asyncio.sleep) -> None:
        while True:
            await sleep(await self.step())

    async def step(self) -> float:
        """The same as `once`, and tells what hinders it; the seconds before the next look."""
        try:
            seen = await self.once()
        except ConsoleError as error:
            self._fail(None, error)
            asked = error.seconds if isinstance(error, EvalAiBusy) else None
            return max(asked or 0.0, PAUSE)
        self._told.pop(None, None)
        return max(PAUSE, PAUSE_EACH * seen)

    async def once(self) -> int:
        """Take all that waits; how many that were. Raises ConsoleError where no more is taken."""
        await self._desk.demand_launches()
        # Where no recorder runs, nobody else begins the turn of those that wait.
        await self._desk.begin_turns(self._how.batch)
        seen: set[bytes] = set()
        while len(seen) < MOST and (waiting := await self._desk.take()) is not None:
            if waiting.taken.body in seen:
                break
            seen.add(waiting.taken.body)
            await self._treat(waiting)
        return len(seen)

    async def _treat(self, waiting: WaitingMessage) -> None:
        number = waiting.submission
        if isinstance(waiting.verdict, NotLaunched):
            self._say(number, waiting.verdict.words, waiting.verdict.fix)
            return
        if isinstance(waiting.verdict, ToLaunch):
            await self._ready()
        try:
            accepted = await self._desk.accept(waiting, self._how)
        except ConsoleError as error:
            self._fail(number, error)
            return
        self._told.pop(number, None)
        self._tell(IntakeNews(number, accepted.words, accepted=accepted))

    def _fail(self, number: int | None, error: ConsoleError) -> None:
        self._say(number, f"{error.what} {error.why}".strip(), error.fix)

    def _say(self, number: int | None, words: str, fix: str) -> None:
        """Once, until it is another reason."""
        if self._told.get(number) != words:
            self._told[number] = words
            self._tell(IntakeNews(number, words, fix))
