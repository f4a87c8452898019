"""All submissions of a namespace: one watch, a follower for each that is active, one list."""

from __future__ import annotations

import asyncio
import logging
import resource
from collections.abc import Mapping

from console.domain.board import BoardSnapshot
from console.domain.events import (
    ConnectionChanged,
)
from console.domain.fleet import FleetSnapshot, SubmissionRow, listed_first
from console.domain.folding import fold
from console.domain.gpu_meetings import meetings, met_by, words
from console.domain.progress import MergeProblem
from console.errors import ConsoleError
from console.operations.services import Services
from console.operations.task_guard import TaskGuard
from console.operations.watching.fleet_row import row_of
from console.operations.watching.follower import Follower
from console.operations.watching.single_look import board_once

log = logging.getLogger(__name__)

MOST_FOLLOWED = 64
"""Measured: 64 submissions, 576 logs of five lines a second, take 4% of a core and 61 MB."""
FILES_OF_ONE = 24
"""Connections and spools of one followed submission, rounded up."""
FILES_OF_OURS = 200
"""What the rest of the console may have open."""
LOOKS_AT_ONCE = 2
PUBLISH_EVERY = 0.2
RETRY_SECONDS = 5.0

Key = tuple[str, str]


def most_followed() -> int:
    """As many as the limit of open files allows; it is 1024 on many systems."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return MOST_FOLLOWED
    return min(max((files - FILES_OF_OURS) // FILES_OF_ONE, 1), MOST_FOLLOWED)


class Fleet:
    """The list, live. Read `snapshot`; `changed` is set whenever it was replaced.

    Methods belong to the event loop of `run`; `follower` may be called from any thread.
    """

    def __init__(
        self, services: Services, namespace: str | None, *, most: int | None = None
    ) -> None:
        """`most`: how many submissions are followed by themselves at the same time."""
        self._services, self._namespace = services, namespace
        self._most = most_followed() if most is None else most
        self.snapshot = FleetSnapshot(why="Connecting.")
        self.changed = asyncio.Event()
        self._boards: dict[Key, BoardSnapshot] = {}
        self._followers: dict[Key, Follower] = {}
        self._unfollowed: set[Key] = set()
        """Active, and no room to follow them."""
        self._looked: dict[Key, BoardSnapshot] = {}
        self._rows: dict[Key, SubmissionRow] = {}
        self._shown: dict[Key, BoardSnapshot] = {}
        self._meetings: Mapping[Key, tuple[MergeProblem, ...]] = {}
        self._met: dict[Key, tuple[BoardSnapshot, BoardSnapshot]] = {}
        self._live, self._why, self._dirty = False, "Connecting.", False
        self._looks = asyncio.Semaphore(LOOKS_AT_ONCE)
        self._guard: TaskGuard | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self) -> None:
        """Until cancelled; followers and everything else end with it."""
        self._loop = asyncio.get_running_loop()
        async with TaskGuard(self._task_died, self._make_room) as self._guard:
            self._guard.start("fleet watch", self._watch())
            for key in list(self._followers):
                self._start(key)
            while True:
                await asyncio.sleep(PUBLISH_EVERY)
                self._publish()

    def follower(self, namespace: str, name: str) -> Follower:
        """The follower of that submission, started if there is none yet."""
        key = (namespace, name)
        if key not in self._followers:
            self._followers[key] = Follower(self._services, namespace, name)
            if self._loop is not None and self._loop.is_running():
                self._loop.call_soon_threadsafe(self._start, key)
        return self._followers[key]

    def board(self, namespace: str, name: str) -> BoardSnapshot:
        """Its follower's board, with what only all submissions together tell. Any thread."""
        key, board = (namespace, name), self.follower(namespace, name).board
        met = self._meetings.get(key)
        if not met or board.ended:
            self._met.pop(key, None)
            return board
        before = self._met.get(key)
        if before is None or before[0] is not board or before[1].problems[-len(met) :] != met:
            before = (board, met_by(board, met))
            self._met[key] = before
        return before[1]

    def _start(self, key: Key) -> None:
        name = f"follow {'/'.join(key)}"
        if self._guard is not None and not self._guard.runs(name):
            self._guard.start(name, self._follow(self._followers[key]))

    async def _follow(self, follower: Follower) -> None:
        """To the submission's end; taken up again if following itself fails."""
        while True:
            try:
                return await follower.run()
            except ConsoleError as error:
                log.error("%s", error)
            await asyncio.sleep(RETRY_SECONDS)

    async def _watch(self) -> None:
        async for namespace, name, event in self._services.cluster.watch_submissions(
            self._namespace
        ):
            if isinstance(event, ConnectionChanged):
                self._live, self._why, self._dirty = event.live, event.why, True
                continue
            key = (namespace, name)
            before = self._boards.get(key, BoardSnapshot(namespace, name))
            self._boards[key] = fold(before, event)
            self._dirty = True
            self._attend(key)

    def _attend(self, key: Key) -> None:
        """Keep the recorder on for what is active; look once at what has ended."""
        board = self._boards[key]
        self._unfollowed.discard(key)
        if board.job is None:
            return
        active = not board.ended or board.pod_lives
        if active:
            self._looked.pop(key, None)
        if key in self._followers:
            self._resume_following(key, active=active)
        elif active and self._following() < self._most:
            self._followers[key] = Follower(self._services, *key)
            self._start(key)
        elif active:
            self._unfollowed.add(key)
        elif self._guard is not None and not _same_job(self._looked.get(key), board):
            self._looked[key] = board
            self._guard.start(f"look at {'/'.join(key)}", self._look(key))

    def _resume_following(self, key: Key, *, active: bool) -> None:
        """A follower that came to its end begins again: for a namesake, or a Job that goes on."""
        ended = self._guard is not None and not self._guard.runs(f"follow {'/'.join(key)}")
        if ended and (active or not _same_job(self._followers[key].board, self._boards[key])):
            self._start(key)

    def _make_room(self) -> None:
        """Something has ended: who waited may be followed now."""
        for key in list(self._unfollowed):
            self._attend(key)

    def _following(self) -> int:
        if self._guard is None:
            return 0
        return sum(name.startswith("follow ") for name in self._guard.names)

    async def _look(self, key: Key) -> None:
        async with self._looks:
            try:
                self._looked[key] = await board_once(self._services, *key)
            except ConsoleError as error:
                log.warning("No result of %s/%s: %s", *key, error.what)
            self._dirty = True

    def _publish(self) -> None:
        """A new snapshot if a board has changed since the last one."""
        boards = {key: self._best(key) for key in self._boards}
        if not self._dirty and all(self._shown.get(key) is each for key, each in boards.items()):
            return
        met = meetings(boards.values())
        rows = {
            key: self._rows[key]
            if self._shown.get(key) is board and met.get(key) == self._meetings.get(key)
            else row_of(board, self._remark(key, board) or words(met.get(key, ())))
            for key, board in boards.items()
            if board.job is not None and not board.vanished
        }
        self._shown, self._rows, self._meetings, self._dirty = boards, rows, met, False
        first = tuple(listed_first(rows.values()))
        self.snapshot = FleetSnapshot(first, self._live, self._why, self._services.clock())
        self.changed.set()

    def _remark(self, key: Key, board: BoardSnapshot) -> str:
        """What a reader of this row must know of its age and of its recording."""
        if key in self._unfollowed:
            return f"Its logs are not recorded: at most {self._most} are followed at once."
        if board is not self._boards[key] and not board.live:
            return f"Not live: {board.stale_why}"
        return ""

    def _best(self, key: Key) -> BoardSnapshot:
        """The board that knows most; a deleted Job is what the list's own watch says."""
        own = self._boards[key]
        follower = self._followers.get(key)
        for other in (follower.board if follower else None, self._looked.get(key)):
            if other is not None and _same_job(other, own) and not own.vanished:
                return other
        return own

    def _task_died(self, name: str, error: BaseException) -> None:
        """Without its watch the list is old, and says so."""
        if name == "fleet watch":
            self._live, self._why, self._dirty = False, f"The watch stopped: {error}", True


def _same_job(one: BoardSnapshot | None, other: BoardSnapshot) -> bool:
    uids = [each.job.uid for each in (one, other) if each is not None and each.job is not None]
    return len(uids) == 2 and uids[0] == uids[1]
