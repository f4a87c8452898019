"""What became of a call: whether what it told still holds, or has passed, and how. Pure.

Only of what can pass by itself. What is not live, or not known, leaves a call as it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from console.domain.board import PairBoard, PairStatus, SubmissionStatus
from console.domain.calls import Call, Occasion, one_line
from console.domain.fleet import SubmissionRow
from console.domain.waits import waiting

if TYPE_CHECKING:
    from console.domain.board import BoardSnapshot

PASSING = (Occasion.STALLED, Occasion.BLOCKED, Occasion.WAITING)
_BEFORE_WORK = (SubmissionStatus.PENDING, SubmissionStatus.BLOCKED)
_WELL = (PairStatus.BOOTING, PairStatus.DRIVING)
_WITHOUT_ROOM = (SubmissionStatus.QUEUED, SubmissionStatus.UNKNOWN, *_BEFORE_WORK)
_OPEN = (*_BEFORE_WORK, SubmissionStatus.RUNNING)


class Passed(msgspec.Struct, frozen=True, gc=False):
    """A call that holds no longer."""

    call: Call
    recovery: Call | None = None
    """That it is well again; None where something else is told of it, or nothing."""


def passed(
    call: Call, found: Iterable[Call], row: SubmissionRow, board: BoardSnapshot, now: datetime
) -> Passed | None:
    """None as long as it may still hold. `found`: all that the row calls for now."""
    if any(each.matter == call.matter for each in found):
        return None
    if call.occasion is Occasion.WAITING:
        return _after_wait(call, row, board, now)
    if row.status not in _OPEN:
        return Passed(call)
    if call.occasion is Occasion.BLOCKED:
        if row.blocked_by is not None:
            return Passed(call)
        return None if row.status in _BEFORE_WORK else _well(call, "it runs", now)
    return _after_stall(call, board, now)


def _after_wait(
    call: Call, row: SubmissionRow, board: BoardSnapshot, now: datetime
) -> Passed | None:
    """Until it runs, whatever else keeps it meanwhile: another word on its nodes is not news."""
    if row.status in _WITHOUT_ROOM:
        return None
    if row.status is not SubmissionStatus.RUNNING:
        return Passed(call)
    some = call.detail == "pairs"
    # What waited as a whole has begun with its first pair; its others are a wait of their own.
    if not board.live or (some and waiting(board) is not None):
        return None
    return _well(call, "all its pairs have room" if some else "it runs", now)


def _after_stall(call: Call, board: BoardSnapshot, now: datetime) -> Passed | None:
    """A pair on its way to another attempt is not well yet."""
    number = int(call.detail.partition("/")[0])
    pair = next((each for each in board.pairs if each.number == number), None)
    if not board.live or pair is None:
        return None
    if pair.status is PairStatus.FAILED:
        return Passed(call)
    told = _goes_on(call, pair)
    return _well(call, told, now) if told else None


def _goes_on(call: Call, pair: PairBoard) -> str:
    if pair.status is PairStatus.DONE:
        return f"pair {pair.number} has finished"
    if pair.status not in _WELL:
        return ""
    same = call.detail.startswith(f"{pair.number}/{pair.attempt}/")
    told = f"pair {pair.number} " + ("goes on" if same else "was started again")
    return f"{told} with {pair.route}" if pair.route else told


def _well(call: Call, told: str, now: datetime) -> Passed:
    text = one_line(f"{told}; before, {call.text}")
    where = (call.namespace, call.name, call.uid)
    detail = f"{call.occasion}/{call.detail}"
    recovery = Call(Occasion.RECOVERED, *where, text, now, detail, call.occasion, call.again)
    return Passed(call, recovery)
