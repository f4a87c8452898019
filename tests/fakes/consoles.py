"""One submission with a console that follows it, those that look late, and whether they agree."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fakes.embedded import Embedded

from console import paths
from console.cli.documents import board_document, row_document
from console.domain.board import BoardSnapshot
from console.operations.outcome.row import row_of
from console.operations.services import Services
from console.operations.submitting.launch import launch
from console.operations.watching.follower import Follower
from console.operations.watching.single_look import board_once
from console.recorder.recorder import Recorder
from console.specs.compose import Composed
from console.specs.validation import Judged

UNTOLD = (None, "unknown", "unwatched")
APART = {
    f".{part}"
    for part in (
        *("board.streams", "board.staleSince", "board.live"),  # what a console sees by itself
        *("board.pod", "board.node"),  # what a cluster forgets
        *("board.reason", "row.reason"),  # sentences: a lower bound is told as one
    )
}
BOUNDS = ("restartsAtLeast", "atLeast")
NEWS = 5
WEAKER = ("it is gone",)
"""Said of a lost pod whose end nothing proves any more."""


def differences(early: Any, late: Any, where: str = "") -> Iterator[str]:
    """Fields that say something else; an unknown one says nothing, a bound not more than is so."""
    if late in UNTOLD or late in WEAKER or where in APART:
        return
    if isinstance(early, dict) and isinstance(late, dict):
        for key in late:
            yield from differences(early.get(key), late[key], f"{where}.{key}")
    elif isinstance(early, list) and isinstance(late, list) and len(early) == len(late):
        for number, (one, other) in enumerate(zip(early, late, strict=True)):
            yield from differences(one, other, f"{where}[{number}]")
    elif early != late and not (where.endswith(BOUNDS) and late < early):
        yield f"{where}: {early!r} early, {late!r} late"


def facts(board: BoardSnapshot) -> dict[str, Any]:
    """Everything that any view shows of it."""
    pairs = [
        {"since": pair.since if pair.since_exact else None, "first": pair.first_death}
        for pair in board.pairs
    ]
    document = board_document(board)
    document["events"].sort(key=lambda each: (each["lastSeen"], each["about"], each["message"]))
    return {"board": document, "row": row_document(row_of(board)), "times": pairs}


class Consoles:
    """`here` has the recording that the follower makes, `elsewhere` is another machine."""

    def __init__(self, embedded: Embedded, folder: Path, name: str) -> None:
        self.name = name
        self.here, self.elsewhere = (
            Services(embedded.cluster, Recorder(folder / name / each), lambda: datetime.now(UTC))
            for each in ("here", "elsewhere")
        )
        self.follower = Follower(self.here, "default", name)
        self.following: asyncio.Future[None] = asyncio.Future()

    @property
    def board(self) -> BoardSnapshot:
        return self.follower.board

    async def until(self, told: Callable[[BoardSnapshot], object]) -> BoardSnapshot:
        """Once the follower's board says so."""
        try:
            async with asyncio.timeout(120):
                while not told(self.follower.board):
                    self.follower.changed.clear()
                    await self.follower.changed.wait()
        except TimeoutError:
            raise AssertionError(board_document(self.follower.board)) from None
        return self.follower.board

    async def read_to_the_end(self) -> None:
        """Until the follower has read all that an ended submission has said."""
        async with asyncio.timeout(60):
            await self.following

    async def late(self) -> tuple[BoardSnapshot, BoardSnapshot]:
        """What somebody sees who looks now, here and elsewhere."""
        here = await board_once(self.here, "default", self.name)
        return here, await board_once(self.elsewhere, "default", self.name)

    async def agree(self) -> None:
        """Of a submission at rest: whoever looks late says nothing else than who saw it all.

        A cluster still counts its events: what one has not heard yet, it hears in a moment.
        """
        for _ in range(NEWS):
            early = facts(self.follower.board)
            found = [each for late in await self.late() for each in differences(early, facts(late))]
            if not found:
                return
            self.follower.changed.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.follower.changed.wait(), 1.0)
        raise AssertionError(f"{self.name}: {found}")


@contextlib.asynccontextmanager
async def launched(embedded: Embedded, folder: Path, composed: Composed) -> AsyncIterator[Consoles]:
    """It runs, and a console follows it."""
    consoles = Consoles(embedded, folder, composed.plan.name)
    await launch(consoles.here, Judged(composed).valid)
    consoles.following = asyncio.create_task(consoles.follower.run())
    try:
        yield consoles
    finally:
        consoles.following.cancel()
        await asyncio.gather(consoles.following, return_exceptions=True)


def agent_that(tag: str, scenario: str) -> str:
    """The image of a stand-in agent that does what that scenario says."""
    file = paths.state() / "scenarios" / f"{tag}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(scenario)
    return f"console.local/team-agent:{tag}"
