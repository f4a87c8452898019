"""The board at any time of a recording, and its landmarks. Pure.

All is folded once; a board is kept after every so many events, and what lies between two of them is
folded again when it is asked for.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime

from console.domain.board import BoardSnapshot
from console.domain.folding import fold
from console.domain.landmarks import Landmark, landmarks
from console.operations.replay.recorded_order import Timeline

KEPT_EVERY = 128
"""Events. A board that is not kept takes half as many folds on average."""


class BoardsByTime:
    """Of one timeline. Its methods belong to one thread; what they return is anybody's."""

    def __init__(
        self, namespace: str, name: str, told: Timeline, *, kept_every: int = KEPT_EVERY
    ) -> None:
        self._happenings = told.happenings
        self._every = kept_every
        self._times = [each.at for each in told.happenings]
        self._nothing = BoardSnapshot(namespace, name)
        self._kept: list[BoardSnapshot] = [self._nothing]
        """After 0, 1, 2 ... times so many events."""
        self._last: tuple[int, BoardSnapshot] = (0, self._nothing)
        """How many events it has seen, and the board after these."""
        self.landmarks: tuple[Landmark, ...] = self._fold_all()

    def _fold_all(self) -> tuple[Landmark, ...]:
        found: list[Landmark] = []
        board = self._nothing
        for count, (at, event) in enumerate(self._happenings, start=1):
            after = fold(board, event)
            found += landmarks(at, board.pairs, after.pairs)
            board = after
            if count % self._every == 0:
                self._kept.append(board)
        return tuple(found)

    def at(self, time: datetime) -> BoardSnapshot:
        """After all that was known by then; the same object while nothing has happened."""
        wanted = bisect_right(self._times, time)
        count, board = self._last
        near = wanted // self._every
        if not near * self._every <= count <= wanted:
            count, board = near * self._every, self._kept[near]
        for each in self._happenings[count:wanted]:
            board = fold(board, each.event)
        self._last = wanted, board
        return board
