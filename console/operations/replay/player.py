"""One recording while it is played: the board and the logs of one present, which a playhead moves.

What a key does is done at once; the board follows when `prepared` has read files, and is shown with
all logs by `show`. So all that is shown is of one time.
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
from console.domain.landmarks import Landmark, LandmarkKind
from console.errors import NotFound
from console.operations.ports.cluster import JsonObject
from console.operations.ports.recorder import LogView, RecorderPort, Recording
from console.operations.recording.log_view import containers_of
from console.operations.replay.boards_by_time import BoardsByTime
from console.operations.replay.cut_log import CutLog, NewestLine
from console.operations.replay.destinations import Waypoint, after, before, destination, waypoints
from console.operations.replay.playhead import SLOWEST, Playhead
from console.operations.replay.recorded_order import timeline


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
    be called from any thread; `prepared` from one at a time.
    """

    def __init__(
        self,
        recorder: RecorderPort,
        recording: Recording,
        clock: Callable[[], float],
        speed: float = SLOWEST,
    ) -> None:
        self.recording, self._recorder, self._clock = recording, recorder, clock
        self._whole = functools.cache(lambda name: recorder.log(recording, name))
        """A view has an index of its file, which is made once."""
        told = timeline(recorder, recording, self._whole)
        self._boards = BoardsByTime(recording.namespace, recording.name, told)
        self._logs: dict[str, CutLog] = {}
        self._newest: dict[str, NewestLine] = {}
        self._turn = threading.Lock()
        self._begun: bool = False
        """Nothing moves before the first look: to open screens takes its time."""
        self._playhead = Playhead(told.begin, told.end, told.begin, 0.0)
        self._playhead = self._playhead.with_speed(speed, 0.0)
        self._folded = self._boards.at(told.begin)
        self.shown = self._prepared = Moment(told.begin, self._folded)

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

    def _now(self) -> float:
        return self._clock() if self._begun else 0.0

    def _begin(self, now: float) -> None:
        with self._turn:
            self._playhead = replace(self._playhead, since=now)
            self._begun = True

    def steer(self, change: Callable[[Playhead, float], Playhead]) -> None:
        """Another playhead in place of the present one, as of now."""
        with self._turn:
            self._playhead = change(self._playhead, self._now())

    def go_to(self, text: str) -> None:
        """As people say it: see `destinations`. Raises InvalidInput and NotFound."""
        head = self._playhead
        to = destination(text, head.begin, head.end, self.landmarks)
        self.steer(lambda head, now: head.sought(to, now))

    def step(self, kind: LandmarkKind, *, forward: bool) -> Waypoint:
        """To the next landmarks of that kind or those before; raises NotFound without any.

        Those that a replay has passed within its last second are where it comes from.
        """
        head, now = self._playhead, self._now()
        those = waypoints(self.landmarks, kind)
        passed = timedelta(seconds=0 if head.paused else head.speed)
        found = after(those, head.at(now)) if forward else before(those, head.at(now) - passed)
        if found is None:
            where = "later" if forward else "earlier"
            raise NotFound(f"This recording tells of no {where} {kind.value}.")
        self.steer(lambda head, now: head.sought(found.at, now))
        return found

    def prepared(self) -> Moment:
        """What is to be shown now. Reads files; the same board as before while nothing is new."""
        now = self._clock()
        if not self._begun:
            self._begin(now)
        at = self._playhead.at(now)
        # A replay that is paused is looked at as often as one that plays.
        if at == self._prepared.at and self._newest:
            return self._prepared
        folded = self._boards.at(at)
        lines = [self._last_line(name) for name in containers_of(folded)]
        changed = [each.read(at) for each in lines]
        board = self._prepared.board
        if any(changed) or folded is not self._folded:
            board = folded
            for each in lines:
                # Onto the folded board each time: last lines are in no journal, and a jump
                # backwards undoes them.
                board = fold(board, replace(each.line, at=at)) if each.line else board
        self._folded, self._prepared = folded, Moment(at, board)
        return self._prepared

    def show(self, moment: Moment) -> None:
        """All that is shown is of then: the board and every log."""
        self.shown = moment

    def advance(self) -> Moment:
        """Show what is to be shown now."""
        self.show(self.prepared())
        return self.shown

    def manifest(self) -> JsonObject | None:
        """The Job as it was kept, if it was. Reads a file."""
        kept = self._recorder.manifest(self.recording)
        return kept.manifest if kept else None

    def _last_line(self, container: str) -> NewestLine:
        return self._newest.setdefault(
            container, NewestLine(container, self._whole(container), self._playhead.end)
        )

    def log(self, container: str) -> LogView:
        """That container's log until the time that is shown."""
        with self._turn:
            if container not in self._logs:
                self._logs[container] = CutLog(
                    self._whole(container), self.present, self._playhead.end
                )
            return self._logs[container]
