"""Whether a followed log that was read too slowly has leapt over lines: files that came and went.

A node goes from the end of a file to its newest one. Whoever is behind meets no error then, and no
line of the files between: only a later time. A container that said nothing meanwhile looks the
same, so the log is asked whether its newest file still has the line before. Knows no disk.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Callable, Iterator
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from console.errors import ConsoleError
from console.operations.ports.cluster import LogRequest, ResumePoint
from console.operations.recording.draining import drained
from console.operations.services import Services

LATE = timedelta(seconds=1)
"""That a line came later than others do: a node looks for files to rotate each few seconds, and a
whole one has come and gone only while its reader was behind for longer than that."""
PAUSE = timedelta(seconds=1)
"""Between two lines. Those of a whole file lie between them, if it was leapt over."""


class Leap(msgspec.Struct, frozen=True):
    """Two lines that followed one another, by their times as the cluster sent them."""

    before: str
    after: str


OnLeap = Callable[[Leap], None]


class Pieces:
    """Cuts the blocks of a stream where it may have leapt. Pure: told what time it is."""

    def __init__(self) -> None:
        self._whole_until: datetime | None = None
        """Lines of before are known to follow one another."""
        self._least: timedelta | None = None
        """How late a line came that came in time. The node's clock is another."""
        self._newest = ""
        self._late = False

    def is_whole(self, now: datetime) -> None:
        """The newest file holds the line that came last: it holds all that follow by now."""
        until = now - (self._least or timedelta())
        self._whole_until = max(until, self._whole_until or until)

    def opens(self, now: datetime) -> None:
        """A stream that begins in the newest file. What lies before is not its concern."""
        self._newest, self._late = "", False
        self.is_whole(now)

    def of(self, block: bytes, now: datetime) -> Iterator[Leap | bytes]:
        """The block in pieces, and each leap that may lie between two."""
        begin, head = 0, _stamp(block, 0)
        if self._late and (leap := self._leap(self._newest, head)) is not None:
            yield leap
        last = _stamp(block, block.rfind(b"\n", 0, len(block) - 1) + 1)
        # A block without a pause is taken as it is: a flood has no time for each line.
        if self._leap(head, last) is not None:
            for at, leap in self._inside(block, head):
                yield block[begin:at]
                yield leap
                begin = at
        self._comes(last, now)
        yield block[begin:] if begin else block

    def _inside(self, block: bytes, head: str) -> Iterator[tuple[int, Leap]]:
        """They came at once, so the first of the two came late."""
        at, before = block.find(b"\n") + 1, head
        while 0 < at < len(block):
            stamp = _stamp(block, at)
            if (found := self._leap(before, stamp)) is not None:
                yield at, found
            at, before = block.find(b"\n", at) + 1, stamp

    def _leap(self, before: str, after: str) -> Leap | None:
        begin, end = _moment(before), _moment(after)
        if begin is None or end is None or end - begin < PAUSE:
            return None
        known = self._whole_until is not None and end <= self._whole_until
        return None if known else Leap(before, after)

    def _comes(self, stamp: str, now: datetime) -> None:
        self._newest = stamp
        if (at := _moment(stamp)) is not None:
            lag = now - at
            self._least = lag if self._least is None else min(lag, self._least)
            self._late = lag - self._least >= LATE


class Leaps:
    """Of the log of one container, stream after stream."""

    def __init__(self, services: Services) -> None:
        self._services, self._pieces = services, Pieces()

    async def told(
        self, blocks: AsyncGenerator[bytes, None], request: LogRequest, leapt: OnLeap
    ) -> AsyncGenerator[bytes, None]:
        """The lines; `leapt` is called between two of them where some may be missing."""
        now, pieces = self._services.clock, self._pieces
        pieces.opens(now())
        async with contextlib.aclosing(blocks):
            async for block in blocks:
                if not request.follow:
                    yield block
                    continue
                for piece in pieces.of(block, now()):
                    if isinstance(piece, bytes):
                        yield piece
                    elif await self._rotated_since(request, piece.before):
                        leapt(piece)
                    else:
                        pieces.is_whole(now())

    async def _rotated_since(self, request: LogRequest, at: str) -> bool:
        """Whether the newest file is another one than that line's, as far as anybody can tell."""
        missing = False

        async def lacks() -> None:
            nonlocal missing
            missing = True

        point = ResumePoint(at, 1)
        asked = replace(
            request, follow=False, since=None, tail=None, after=point, tell_missing=True
        )
        try:
            lines = drained(self._services, asked, missing=lacks)
            async with contextlib.aclosing(lines) as blocks:
                async for _ in blocks:
                    break
        except ConsoleError:
            return True
        return missing


def _stamp(block: bytes, begin: int) -> str:
    """The time of the line that begins there."""
    return block[begin : block.find(b" ", begin, begin + 40)].decode("ascii", "replace")


def _moment(stamp: str) -> datetime | None:
    try:
        return datetime.fromisoformat(stamp)
    except ValueError:
        return None
