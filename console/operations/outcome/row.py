"""A board as one line of the list. Pure."""

from __future__ import annotations

from datetime import datetime

from console.domain.attention import attention
from console.domain.board import BoardSnapshot
from console.domain.fleet import SubmissionRow
from console.domain.turns import place_in_line


def row_of(board: BoardSnapshot, remark: str = "", now: datetime | None = None) -> SubmissionRow:
    """A board as one line of the list; a remark stands where there is no other reason to tell.

    Without `now` nothing of it is slow or silent.
    """
    job, view = board.job, None
    if board.merged is not None and board.merged.final:
        from console.operations.outcome.view import results  # late: most of a list has none

        view = results(board)
    mean = view.mean if view else None
    return SubmissionRow(
        namespace=board.namespace,
        name=board.name,
        uid=job.uid if job else "",
        leaderboard=board.leaderboard,
        status=board.status,
        reason=board.reason or remark,
        done=board.finished,
        total=board.total,
        restarts=board.budget.used,
        restarts_at_least=board.budget.least,
        backoff_limit=board.budget.limit,
        created_at=job.created_at if job else None,
        driving_score=mean.composed if mean else None,
        remark=remark,
        blocked_by=board.blocked_by,
        entry_status=view.entry_status if view else None,
        eligible=view.eligible if view else None,
        attention=attention(board, now) if now else (),
        place=place_in_line(job),
    )
