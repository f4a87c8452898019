"""All submissions of a namespace: one watch, which feeds a follower of each, one list.

Who is recorded is decided here: what is active, as far as there is room, and what a screen shows.
Unattended, also what ended lately with a pod; of all else that has ended the last words are read.
"""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from console.domain.board import CONNECTING, BoardSnapshot
from console.domain.events import ConnectionChanged, Event, JobVanished
from console.domain.facts import JobFacts
from console.domain.fleet import FleetSnapshot
from console.domain.turns import is_in_line
from console.errors import ConsoleError
from console.operations.services import Services
from console.operations.task_guard import TaskGuard, failure
from console.operations.watching.fleet_rows import FleetRows, Key
from console.operations.watching.follower import Follower
from console.operations.watching.published_marks import PublishedMarks
from console.operations.watching.room import has_room, most_followed
from console.operations.watching.single_look import last_words
from console.operations.watching.slow_pairs import SlowPairs

log = logging.getLogger(__name__)

LOOKS_AT_ONCE = 2
PUBLISH_EVERY = 0.2
RETRY_SECONDS = 5.0
ENDED_LATELY = timedelta(days=1)
"""Whose pod is still there is recorded whole; older ones are many, and gone soon if ever wanted."""


class Fleet:
    """The list, live. Read `snapshot`; `changed` is set whenever it was replaced.

    Methods belong to the event loop of `run`; `follower`, `board`, `listed_board` and `show_rows`
    may be called from any thread.
    """

    def __init__(
        self,
        services: Services,
        namespace: str | None,
        *,
        most: int | None = None,
        unattended: bool = False,
    ) -> None:
        """`most`: how many submissions are recorded at the same time."""
        self._services, self.namespace = services, namespace
        self._unattended = unattended
        self._most = most_followed() if most is None else most
        self.snapshot = FleetSnapshot(why=CONNECTING)
        self.changed = asyncio.Event()
        self._followers: dict[Key, Follower] = {}
        """Of every submission that was seen, or asked for."""
        self._opened: set[Key] = set()
        """Those that a screen shows by themselves."""
        self._visible: frozenset[Key] = frozenset()
        self._recorded: set[Key] = set()
        """Whose logs are read at present."""
        self._unfollowed: set[Key] = set()
        """Active, and no room to record them."""
        self._read: dict[Key, str] = {}
        """The uid of the ended Job whose last words are on the board, or being read."""
        self._looking: set[Key] = set()
        self._slow = SlowPairs(services)
        self.published = PublishedMarks(services)
        self._rows = FleetRows(self._slow.of, self.published.of, self._is_unread)
        self._changed: set[Key] = set()
        """Whose board is another one than in the snapshot."""
        self._vanished: set[Key] = set()
        """Deleted, and not forgotten yet."""
        self._connection: ConnectionChanged | None = None
        self._why, self._dirty = CONNECTING, False
        self._looks = asyncio.Semaphore(LOOKS_AT_ONCE)
        self._guard: TaskGuard | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self) -> None:
        """Until cancelled; followers and everything else end with it."""
        self._loop = asyncio.get_running_loop()
        async with TaskGuard(self._make_room) as self._guard:
            self._guard.start("fleet watch", self._watch(), self._watch_died)
            self._guard.start("slow pairs", self._slow.run(), self._stopped)
            marks = self.published.run(self._boards, self._changed)
            self._guard.start("published", marks, self._stopped)
            for key in list(self._opened):
                self._attend(key)
            while True:
                await asyncio.sleep(PUBLISH_EVERY)
                self.publish()

    def follower(self, namespace: str, name: str) -> Follower:
        """The follower of that submission; it is recorded from now on, even if it has ended."""
        key = (namespace, name)
        if key not in self._opened:
            self._follower(key)
            self._opened.add(key)
            self._soon(self._open, key)
        return self._followers[key]

    def show_rows(self, keys: Iterable[Key]) -> None:
        """Those rows are on a screen: of the ended ones among them the last words are read."""
        visible = frozenset(keys)
        if visible != self._visible:
            self._visible = visible
            self._soon(self._look_at_visible)

    def board(self, namespace: str, name: str) -> BoardSnapshot:
        """Its follower's board, with what only all submissions together tell."""
        return self._rows.with_meetings(self.follower(namespace, name).board)

    def listed_board(self, namespace: str, name: str) -> BoardSnapshot:
        """The same of a row of the list, which is recorded no more for it than it is."""
        if (found := self._followers.get((namespace, name))) is None:
            return BoardSnapshot(namespace, name, live=False, stale_why=self._why)
        return self._rows.with_meetings(found.board)

    @property
    def active(self) -> int:
        """How many have not ended."""
        return sum(not (board.ended or board.vanished) for board in self._boards() if board.job)

    def _boards(self) -> list[BoardSnapshot]:
        return [each.board for each in list(self._followers.values())]

    @property
    def recorded(self) -> int:
        """Of how many the logs are read now."""
        return len(self._recorded)

    @property
    def unrecorded(self) -> tuple[str, ...]:
        """The names of those for which there is no room."""
        return tuple(sorted("/".join(key) for key in self._unfollowed))

    @property
    def busy(self) -> bool:
        """Something is read, or has not ended."""
        return bool(self._recorded or self._unfollowed or self._looking or self.active)

    @property
    def turns(self) -> tuple[JobFacts, ...]:
        """As of the snapshot: the Jobs that take turns, while one of them waits. All, or none."""
        return self._rows.turns if self.snapshot.live else ()

    def unheard(self) -> frozenset[Key]:
        """Ended ones whose last words are not on their boards, and those that nobody records."""
        boards = ((key, each.board) for key, each in self._followers.items())
        unread = (key for key, b in boards if not b.vanished and self._is_unread(key, b))
        return frozenset(self._unfollowed).union(unread)

    def _is_unread(self, key: Key, board: BoardSnapshot) -> bool:
        """Its last words are not on its board, or not all of them."""
        read = board.job is not None and self._read.get(key) == board.job.uid
        return board.ended and (key in self._looking or not read)

    def uid(self, namespace: str, name: str) -> str | None:
        """Of the Job of that name that there is, if it has come by the watch."""
        board = self.listed_board(namespace, name)
        return board.job.uid if board.job and not board.vanished else None

    def _open(self, key: Key) -> None:
        self._read.pop(key, None)  # last words that a row has told are not all that was said
        if self._connection is not None:
            self._followers[key].learn(self._connection)
        self._attend(key)

    def _soon(self, work: Callable[..., None], *what: Any) -> None:
        if self._loop is not None and self._loop.is_running():
            self._loop.call_soon_threadsafe(work, *what)

    def _follower(self, key: Key) -> Follower:
        """One, whichever thread asks first."""
        if (found := self._followers.get(key)) is not None:
            return found
        changed = functools.partial(self._changed.add, key)
        made = Follower(self._services, *key, on_change=changed)
        return self._followers.setdefault(key, made)

    async def _watch(self) -> None:
        async for namespace, name, event in self._services.cluster.watch_submissions(
            self.namespace
        ):
            if isinstance(event, ConnectionChanged):
                self._connected(event)
            else:
                self._learn((namespace, name), event)

    def _connected(self, event: ConnectionChanged) -> None:
        """Told to every board. What a screen waits for and a whole list lacks is not there."""
        self._connection, self._why, self._dirty = event, event.why, True
        for key, follower in list(self._followers.items()):
            if event.live and follower.board.job is None:
                follower.learn(JobVanished(event.at))
            follower.learn(event)
            self._attend(key)
        if event.live and not self.snapshot.live:
            # The list is whole from here on: a screen that has just opened waits for this.
            self.publish()

    def _learn(self, key: Key, event: Event) -> None:
        if key not in self._followers and self._connection is not None:
            self._follower(key).learn(self._connection)
        self._follower(key).learn(event)
        self._attend(key)

    def _attend(self, key: Key) -> None:
        """Record what is active, and what a screen shows; read what has ended and is visible.

        What waits for its turn has nothing to tell, and takes no room from what runs.
        """
        board = self._followers[key].board
        self._unfollowed.discard(key)
        if self._guard is None or board.job is None or key in self._recorded:
            return
        if key not in self._opened and board.pod_gone and is_in_line(board.job):
            return
        active = not board.ended or board.pod_lives
        if active:
            self._read.pop(key, None)
        if key in self._opened:
            if self._read.get(key) != board.job.uid:
                self._record(key)
        elif active or self._is_left_to_read(key, board):
            others = [self._followers[each].board for each in self._recorded]
            (self._record if has_room(board, others, self._most) else self._unfollowed.add)(key)
        elif key in self._visible or (self._unattended and self._listed):
            self._look_at(key)

    @property
    def _listed(self) -> bool:
        """Every Job has its pods by now: what lacks one has none."""
        return self._connection is not None and self._connection.live

    def _is_left_to_read(self, key: Key, board: BoardSnapshot) -> bool:
        """Nobody recorded it, perhaps: its logs go with its pod, and its events after an hour."""
        job = board.job
        if not self._unattended or job is None or (board.pod_gone and not self._listed):
            return False
        ended = job.ended_at
        lately = ended is None or self._services.clock() - ended < ENDED_LATELY
        return lately and self._read.get(key) != job.uid

    def _record(self, key: Key) -> None:
        assert self._guard is not None
        self._recorded.add(key)
        self._guard.start(f"follow {'/'.join(key)}", self._follow(key), self._stopped)

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
            self._recorded.discard(key)
            self._changed.add(key)

    def _make_room(self) -> None:
        """Something has ended: who waited may be recorded now."""
        for key in list(self._unfollowed):
            self._attend(key)
            self._changed.add(key)

    def _look_at_visible(self) -> None:
        for key in self._visible & self._followers.keys():
            self._attend(key)

    def _look_at(self, key: Key) -> None:
        """Once for each Job: a log that cannot be read now is not asked for at every change."""
        job = self._followers[key].board.job
        if self._guard is not None and job is not None and self._read.get(key) != job.uid:
            self._read[key] = job.uid
            self._looking.add(key)
            self._guard.start(f"look at {'/'.join(key)}", self._look(key, job.uid), self._stopped)

    async def _look(self, key: Key, uid: str) -> None:
        """What its recording and logcopy's log tell, unless nobody sees the row any more."""
        try:
            async with self._looks:
                follower = self._followers.get(key)
                if follower is None or not (key in self._visible or self._unattended):
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

    def publish(self) -> None:
        """A new snapshot if a board has changed since the last one, or has been silent so long."""
        now = self._services.clock()
        self._changed.update(self._rows.due(now))
        if not self._changed and not self._dirty:
            return
        boards = {k: self._followers[k].board for k in self._changed if k in self._followers}
        self._changed.clear()
        self._dirty = False
        self._rows.renew(boards, self._remark, now)
        self._vanished.update(key for key, board in boards.items() if board.vanished)
        self._forget_deleted()
        self.snapshot = FleetSnapshot(self._rows.rows, self._listed, self._why, now)
        self.changed.set()

    def _forget_deleted(self) -> None:
        """A console is open for weeks: what the cluster no longer has is kept for screens only."""
        for key in list(self._vanished):
            if not self._followers[key].board.vanished:
                self._vanished.discard(key)
            elif key not in self._opened and key not in self._recorded:
                self._vanished.discard(key)
                del self._followers[key]
                self._read.pop(key, None)
                self._rows.forget(key)

    def _remark(self, key: Key, board: BoardSnapshot) -> str:
        """What a reader of this row must know of its age and of its recording."""
        if key in self._unfollowed:
            return f"Its logs are not recorded: at most {self._most} are followed at once."
        if not board.live and (not board.ended or board.pod_lives):
            return f"Not live: {board.stale_why}"
        return ""

    def _watch_died(self, name: str, error: BaseException) -> None:
        """Without its watch the list is old, and says so."""
        self._connected(ConnectionChanged(self._services.clock(), False, failure(name, error)))

    def _stopped(self, name: str, error: BaseException) -> None:
        """The guard has logged it; the board stays as it was, the next event begins anew."""
        self._dirty = True
