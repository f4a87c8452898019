"""When a pair's present state began, from the times that the cluster and logcopy gave it. Pure.

Two consoles must say the same: a beginning is exact where something told it, whoever looks. The
moment of this console's first look is only a bound: it began then or before.
"""

from __future__ import annotations

from datetime import datetime

from console.domain.board import BoardSnapshot, PairBoard, PairStatus
from console.domain.facts import ContainerFacts, ContainerState, JobFacts
from console.domain.pair_standing import PairFacts

Beginning = tuple[datetime | None, bool]
"""And whether it is exact."""
_UNTOLD: Beginning = (None, False)


def beginning(
    board: BoardSnapshot, pair: PairFacts, status: PairStatus, route: str, before: PairBoard | None
) -> Beginning:
    """Since when the pair is in that status, None where nobody can tell.

    A drive begins with its route, as logcopy's report tells it: exact where a report came before.
    """
    told = _told(board, pair, status)
    if told[0] is not None or status in _OVER:
        return told
    same = before and (before.status, before.route, before.attempt) == (status, route, pair.attempt)
    if before and same and before.since:
        return before.since, before.since_exact
    if pair.fresh and pair.report and board.report and status in _REPORTED:
        return board.report.at, before is not None and before.heard is not None
    return board.updated_at, False


_OVER = (PairStatus.UNKNOWN, PairStatus.DONE, PairStatus.STOPPED, PairStatus.FAILED)
"""Of what is over, the moment of a look says nothing."""
_REPORTED = (PairStatus.DRIVING, PairStatus.RESETTING)


def _told(board: BoardSnapshot, pair: PairFacts, status: PairStatus) -> Beginning:
    """As the cluster's own times have it."""
    match status:
        case PairStatus.WAITING:
            created = board.pod.created_at if board.pod else _created(board.job)
            return created, created is not None
        case PairStatus.BOOTING:
            return _all_of([half.started_at for half in pair.halves])
        case PairStatus.RESETTING | PairStatus.BACKING_OFF:
            return _interrupted(pair, status)
        case PairStatus.DONE:
            return _done(board, pair)
        case PairStatus.STOPPED | PairStatus.FAILED:
            return _over(board, pair)
    return _UNTOLD


def _created(job: JobFacts | None) -> datetime | None:
    return job.created_at if job else None


def _all_of(times: list[datetime | None]) -> Beginning:
    known = [at for at in times if at is not None]
    return (max(known), True) if known and len(known) == len(times) else _UNTOLD


def _interrupted(pair: PairFacts, status: PairStatus) -> Beginning:
    """A reset begins when the first half ends, waiting for a restart when the last one does."""
    down = [half for half in pair.halves if half.state is not ContainerState.RUNNING]
    ends = [at for at in map(_end, down) if at is not None]
    if not ends:
        return _UNTOLD
    return (min(ends) if status is PairStatus.RESETTING else max(ends)), True


def _end(half: ContainerFacts) -> datetime | None:
    last = half.ended or half.previous
    return last.finished_at if last else None


def _done(board: BoardSnapshot, pair: PairFacts) -> Beginning:
    if pair.agent and pair.agent.ended:
        at = pair.agent.ended.finished_at
        return at, at is not None
    ends = [each.at for each in pair.ended if each.half == "agent" and each.at]
    return (max(ends), False) if ends else _with_job(board)


def _over(board: BoardSnapshot, pair: PairFacts) -> Beginning:
    """With its containers' last end; otherwise with its Job's."""
    halves = pair.halves
    if halves and all(half.ended for half in halves):
        return _all_of([_end(half) for half in halves])
    return _with_job(board)


def _with_job(board: BoardSnapshot) -> Beginning:
    """It ended with its Job or before."""
    at = board.job.decided_at if board.job else None
    return (at, False) if at else _UNTOLD


def began(pair: PairFacts, before: PairBoard | None) -> datetime | None:
    """When its first attempt did: the start of containers that never restarted."""
    if pair.halves and all(not half.restart_count for half in pair.halves):
        starts = [half.started_at or _start(half) for half in pair.halves]
        known = [at for at in starts if at is not None]
        return min(known) if len(known) == len(starts) else None
    return before.began if before else None


def _start(half: ContainerFacts) -> datetime | None:
    last = half.ended or half.previous
    return last.started_at if last else None
