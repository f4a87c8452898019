"""Following from the command line lets go of everything before its connection is closed."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from console.cli.following import news_of
from console.domain.board import BoardSnapshot, SubmissionStatus
from console.errors import ConsoleError


class Reader:
    """Follows until it is told to stop, and needs a while to let go."""

    def __init__(self, fault: ConsoleError | None = None) -> None:
        self.board = BoardSnapshot("races", "demo")
        self.holds, self.fault = asyncio.Event(), fault

    async def run(self) -> None:
        self.holds.set()
        if self.fault:
            raise self.fault
        try:
            await asyncio.Event().wait()
        finally:
            for _ in range(5):
                await asyncio.sleep(0)
            self.holds.clear()


async def watch(reader: Reader) -> None:
    async with news_of(reader) as boards:  # type: ignore[arg-type]
        async for _ in boards:
            pass


async def test_nothing_is_read_any_more_once_a_signal_has_ended_it() -> None:
    reader = Reader()
    watching = asyncio.create_task(watch(reader))
    await reader.holds.wait()
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching
    assert not reader.holds.is_set()


async def test_what_ends_the_following_is_told() -> None:
    with pytest.raises(ConsoleError, match="stopped"):
        await watch(Reader(ConsoleError("Following stopped.")))


async def test_the_end_is_shown_though_it_comes_while_the_board_before_is_being_shown() -> None:
    class Ending(Reader):
        async def run(self) -> None:
            await self.holds.wait()
            self.board = replace(self.board, status=SubmissionStatus.COMPLETE)

    reader, shown = Ending(), []
    async with news_of(reader) as boards:  # type: ignore[arg-type]
        async for board in boards:
            shown.append(board.status)
            reader.holds.set()
            for _ in range(5):
                await asyncio.sleep(0)
    assert shown[-1] is SubmissionStatus.COMPLETE
    assert len(shown) == 2
