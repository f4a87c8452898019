"""The inspection of a submission that is followed: made again only where its failures changed.

An inspection reads logs, which a board that changes twice a second must not do each time.
"""

from __future__ import annotations

from typing import Any

from console.domain.board import ENDED, BoardSnapshot, PairStatus, SubmissionStatus
from console.operations.inspecting.attempt_lines import LogOf
from console.operations.inspecting.inspection import Inspection, inspect
from console.operations.ports.clock import Clock

_WELL = (SubmissionStatus.COMPLETE,)
_STUCK = (PairStatus.FAILED, PairStatus.BLOCKED)


class Inspector:
    """Of one submission. Not thread-safe; whoever asks does so off the screens' thread."""

    def __init__(self, log_of: LogOf, clock: Clock) -> None:
        self._log_of, self._clock = log_of, clock
        self._seen: Any = None
        self._found: Inspection | None = None

    def of(self, board: BoardSnapshot) -> Inspection | None:
        """None where nothing of it failed. Reads files where something new did."""
        failures = failures_of(board)
        if failures != self._seen:
            self._seen = failures
            self._found = inspect(board, self._log_of, self._clock()) if failures else None
        return self._found


def failures_of(board: BoardSnapshot) -> tuple[Any, ...]:
    """What an inspection would be about; empty where there is nothing. It changes with it."""
    ends = tuple(
        (pair.number, each)
        for pair in board.pairs
        for each in pair.ended
        if each.initiating or each.kubelet
    )
    stuck = tuple((pair.number, pair.status) for pair in board.pairs if pair.status in _STUCK)
    lost = tuple((each.key, each.why) for each in board.lost)
    over = (board.status, board.reason) if board.status in ENDED else ()
    found = (ends, stuck, lost, board.blocked_by, () if board.status in _WELL else over)
    return found if any(found) else ()
