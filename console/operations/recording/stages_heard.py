"""Which lines of an agent begin or end a stage of a drive, as they are recorded.

Remembers of each container where its drive is. What follows from the stages the domain says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from console.domain.events import StagesHeard
from console.domain.stage_marks import MOST, StageMark
from console.domain.ticks import STAGE_WORDS, Stage, Ticked, begun
from console.operations.recording.tail import moment_of

_TOLD = re.compile(b"|".join(re.escape(word.encode()) for word in STAGE_WORDS))
"""Of a flood each block is looked through: in 16 microseconds for 64 KB that have none."""


class StageEar:
    """Of one container, in one pod."""

    def __init__(self, pod: str, container: str) -> None:
        self._pod, self._container = pod, container
        self._stage: Stage | None = None
        """None: no route runs, or nobody has heard of one."""
        self._told = 0

    @property
    def runs(self) -> bool:
        """A route runs, as was last heard."""
        return self._stage is Stage.RUNNING

    def heard(self, block: bytes, ticked: Ticked, at: datetime) -> StagesHeard | None:
        """Of a block of `<timestamp> <text>` lines; `ticked`: what its newest say of the time."""
        marks = tuple(self._marks(block))
        if ticked.tick is not None and not self.runs:
            # What begins it was not heard, as behind a gap.
            marks = (*marks, StageMark(ticked.tick.at, Stage.RUNNING, exact=False))
            self._stage = Stage.RUNNING
        marks = marks[: MOST - self._told]
        self._told += len(marks)
        return StagesHeard(at, self._container, marks, self._pod) if marks else None

    def _marks(self, block: bytes) -> Iterator[StageMark]:
        for found in _TOLD.finditer(block):
            first = block.rfind(b"\n", 0, found.start()) + 1
            stamp = block[first : found.start()].partition(b" ")[0].decode("ascii", "replace")
            stage, at = begun(found[0].decode()), moment_of(stamp)
            # It says by several lines that a route runs no more.
            if at is not None and (stage is not None or self._stage is not None):
                self._stage = stage
                yield StageMark(at, stage)
