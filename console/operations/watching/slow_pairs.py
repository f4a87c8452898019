"""Since when pairs of a list are slow: what their routes usually take, read beside the list.

Read once for each kind of routes that somebody drives, in a thread, and now and then again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime

from console.domain.attention import NEVER
from console.domain.board import BoardSnapshot, PairStatus
from console.domain.drive_times import routes_of
from console.domain.estimates import slow_at
from console.domain.usual_times import UsualTimes
from console.errors import ConsoleError
from console.operations.recording.past_drives import usual_of
from console.operations.services import Services

log = logging.getLogger(__name__)
LOOK_SECONDS = 2.0
OLD_AFTER = 600.0


class SlowPairs:
    """For one list: `of` answers at once with what is known by then, `run` gets to know it."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._known: dict[str, UsualTimes] = {}
        self._old: set[str] = set()
        """Of those: what is to be read again, and holds until then."""
        self._wanted: dict[str, BoardSnapshot] = {}
        """One that drives them, for each kind of routes that is to be read."""

    def of(self, board: BoardSnapshot) -> Mapping[int, datetime]:
        """By pair, when its present route has taken too long."""
        if not any(pair.status is PairStatus.DRIVING for pair in board.pairs):
            return NEVER
        routes = routes_of(board)
        known = self._known.get(routes)
        if routes and (known is None or routes in self._old):
            self._wanted[routes] = board
        return NEVER if known is None else slow_at(board, known)

    def grow_old(self) -> None:
        """What is known is read again where somebody drives it still; the rest is forgotten."""
        self._known = {each: self._known[each] for each in self._known.keys() - self._old}
        self._old = {*self._known}

    async def run(self) -> None:
        """Until cancelled. A disk that does not tell them leaves them unknown for a while."""
        if self._services.store is None:
            return
        loop = asyncio.get_running_loop()
        forget_at = loop.time() + OLD_AFTER
        while True:
            await self.read()
            await asyncio.sleep(LOOK_SECONDS)
            if loop.time() >= forget_at:
                self.grow_old()
                forget_at = loop.time() + OLD_AFTER

    async def read(self) -> None:
        """What is wanted by now."""
        wanted, self._wanted = self._wanted, {}
        for routes, board in wanted.items():
            self._known[routes] = await asyncio.to_thread(self._read, board)
            self._old.discard(routes)

    def _read(self, board: BoardSnapshot) -> UsualTimes:
        try:
            return usual_of(self._services, self._services.store, board, None)
        except ConsoleError as error:
            log.warning("What routes usually take cannot be read: %s", error.what)
            return UsualTimes()
