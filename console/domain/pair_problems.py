"""Which pairs of a running submission do not get on, for its line of the list. Pure.

Which are slow or silent is `console.domain.attention`: that is a matter of time.
"""

from __future__ import annotations

from console.domain.board import (
    SHARED_FAILURE,
    BoardSnapshot,
    PairBoard,
    PairStatus,
    SubmissionStatus,
)
from console.domain.fleet import PairProblem

_BY_STATUS = {
    PairStatus.FAILED: PairProblem.FAILED,
    PairStatus.BACKING_OFF: PairProblem.BACKING_OFF,
}


def pair_problems(board: BoardSnapshot) -> tuple[tuple[int, PairProblem], ...]:
    """Of what has not begun, or is over, its status says all."""
    if board.status is not SubmissionStatus.RUNNING:
        return ()
    lasting = (each for each in board.problems if each.kind == SHARED_FAILURE and each.comes_again)
    alike: frozenset[int] = frozenset().union(*(each.alike for each in lasting))
    return tuple(
        (pair.number, problem)
        for pair in board.pairs
        if (problem := _problem(pair, pair.number in alike)) is not None
    )


def _problem(pair: PairBoard, alike: bool) -> PairProblem | None:
    """What is over says its end; between two attempts that it waits says less than why."""
    if pair.status in (PairStatus.FAILED, PairStatus.DONE):
        return _BY_STATUS.get(pair.status)
    return PairProblem.FAILS_ALIKE if alike else _BY_STATUS.get(pair.status)
