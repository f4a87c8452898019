"""When a pair's present state began, from the times that the cluster and logcopy gave it. Pure.

Two consoles must say the same: a beginning is exact where something told it, whoever looks. The
moment of this console's first look is only a bound: it began then or before.
"""

from __future__ import annotations

from datetime import datetime

from console.domain.board import PAIR_OVER, BoardSnapshot, PairBoard, PairStatus
from console.domain.facts import (
    NEVER_STARTED,
    ClusterEvent,
    ContainerFacts,
    ContainerState,
    JobFacts,
)
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
    # The cluster's own times first: they are the same for whoever looks, and whenever. Of what is
    # over, the moment of a look says nothing.
    if told[0] is not None or status in PAIR_OVER:
        return told
    if before and before.since and _goes_on(before, pair, status, route):
        return before.since, before.since_exact
    if pair.fresh and pair.report and board.report and status in _REPORTED:
        return board.report.at, before is not None and before.heard is not None
    return board.updated_at, False


def _goes_on(before: PairBoard, pair: PairFacts, status: PairStatus, route: str) -> bool:
    """A half that is restarted while the other cannot start changes nothing."""
    same = status is PairStatus.BLOCKED or before.attempt == pair.attempt
    return same and (before.status, before.route) == (status, route)


_REPORTED = (PairStatus.DRIVING, PairStatus.RESETTING)


def _told(board: BoardSnapshot, pair: PairFacts, status: PairStatus) -> Beginning:
    """As the cluster's own times have it."""
    match status:
        case PairStatus.WAITING:
            names = [half.name for half in pair.halves]
            pod = board.pod_of(names[0]) if names else board.pod
            created = pod.created_at if pod else _created(board.job)
            return created, created is not None
        case PairStatus.BOOTING | PairStatus.RUNNING:
            return _all_of([half.started_at for half in pair.halves])
        case PairStatus.BLOCKED:
            return _blocked(board, pair)
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


def _blocked(board: BoardSnapshot, pair: PairFacts) -> Beginning:
    """Since what keeps it from starting could have let it: the words for it may change meanwhile,
    as between a failed pull and the wait for the next one."""
    pod, blockage = board.pod, board.blockage
    if pod is None or blockage is None or not board.pod_lives:
        return _refused(board)
    if not blockage.containers:
        return pod.placed_at, pod.placed_at is not None
    if board.parts and not pair.halves:
        return _UNTOLD
    own = blockage.of(half.name for half in pair.halves).containers
    told = [_not_started(board, each) for each in pod.containers if each.name in own]
    known = [(at, exact) for at, exact in told if at is not None]
    return min(known) if known and len(known) == len(told) else _UNTOLD


def _not_started(board: BoardSnapshot, each: ContainerFacts) -> Beginning:
    """From its turn, or from the end of its last run; a run that never began is none."""
    last = each.ended or each.previous
    # A run that never began carries the year 1970 as its start.
    never = last is not None and last.reason in NEVER_STARTED
    if last is None or (never and not each.restart_count):
        at = board.pod.initialized_at if board.pod else None
        return at, at is not None
    if not never:
        return last.finished_at, last.finished_at is not None
    first = min(_refusals_to_start(board.events, each.name), default=None)
    return (first, True) if first else (last.finished_at, False)


def _refusals_to_start(events: tuple[ClusterEvent, ...], name: str) -> list[datetime]:
    """When a node said of that container first that it cannot start; a pull fails before."""
    told = (each for each in events if each.reason == "Failed" and each.about.endswith(f" {name}"))
    return [
        each.first_seen for each in told if each.first_seen and "pull" not in each.message.lower()
    ]


def _refused(board: BoardSnapshot) -> Beginning:
    """The Job controller tries as soon as the Job begins, and again when a pod is gone."""
    told = [each for each in board.events if each.reason in ("FailedCreate", "SuccessfulCreate")]
    made = [each.last_seen for each in told if each.reason == "SuccessfulCreate" and each.last_seen]
    job = board.job
    if job and job.started_at and not (made or board.pod or board.earlier or job.failed):
        return job.started_at, True
    # A refusal before the last pod that was created has been overcome since.
    after = max(made, default=None)
    firsts = [each.first_seen for each in told if each.reason == "FailedCreate"]
    known = [at for at in firsts if at and (after is None or at > after)]
    return (min(known), True) if known else _UNTOLD


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
