"""Submissions that were launched together, followed to the end of the last; what waits is started.

Knows no terminal: news are told as two boards of one submission, before and after.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from console.domain.board import CONNECTING, BoardSnapshot
from console.domain.events import JobVanished
from console.domain.folding import fold
from console.operations.services import Services
from console.operations.watching.fleet import Fleet
from console.operations.watching.taking_turns import TakingTurns

LOOK_EVERY = 0.25

News = Callable[[BoardSnapshot, BoardSnapshot], None]


class FollowedBatch:
    """`run` until all have ended; `boards` has the last of each, by name."""

    def __init__(self, services: Services, namespace: str, uids: Mapping[str, str]) -> None:
        """`uids`: of the Jobs, by name; a later namesake is not meant."""
        self._services, self._namespace, self._uids = services, namespace, dict(uids)
        self._fleet = Fleet(services, namespace)
        self._turns = TakingTurns(services)
        unseen = BoardSnapshot(namespace, "", live=False, stale_why=CONNECTING)
        self.boards = {name: replace(unseen, name=name) for name in uids}

    @property
    def open(self) -> tuple[str, ...]:
        """The names of those that have not ended, or whose last words are not read yet."""
        unheard = self._fleet.unheard()
        return tuple(
            name
            for name, board in self.boards.items()
            if not (board.vanished or (board.settled and (self._namespace, name) not in unheard))
        )

    async def run(self, tell: News) -> None:
        """Raises what ends the watch itself for good."""
        self._fleet.show_rows((self._namespace, name) for name in self._uids)
        task = asyncio.create_task(self._fleet.run(), name="fleet of a batch")
        try:
            while self.open:
                done, _ = await asyncio.wait({task}, timeout=LOOK_EVERY)
                if done:
                    return task.result()
                own = self._uids.values()
                await self._turns.step(job for job in self._fleet.turns if job.uid in own)
                self._look(tell)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _look(self, tell: News) -> None:
        for name in self._uids:
            before, now = self.boards[name], self._now(name)
            if now is not before:
                self.boards[name] = now
                tell(before, now)

    def _now(self, name: str) -> BoardSnapshot:
        """Once it was seen or the list is whole, one that is not there was deleted."""
        known = self.boards[name]
        board = self._fleet.listed_board(self._namespace, name)
        if board.job is not None and board.job.uid == self._uids[name]:
            return board
        if not self._fleet.snapshot.live or known.vanished:
            return known
        return fold(known, JobVanished(self._services.clock()))
