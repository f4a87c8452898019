"""All submissions of a namespace: one watch, which feeds a follower of each, one list.

Whose logs are read for it `whose_logs` decides, and what is written in a row `fleet_rows`.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Iterable
from typing import Any

from console.domain.board import CONNECTING, BoardSnapshot
from console.domain.events import ConnectionChanged, Event, JobVanished
from console.domain.facts import JobFacts
from console.domain.fleet import READING, FleetSnapshot
from console.operations.recording.shared_looks import SharedLooks
from console.operations.services import Services
from console.operations.task_guard import TaskGuard, failure
from console.operations.watching.fleet_rows import FleetRows, Key
from console.operations.watching.follower import Follower
from console.operations.watching.published_marks import PublishedMarks
from console.operations.watching.slow_pairs import SlowPairs
from console.operations.watching.whose_logs import WhoseLogs

PUBLISH_EVERY = 0.2


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
        self.snapshot = FleetSnapshot(why=READING)
        self.changed = asyncio.Event()
        self._pace = SharedLooks()
        self._followers: dict[Key, Follower] = {}
        """Of every submission that was seen, or asked for."""
        self._slow = SlowPairs(services)
        self.published = PublishedMarks(services)
        self._changed: set[Key] = set()
        """Whose board is another one than in the snapshot."""
        self._logs = WhoseLogs(
            services, self._followers, self._changed, most=most, unattended=unattended
        )
        self._rows = FleetRows(
            self._slow.of, self.published.of, self._logs.is_unread, self._is_unheard
        )
        self._vanished: set[Key] = set()
        """Deleted, and not forgotten yet."""
        self._connection: ConnectionChanged | None = None
        self._ever_live = False
        self._why, self._dirty = READING, False
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self) -> None:
        """Until cancelled; followers and everything else end with it."""
        self._loop = asyncio.get_running_loop()
        async with TaskGuard(self._logs.make_room) as guard:
            guard.start("fleet watch", self._watch(), self._watch_died)
            guard.start("slow pairs", self._slow.run(), self._stopped)
            marks = self.published.run(self._boards, self._changed)
            guard.start("published", marks, self._stopped)
            self._logs.begin(guard, self._stopped)
            while True:
                await asyncio.sleep(PUBLISH_EVERY)
                self.publish()

    def follower(self, namespace: str, name: str) -> Follower:
        """The follower of that submission; it is recorded from now on, even if it has ended."""
        # The follower is made in the caller's thread, so that its board can be read at once; what
        # reads logs for it begins in the loop's.
        key = (namespace, name)
        if key not in self._logs.opened:
            self._follower(key)
            self._logs.opened.add(key)
            self._soon(self._open, key)
        return self._followers[key]

    def show_rows(self, keys: Iterable[Key]) -> None:
        """Those rows are on a screen: of the ended ones among them the last words are read."""
        visible = frozenset(keys)
        if visible != self._logs.visible:
            self._logs.visible = visible
            self._soon(self._logs.look_at_visible)

    def board(self, namespace: str, name: str) -> BoardSnapshot:
        """Its follower's board, with what only all submissions together tell."""
        return self._rows.with_meetings(self.follower(namespace, name).board)

    def listed_board(self, namespace: str, name: str) -> BoardSnapshot:
        """The same of a row of the list, which is recorded no more for it than it is."""
        if (found := self._followers.get((namespace, name))) is None:
            why = CONNECTING if self._is_first else self._why
            return BoardSnapshot(namespace, name, live=False, stale_why=why)
        return self._rows.with_meetings(found.board)

    @property
    def active(self) -> int:
        """How many have not ended."""
        return sum(not (board.ended or board.vanished) for board in self._boards() if board.job)

    def _boards(self) -> list[BoardSnapshot]:
        # Copied: another thread may add one meanwhile.
        return [each.board for each in list(self._followers.values())]

    @property
    def recorded(self) -> int:
        """Of how many the logs are read now."""
        return len(self._logs.recorded)

    @property
    def unrecorded(self) -> tuple[str, ...]:
        """The names of those for which there is no room."""
        return tuple(sorted("/".join(key) for key in self._logs.unfollowed))

    @property
    def busy(self) -> bool:
        """Something is read, or has not ended."""
        return self._logs.busy or bool(self.active)

    @property
    def turns(self) -> tuple[JobFacts, ...]:
        """As of the snapshot: the Jobs that take turns, while one of them waits. All, or none."""
        return self._rows.turns if self.snapshot.live else ()

    def unheard(self) -> frozenset[Key]:
        """Ended ones whose last words are not on their boards, and those that nobody records."""
        return self._logs.unheard()

    def uid(self, namespace: str, name: str) -> str | None:
        """Of the Job of that name that there is, if it has come by the watch."""
        board = self.listed_board(namespace, name)
        return board.job.uid if board.job and not board.vanished else None

    def _open(self, key: Key) -> None:
        if self._connection is not None:
            self._followers[key].learn(self._connection)
        self._logs.open(key)

    def _soon(self, work: Callable[..., None], *what: Any) -> None:
        if self._loop is not None and self._loop.is_running():
            self._loop.call_soon_threadsafe(work, *what)

    def _follower(self, key: Key) -> Follower:
        """One, whichever thread asks first."""
        if (found := self._followers.get(key)) is not None:
            return found
        changed = functools.partial(self._changed.add, key)
        made = Follower(self._services, *key, on_change=changed, pace=self._pace)
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
        self._ever_live = self._ever_live or event.live
        self._logs.listed = event.live
        for key, follower in list(self._followers.items()):
            # A list names all Jobs that there are: one that it lacks was deleted while nobody
            # watched.
            if event.live and follower.board.job is None:
                follower.learn(JobVanished(event.at))
            follower.learn(event)
            self._logs.attend(key)
        if event.live and not self.snapshot.live:
            # The list is whole from here on: a screen that has just opened waits for this.
            self.publish()

    def _learn(self, key: Key, event: Event) -> None:
        if key not in self._followers and self._connection is not None:
            self._follower(key).learn(self._connection)
        self._follower(key).learn(event)
        self._logs.attend(key)

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
        rows, boards = self._rows.rows, dict(self._rows.boards)
        heard = len(rows) if self._is_first else None
        self.snapshot = FleetSnapshot(rows, self._logs.listed, self._why, now, boards, heard)
        self.changed.set()

    def _forget_deleted(self) -> None:
        """A console is open for weeks: what the cluster no longer has is kept for screens only."""
        for key in list(self._vanished):
            # A Job of the same name may have been made since.
            if not self._followers[key].board.vanished:
                self._vanished.discard(key)
            elif self._logs.may_forget(key):
                self._vanished.discard(key)
                del self._followers[key]
                self._logs.forget(key)
                self._rows.forget(key)

    def _remark(self, key: Key, board: BoardSnapshot) -> str:
        """What a reader of this row must know of its age and of its recording."""
        if unrecorded := self._logs.remark(key):
            return unrecorded
        if self._is_first:
            return ""
        if not board.live and (not board.ended or board.pod_lives):
            return f"Not live: {board.stale_why}"
        return ""

    @property
    def _is_first(self) -> bool:
        """The first list is being read: nobody has said yet whether it can be."""
        return self._connection is None

    def _is_unheard(self, board: BoardSnapshot) -> bool:
        """Whether it has a pod is not known: no list of them has been whole yet."""
        return not self._ever_live and board.pod is None

    def _watch_died(self, name: str, error: BaseException) -> None:
        """Without its watch the list is old, and says so."""
        self._connected(ConnectionChanged(self._services.clock(), False, failure(name, error)))

    def _stopped(self, name: str, error: BaseException) -> None:
        """The guard has logged it; the board stays as it was, the next event begins anew."""
        self._dirty = True
