"""Whose logs are read, of all submissions: recorded, or their last words only.

Recorded is what is active, as far as there is room, and what a screen shows. Unattended, also what
ended lately with a pod; of all else that has ended the last words are read. Knows neither the watch
nor the list: it attends to whom the fleet names, and marks whose row is another one by that.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta

from console.domain.board import BoardSnapshot
from console.domain.facts import JobFacts
from console.domain.turns import is_in_line
from console.errors import ConsoleError
from console.operations.services import Services
from console.operations.task_guard import OnDeath, TaskGuard
from console.operations.watching.fleet_rows import Key
from console.operations.watching.follower import Follower
from console.operations.watching.room import has_room, most_followed
from console.operations.watching.single_look import last_words

log = logging.getLogger(__name__)

LOOKS_AT_ONCE = 2
RETRY_SECONDS = 5.0
ENDED_LATELY = timedelta(days=1)
"""Whose pod is still there is recorded whole; older ones are many, and gone soon if ever wanted."""


class WhoseLogs:
    """Belongs to the event loop of the fleet."""

    def __init__(
        self,
        services: Services,
        followers: Mapping[Key, Follower],
        changed: set[Key],
        *,
        most: int | None,
        unattended: bool,
    ) -> None:
        """`changed`: where it is written whose row is another one."""
        self._services, self._followers, self._changed = services, followers, changed
        self._unattended = unattended
        self._most = most_followed() if most is None else most
        self.listed = False
        """Every Job has its pods by now: what lacks one has none."""
        self.opened: set[Key] = set()
        """Those that a screen shows by themselves."""
        self.recorded: set[Key] = set()
        """Whose logs are read at present."""
        self.unfollowed: set[Key] = set()
        """Active, and no room to record them."""
        self.visible: frozenset[Key] = frozenset()
        """Whose rows are on a screen."""
        self._read: dict[Key, str] = {}
        """The uid of the ended Job whose last words are on the board, or being read."""
        self._looking: set[Key] = set()
        self._looks = asyncio.Semaphore(LOOKS_AT_ONCE)
        self._guard: TaskGuard | None = None
        self._died: OnDeath = lambda name, error: None

    def begin(self, guard: TaskGuard, died: OnDeath) -> None:
        """Reads within that guard; what was opened before it was there, first."""
        self._guard, self._died = guard, died
        for key in list(self.opened):
            self.attend(key)

    @property
    def busy(self) -> bool:
        return bool(self.recorded or self.unfollowed or self._looking)

    def is_unread(self, key: Key, board: BoardSnapshot) -> bool:
        """Its last words are not on its board, or not all of them."""
        read = board.job is not None and self._read.get(key) == board.job.uid
        return board.ended and (key in self._looking or not read)

    def unheard(self) -> frozenset[Key]:
        """Ended ones whose last words are not on their boards, and those that nobody records."""
        boards = ((key, each.board) for key, each in self._followers.items())
        unread = (key for key, b in boards if not b.vanished and self.is_unread(key, b))
        return frozenset(self.unfollowed).union(unread)

    def remark(self, key: Key) -> str:
        """What a reader of its row must know; empty where nothing is amiss."""
        if key not in self.unfollowed:
            return ""
        return f"Its logs are not recorded: at most {self._most} are followed at once."

    def open(self, key: Key) -> None:
        """A screen shows it by itself: it is recorded, even if it has ended."""
        self._read.pop(key, None)  # last words that a row has told are not all that was said
        self.attend(key)

    def make_room(self) -> None:
        """Something has ended: who waited may be recorded now."""
        for key in list(self.unfollowed):
            self.attend(key)
            self._changed.add(key)

    def look_at_visible(self) -> None:
        """Their rows have come onto a screen."""
        for key in self.visible & self._followers.keys():
            self.attend(key)

    def may_forget(self, key: Key) -> bool:
        return key not in self.opened and key not in self.recorded

    def forget(self, key: Key) -> None:
        self._read.pop(key, None)

    def attend(self, key: Key) -> None:
        """Record what is active, and what a screen shows; read what has ended and is visible.

        What waits for its turn has nothing to tell, and takes no room from what runs.
        """
        board = self._followers[key].board
        self.unfollowed.discard(key)
        if self._guard is None or board.job is None or key in self.recorded:
            return
        if key not in self.opened and board.pod_gone and is_in_line(board.job):
            return
        active = not board.ended or board.pod_lives
        if active:
            self._read.pop(key, None)
        if key in self.opened:
            if self._read.get(key) != board.job.uid:
                self._record(self._guard, key)
        elif active or self._is_left_to_read(key, board):
            if self._has_room(board):
                self._record(self._guard, key)
            else:
                self.unfollowed.add(key)
        elif key in self.visible or (self._unattended and self.listed):
            self._look_at(self._guard, key, board.job)

    def _has_room(self, board: BoardSnapshot) -> bool:
        return has_room(board, (self._followers[each].board for each in self.recorded), self._most)

    def _is_left_to_read(self, key: Key, board: BoardSnapshot) -> bool:
        """Nobody recorded it, perhaps: its logs go with its pod, and its events after an hour."""
        job = board.job
        if not self._unattended or job is None or (board.pod_gone and not self.listed):
            return False
        ended = job.ended_at
        lately = ended is None or self._services.clock() - ended < ENDED_LATELY
        return lately and self._read.get(key) != job.uid

    def _record(self, guard: TaskGuard, key: Key) -> None:
        self.recorded.add(key)
        guard.start(f"follow {'/'.join(key)}", self._follow(key), self._died)

    async def _follow(self, key: Key) -> None:
        """To the submission's end; taken up again if following itself fails."""
        follower = self._followers[key]
        try:
            while True:
                try:
                    await follower.record()
                    break
                except ConsoleError as error:
                    log.error("%s", error)
                await asyncio.sleep(RETRY_SECONDS)
            if (job := follower.board.job) is not None:
                self._read[key] = job.uid
        finally:
            self.recorded.discard(key)
            self._changed.add(key)

    def _look_at(self, guard: TaskGuard, key: Key, job: JobFacts) -> None:
        """Once for each Job: a log that cannot be read now is not asked for at every change."""
        if self._read.get(key) != job.uid:
            self._read[key] = job.uid
            self._looking.add(key)
            guard.start(f"look at {'/'.join(key)}", self._look(key, job.uid), self._died)

    async def _look(self, key: Key, uid: str) -> None:
        """What its recording and logcopy's log tell, unless nobody sees the row any more."""
        try:
            async with self._looks:
                follower = self._followers.get(key)
                if follower is None or not (key in self.visible or self._unattended):
                    self._read.pop(key, None)
                    return
                async for event in last_words(self._services, follower.board):
                    if (job := follower.board.job) is None or job.uid != uid:
                        return
                    follower.show(event)
        except ConsoleError as error:
            log.warning("No result of %s/%s: %s", *key, error.what)
        finally:
            self._looking.discard(key)
            self._changed.add(key)
