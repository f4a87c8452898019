"""A terminal in memory: what an app writes to it, and what stands there then."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fakes.screens import FakeBackend
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot

from console.tui.app import ConsoleApp
from console.tui.submission_source import Recordings

_SEQUENCE = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[[0-9;?]*[a-zA-Z]|([^\x1b])")


class RecordingDriver(HeadlessDriver):
    """Takes everything that would go to a terminal."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.written: list[str] = []

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        self.written.append(data)

    def take(self) -> str:
        """What was written since the last take."""
        taken = "".join(self.written)
        self.written.clear()
        return taken


class Glass:
    """The cells of a terminal, as far as an app in full screen moves and writes."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], str] = {}

    def take(self, written: str) -> None:
        """Show what was written; colours are not kept."""
        x = y = 0
        for found in _SEQUENCE.finditer(written):
            row, column, glyph = found.groups()
            if row:
                x, y = int(column) - 1, int(row) - 1
            elif glyph == "\n":
                x, y = 0, y + 1
            elif glyph:
                self._cells[x, y] = glyph
                x += 1

    def text(self, width: int, height: int) -> str:
        rows = ("".join(self._cells.get((x, y), " ") for x in range(width)) for y in range(height))
        return "\n".join(row.rstrip() for row in rows)


@asynccontextmanager
async def in_terminal(
    backend: FakeBackend,
    size: tuple[int, int] = (160, 45),
    recordings: Recordings | None = None,
) -> AsyncIterator[tuple[Pilot[None], RecordingDriver]]:
    """The console in a terminal whose input is a pilot."""
    app = ConsoleApp(backend, recordings=recordings)
    app.driver_class = RecordingDriver
    async with app.run_test(headless=False, size=size, notifications=True) as pilot:
        assert isinstance(app._driver, RecordingDriver)
        yield pilot, app._driver
