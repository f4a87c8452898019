"""Following a run from the command line: narration on stderr until it has ended."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable

import msgspec

from console.cli import narration
from console.cli.interruptions import telling
from console.domain.board import BoardSnapshot
from console.operations.ports.cluster import ClusterDescription
from console.operations.services import Services
from console.operations.shell_commands import carla_console
from console.operations.watching.follower import Follower
from console.operations.watching.inspected import follower_inspector
from console.presentation.verdicts import answers

SECONDS_BETWEEN_NEWS = 0.5


class Followed(msgspec.Struct, frozen=True):
    """A run that was followed to its end, and where."""

    board: BoardSnapshot
    where: ClusterDescription

    @property
    def logs_command(self) -> str:
        """What shows the recorded logs of it."""
        words = ("logs", self.board.name, "--recorded", "-c", "CONTAINER")
        return carla_console(self.where, *words, namespace=self.board.namespace)


async def follow_to_the_end(
    services: Services, namespace: str, name: str, *, outlives: bool = True
) -> Followed:
    """Tell the news of the run until it has ended; the last board.

    `outlives`: the cluster, and on it the run, does not end with this command.
    """
    follower = Follower(services, namespace, name)
    where = services.cluster.description
    with telling(lambda: (_left if outlives else _lost)(where, follower.board)):
        await _tell_all(services, follower)
    return Followed(follower.board, where)


def _left(where: ClusterDescription, board: BoardSnapshot) -> str:
    """The run does not depend on us."""
    again = carla_console(where, "status", board.name, "--watch", namespace=board.namespace)
    state = f"has ended as {board.status.value}" if board.ended else "goes on without this command"
    return f"{board.name} {state}; come back to it: {again}"


def _lost(where: ClusterDescription, board: BoardSnapshot) -> str:
    """The run ends with the cluster that this command started."""
    words = ("logs", board.name, "--recorded", "--all-containers")
    command = carla_console(where, *words, namespace=board.namespace)
    return f"{board.name} ends with the embedded cluster; what is recorded of it: {command}"


@contextlib.asynccontextmanager
async def news_of(follower: Follower) -> AsyncIterator[AsyncIterator[BoardSnapshot]]:
    """Its board, at most two a second, until the run has ended. Raises what following raises.

    Afterwards it has let go of everything: the connection that it reads from is closed next.
    """
    task = asyncio.create_task(follower.run(), name=f"follow {follower.board.name}")

    async def boards() -> AsyncIterator[BoardSnapshot]:
        ended = False
        while not ended:
            await asyncio.wait({task}, timeout=SECONDS_BETWEEN_NEWS)
            # Asked before the board is given: the run may end while it is being shown.
            ended = task.done()
            yield follower.board
        task.result()

    try:
        yield boards()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _tell_all(services: Services, follower: Follower) -> None:
    told, why = follower.board, frozenset[str]()
    inspector = follower_inspector(services, follower)
    from console.presentation.narrative import narrate

    async with news_of(follower) as boards:
        async for board in boards:
            found = answers(await asyncio.to_thread(inspector.of, board))
            _tell((*narrate(told, board), *(f"why: {e}" for e in found if e not in why)))
            told, why = board, why | frozenset(found)


def _tell(news: Iterable[str]) -> None:
    for sentence in news:
        narration.say(sentence)
