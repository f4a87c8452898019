"""Which pairs of a running submission do not get on, for its line of the list. Pure.

Which are slow or silent is `console.domain.attention`: that is a matter of time.
"""

from __future__ import annotations

from console.domain.board import BoardSnapshot, PairStatus, SubmissionStatus
from console.domain.fleet import PairProblem

_BY_STATUS = {
    PairStatus.FAILED: PairProblem.FAILED,
    PairStatus.BACKING_OFF: PairProblem.BACKING_OFF,
}


def pair_problems(board: BoardSnapshot) -> tuple[tuple[int, PairProblem], ...]:
    """Of what has not begun, or is over, its status says all."""
    if board.status is not SubmissionStatus.RUNNING:
        return ()
    return tuple(
        (pair.number, _BY_STATUS[pair.status]) for pair in board.pairs if pair.status in _BY_STATUS
    )
