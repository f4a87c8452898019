"""Writing a log into a file of the working directory, never over another file."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path

from console.operations.ports.recorder import LogView
from console.results import files
from console.tui.widgets.log_text import plain

BLOCK = 5_000
"""Log lines that are read at once."""


class SavingStopped(Exception):
    """The user has stopped it: there is no file."""


class Saving:
    """A log on its way to a file, which may be stopped from any thread."""

    def __init__(self) -> None:
        self.lines = 0
        """So far."""
        self.stopped = False

    def passing(self, blocks: Iterable[str]) -> Iterator[str]:
        """Raises SavingStopped."""
        for block in blocks:
            if self.stopped:
                raise SavingStopped
            yield block
            self.lines += block.count("\n")


async def save_log(
    name: str, view: LogView, marked: tuple[int, int] | None, saving: Saving
) -> Path:
    """A log, or lines marked[0]..marked[1]-1 of it, with timestamps; the new file.

    Control characters are made visible. Raises SavingStopped.
    """
    if marked:
        name += f".{marked[0] + 1}-{marked[1]}"
    blocks = saving.passing(log_blocks(view, *(marked or (0, None))))
    return await asyncio.to_thread(write_new, f"{name}.log", blocks)


def log_blocks(view: LogView, first: int = 0, stop: int | None = None) -> Iterator[str]:
    """Lines first..stop-1, or to the end, as text, a block at a time."""
    count = view.line_count() if stop is None else stop
    for start in range(first, count, BLOCK):
        lines = view.lines(start, min(start + BLOCK, count))
        yield "".join(plain(line, timestamps=True) + "\n" for line in lines)


def write_new(name: str, blocks: Iterable[str]) -> Path:
    """Write `name`, or `name` with a number, into the working directory; whole or not at all."""
    wanted = Path.cwd() / name.replace("/", "_")
    content = (block.encode() for block in blocks)
    return Path(files.write_new(str(wanted), content, permissions=files.PRIVATE))
