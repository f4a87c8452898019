"""The launch form: what opening it costs, and how long at most it keeps the keys from an answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from fakes.pilots import shows
from fakes.screens import FakeBackend
from fakes.terminals import in_terminal
from figure import Figure, at_most

from console.tui import garbage

SIZE = (120, 40)
OPENED = 5
AT_REST = 0.6
"""Seconds after which the form has been judged too."""


def figures() -> Iterator[Figure]:
    garbage.hold()
    yield from asyncio.run(_opened())


async def _opened() -> list[Figure]:
    """The first time all that it needs is imported; then the least of some times counts."""
    async with in_terminal(FakeBackend(), SIZE) as (pilot, _):
        await shows(pilot, "demo")
        await pilot.pause(AT_REST)
        spent, longest = [], []
        for _ in range(OPENED):
            with rounds() as taken:
                await pilot.press("n")
                await shows(pilot, "SUBMISSION")
                await pilot.pause(AT_REST)
            spent.append(sum(taken))
            longest.append(max(taken))
            await pilot.press("escape")
            await shows(pilot, "demo")
    first = at_most("opening the form holds the loop, the first time", longest[0] * 1e3, 100, "ms")
    again = at_most("opening the form holds the loop, later", min(longest[1:]) * 1e3, 100, "ms")
    return [Figure("opening the form: CPU", f"{min(spent) * 1e3:.0f} ms"), first, again]


@contextmanager
def rounds() -> Iterator[list[float]]:
    """Seconds of CPU of each round of the loop: a key that comes in one is taken up in the next."""
    taken: list[float] = []
    run = asyncio.BaseEventLoop._run_once  # type: ignore[attr-defined]

    def timed(loop: asyncio.BaseEventLoop) -> None:
        began = time.thread_time()
        run(loop)
        taken.append(time.thread_time() - began)

    with patch.object(asyncio.BaseEventLoop, "_run_once", timed):
        yield taken
