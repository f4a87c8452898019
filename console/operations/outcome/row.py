"""A board as one line of the list. Pure."""

from __future__ import annotations

from datetime import datetime

from console.domain.attention import attention
from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.fleet import NEWS_FOR, SubmissionRow
from console.domain.pair_problems import pair_problems
from console.domain.turns import place_in_line

_ENDED_BADLY = (SubmissionStatus.FAILED, SubmissionStatus.INCOMPLETE)


def row_of(board: BoardSnapshot, remark: str = "", now: datetime | None = None) -> SubmissionRow:
    """A board as one line of the list; a remark stands where there is no other reason to tell.

    Without `now` nothing of it is slow, silent or news.
    """
    job, view = board.job, None
    plan = job.plan if job else None
    news_until = failure_is_news_until(board)
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
        team=job.team if job else None,
        image=plan.images.agent if plan else "",
        track=plan.track if plan else "",
        labels=job.labels if job else (),
        pair_problems=pair_problems(board),
        failed_lately=now is not None and news_until is not None and now < news_until,
    )


def failure_is_news_until(board: BoardSnapshot) -> datetime | None:
    """None where it has not failed, or nobody knows when it ended."""
    if board.status not in _ENDED_BADLY:
        return None
    ended = board.job.ended_at if board.job else None
    return ended + NEWS_FOR if ended else None
