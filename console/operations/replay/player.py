"""One recording while it is played: the board and the logs of one present, which a playhead moves.

What a key does is done at once; the board follows when `advance` is called, which reads files. So
all that is shown is of one time.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.domain.folding import fold
from console.errors import NotFound
from console.operations.ports.recorder import LogView, Recording
from console.operations.recording.log_view import containers_of
from console.operations.replay.boards_by_time import BoardsByTime
from console.operations.replay.cut_log import CutLog, NewestLine
from console.operations.replay.destinations import Waypoint, after, before, destination, waypoints
from console.operations.replay.landmarks import Landmark, LandmarkKind
from console.operations.replay.playhead import SLOWEST, Playhead
from console.operations.replay.timeline import timeline
from console.operations.services import Services


class Moment(NamedTuple):
    """What is shown, and of when it is."""

    at: datetime
    board: BoardSnapshot


class ReplayState(msgspec.Struct, frozen=True):
    """What the line about a replay says."""

    at: datetime
    begin: datetime
    end: datetime
    speed: float
    paused: bool

    @property
    def at_end(self) -> bool:
        """Nothing more was recorded."""
        return self.at >= self.end


class Player:
    """`clock` is in seconds and only goes forward; the times of the recording are another thing.

    Reads the recording. Raises NotFound where it does not tell what was launched. All methods may
    be called from any thread; `advance` from one only.
    """

    def __init__(
        self,
        services: Services,
        recording: Recording,
        clock: Callable[[], float],
        speed: float = SLOWEST,
    ) -> None:
        self.recording, self._clock = recording, clock
        self._whole = functools.cache(lambda name: services.recorder.log(recording, name))
        """A view has an index of its file, which is made once."""
        told = timeline(services, recording, self._whole)
        self._boards = BoardsByTime(recording.namespace, recording.name, told)
        self._logs: dict[str, CutLog] = {}
        self._newest: dict[str, NewestLine] = {}
        self._turn = threading.Lock()
        self._playhead = Playhead(told.begin, told.end, told.begin, clock())
        self._playhead = self._playhead.with_speed(speed, clock())
        self._folded = self._boards.at(told.begin)
        self.shown = Moment(told.begin, self._folded)

    @property
    def landmarks(self) -> tuple[Landmark, ...]:
        """In the order of time."""
        return self._boards.landmarks

    @property
    def state(self) -> ReplayState:
        """The time is that of what is shown; the rest is what the last key wanted."""
        head = self._playhead
        return ReplayState(self.shown.at, head.begin, head.end, head.speed, head.paused)

    def present(self) -> datetime:
        """The time that is shown."""
        return self.shown.at

    def steer(self, change: Callable[[Playhead, float], Playhead]) -> None:
        """Another playhead in place of the present one, as of now."""
        with self._turn:
            self._playhead = change(self._playhead, self._clock())

    def go_to(self, text: str) -> None:
        """As people say it: see `destinations`. Raises InvalidInput and NotFound."""
        head = self._playhead
        to = destination(text, head.begin, head.end, self.landmarks)
        self.steer(lambda head, now: head.sought(to, now))

    def step(self, kind: LandmarkKind, *, forward: bool) -> Waypoint:
        """To the next landmarks of that kind or those before; raises NotFound without any.

        Those that a replay has passed within its last second are where it comes from.
        """
        head, now = self._playhead, self._clock()
        those = waypoints(self.landmarks, kind)
        passed = timedelta(seconds=0 if head.paused else head.speed)
        found = after(those, head.at(now)) if forward else before(those, head.at(now) - passed)
        if found is None:
            where = "later" if forward else "earlier"
            raise NotFound(f"This recording tells of no {where} {kind.value}.")
        self.steer(lambda head, now: head.sought(found.at, now))
        return found

    def advance(self) -> Moment:
        """Show the present. Reads files; the board is the same object while it says the same."""
        at = self._playhead.at(self._clock())
        if at == self.shown.at and self._newest:
            return self.shown
        folded = self._boards.at(at)
        lines = {name: self._last_line(name) for name in containers_of(folded)}
        changed = [each.read(at) for each in lines.values()]
        board = self.shown.board
        if any(changed) or folded is not self._folded:
            board = folded
            for each in lines.values():
                board = fold(board, replace(each.line, at=at)) if each.line else board
        self._folded = folded
        self.shown = Moment(at, board)
        return self.shown

    def _last_line(self, container: str) -> NewestLine:
        return self._newest.setdefault(container, NewestLine(container, self._whole(container)))

    def log(self, container: str) -> LogView:
        """That container's log until the time that is shown."""
        with self._turn:
            if container not in self._logs:
                self._logs[container] = CutLog(self._whole(container), self.present)
            return self._logs[container]
