"""What is sensible to do next with a submission, by what has become of it. Pure.

The names are those of the screens' commands; whether one can run now is the command's own word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.board import SubmissionStatus as Status
from console.domain.stop_offers import stop_offer

if TYPE_CHECKING:
    from console.domain.board import BoardSnapshot

_WHY = ("inspect", "Inspect why")
_GO_ON, _SCORES, _COMPARE = ("resume", ""), ("results", ""), ("comparison", "")
STOPPING = (_WHY, ("cancel", "Stop it"))
_WAITS = (("events", "Events: what it waits for"),)
STEPS: dict[Status, tuple[tuple[str, str], ...]] = {
    Status.PENDING: _WAITS,
    Status.QUEUED: _WAITS,
    Status.SUSPENDED: (*_WAITS, ("resume", "Let it run")),
    Status.RUNNING: (),
    Status.BLOCKED: (_WHY, ("events", "")),
    Status.FAILING: (_WHY,),
    Status.FAILED: (_WHY, _GO_ON),
    Status.COMPLETE: (_SCORES, _COMPARE),
    Status.INCOMPLETE: (_WHY, _GO_ON, _SCORES),
    Status.UNVERIFIED: (_SCORES,),
    Status.CANCELLED: (_GO_ON, _SCORES),
    Status.DELETED: (_SCORES, _WHY),
    Status.UNKNOWN: (),
}
"""Command and words; without words its label is enough."""


def steps_of(board: BoardSnapshot) -> tuple[tuple[str, str], ...]:
    """By its status; of one that runs, by what speaks for stopping it."""
    return STEPS[board.status] or (STOPPING if stop_offer(board) else ())
