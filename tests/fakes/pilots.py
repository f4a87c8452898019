"""An app over a fake backend, and waiting for what a screen shows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fakes.measuring import cpu_seconds
from fakes.screens import FakeBackend
from textual.pilot import Pilot

from console.tui.app import ConsoleApp
from console.tui.submission_source import Recordings
from console.tui.whereabouts import Contexts

DEADLINE = cpu_seconds(30.0)


@asynccontextmanager
async def opened(
    backend: FakeBackend,
    size: tuple[int, int] = (120, 40),
    recordings: Recordings | None = None,
    contexts: Contexts | None = None,
    first_line: str = "",
) -> AsyncIterator[tuple[ConsoleApp, Pilot[None]]]:
    app = ConsoleApp(backend, recordings=recordings, contexts=contexts)
    app.first_line = first_line
    # What a stalled machine shows late must not have been taken away meanwhile.
    app.NOTIFICATION_TIMEOUT = 2 * DEADLINE  # type: ignore[misc]
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: ("start",) in backend.asked)
        yield app, pilot


async def until(
    pilot: Pilot[Any], condition: Callable[[], object], seconds: float = DEADLINE
) -> None:
    """Let the app work until the condition holds, most of the time: a look may render all of it."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(max(0.02, min(0.2, 9 * (loop.time() - began))))
                began = loop.time()
    except TimeoutError:
        raise AssertionError(f"the screen never showed it; it shows\n{seen(pilot.app)}") from None


def seen(app: Any) -> str:
    """Everything on the screen as text, row by row."""
    lines = app.screen._compositor.render_strips(app.size)
    return "\n".join(strip.text.rstrip() for strip in lines)


async def shows(pilot: Pilot[Any], *texts: str) -> None:
    """Wait until all of these are somewhere on the screen, and a key acts on it."""

    def shown() -> bool:
        app = pilot.app
        # What lies beneath a screen that leaves can be rendered here before it was drawn: the
        # console drops a key of that moment.
        if isinstance(app, ConsoleApp) and not app.gate.is_open:
            return False
        screen = seen(app)
        return all(text in screen for text in texts)

    await until(pilot, shown)
