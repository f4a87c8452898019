"""Which pairs of a running submission do not get on, for its line of the list. Pure.

Which are slow or silent is `console.domain.attention`: that is a matter of time.
"""

from __future__ import annotations

from console.domain.board import BoardSnapshot, PairBoard, PairStatus, SubmissionStatus
from console.domain.fleet import PairProblem
from console.domain.stop_offers import Ground, stop_offer

_BY_STATUS = {
    PairStatus.FAILED: PairProblem.FAILED,
    PairStatus.BACKING_OFF: PairProblem.BACKING_OFF,
}
_BY_GROUND = {
    Ground.NO_AGENT: PairProblem.NO_AGENT,
    Ground.ALIKE: PairProblem.FAILS_ALIKE,
    Ground.ONE_WAVE: PairProblem.FAILED_ALIKE,
}


def pair_problems(board: BoardSnapshot) -> tuple[tuple[int, PairProblem], ...]:
    """Of what has not begun, or is over, its status says all."""
    if board.status is not SubmissionStatus.RUNNING:
        return ()
    offer = stop_offer(board)
    common = _BY_GROUND.get(offer.ground) if offer else None
    hit = offer.pairs if offer else ()
    return tuple(
        (pair.number, problem)
        for pair in board.pairs
        if (problem := _problem(pair, common if pair.number in hit else None)) is not None
    )


def _problem(pair: PairBoard, common: PairProblem | None) -> PairProblem | None:
    """What is over says its end; between two attempts that it waits says less than why."""
    if pair.status in (PairStatus.FAILED, PairStatus.DONE):
        return _BY_STATUS.get(pair.status)
    return common or _BY_STATUS.get(pair.status)
