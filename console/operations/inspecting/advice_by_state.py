"""What the catalogue's advice on a failed attempt becomes by what is left of the submission. Pure.

The catalogue advises on what has ended, and knows no board.
"""

from __future__ import annotations

from msgspec.structs import replace

from console.diagnosis.catalogue import Repeats
from console.diagnosis.verdict import Verdict
from console.domain.board import (
    PAIR_OVER,
    BoardSnapshot,
    PairBoard,
    PairStatus,
    SubmissionStatus,
)
from console.domain.budget import RestartBudget

OUTLIVED = "It went on by itself, and every route has its result."


def as_it_stands(board: BoardSnapshot, pair: int, verdict: Verdict) -> Verdict:
    """A complete submission has nothing left to resume, whatever its attempts ended by, and a pair
    that goes on does so by itself."""
    if board.status is SubmissionStatus.COMPLETE:
        return _outlived(verdict)
    return _before(_goes_on(board, pair), verdict)


def _outlived(verdict: Verdict) -> Verdict:
    return replace(verdict, advice=f"{OUTLIVED} Should it come again: {verdict.advice}")


def _before(first: str, verdict: Verdict) -> Verdict:
    """What comes again for certain is mended at once, however often the pair may begin anew."""
    cause = verdict.cause
    if not first or cause is None or cause.repeats is Repeats.ALWAYS:
        return verdict
    return replace(verdict, advice=f"{first} Should it end by this: {verdict.advice}")


def _goes_on(board: BoardSnapshot, number: int) -> str:
    """What the budget leaves a pair that is not over; empty for one that is, or cannot start."""
    pair = next((each for each in board.pairs if each.number == number), None)
    if board.ended or pair is None or pair.status in (*PAIR_OVER, PairStatus.BLOCKED):
        return ""
    match _resumes_left(board.budget, pair):
        case None:
            return "It goes on by itself; how often it still can nobody knows."
        case 0:
            return f"It goes on by itself, and no resume is left: {_last(board.budget)}."
        case left:
            times = "once more" if left == 1 else f"{left} times more"
            return f"It goes on by itself, and after a failure it can {times}."


def _resumes_left(budget: RestartBudget, pair: PairBoard) -> int | None:
    if not budget.by_pair or budget.of_restarts:
        return budget.resumes_left
    own = pair.failed_pods
    return None if own is None or budget.limit is None else max(budget.limit - own, 0)


def _last(budget: RestartBudget) -> str:
    return f"the next failure ends the {'pair' if budget.by_pair else 'Job'}"
