"""A board as one line of the list. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from console.domain.attention import NEVER, attention
from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.fleet import NEWS_FOR, SubmissionRow
from console.domain.pair_problems import pair_problems
from console.domain.publication import Published
from console.domain.spans import shifted
from console.domain.turns import place_in_line

if TYPE_CHECKING:
    from console.operations.outcome.view import ResultsView

_UNREAD = "The Job completed; its result has not been looked at yet."
_UNHEARD = "Its pods are still being read."
_ENDED_BADLY = (SubmissionStatus.FAILED, SubmissionStatus.INCOMPLETE)


def row_of(
    board: BoardSnapshot,
    remark: str = "",
    now: datetime | None = None,
    slow_at: Mapping[int, datetime] = NEVER,
    published: Published | None = None,
) -> SubmissionRow:
    """As one line of the list; a remark stands where there is no other reason. `slow_at`: by pair,
    when it becomes slow. Without `now` nothing of it is slow, silent or news."""
    job, view = board.job, _final_results(board)
    plan, mean = job.plan if job else None, view.mean if view else None
    return SubmissionRow(
        board.namespace,
        board.name,
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
        attention=attention(board, now, slow_at) if now else (),
        place=place_in_line(job),
        team=job.team if job else None,
        image=plan.images.agent if plan else "",
        track=plan.track if plan else "",
        labels=job.labels if job else (),
        pair_problems=pair_problems(board),
        failed_lately=now is not None and _is_news(board, now),
        published=published,
        started_at=job.started_at if job else None,
    )


def as_unread(row: SubmissionRow) -> SubmissionRow:
    """The same of what has ended, before anybody has looked at what it said then."""
    reason = _UNREAD if row.status is SubmissionStatus.UNVERIFIED else row.reason
    return replace(row, unread=True, reason=reason, done=row.done or None)


def as_unheard(row: SubmissionRow) -> SubmissionRow:
    """The same while nobody has been told of its pods: that it waits for one is not known."""
    if row.status is not SubmissionStatus.PENDING:
        return row
    return replace(row, status=SubmissionStatus.UNKNOWN, reason=row.remark or _UNHEARD)


def _final_results(board: BoardSnapshot) -> ResultsView | None:
    if board.merged is None or not board.merged.final:
        return None
    from console.operations.outcome.view import results  # late: most of a list has none

    return results(board)


def _is_news(board: BoardSnapshot, now: datetime) -> bool:
    until = failure_is_news_until(board)
    return until is not None and now < until


def failure_is_news_until(board: BoardSnapshot) -> datetime | None:
    """None where it has not failed, or nobody knows when it ended."""
    if board.status not in _ENDED_BADLY:
        return None
    ended = board.job.ended_at if board.job else None
    return shifted(ended, NEWS_FOR) if ended else None
