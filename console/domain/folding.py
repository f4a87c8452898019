"""fold(board, event) -> board: the one place where what happened becomes what is shown. Pure.

Deterministic: the same events give the same board, whether they come live or from a recording.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from console.domain.blocking import blockage
from console.domain.board import (
    FINISHED,
    POD_GONE,
    BoardSnapshot,
    PairBoard,
    SubmissionStatus,
)
from console.domain.events import (
    ClusterEventSeen,
    ConnectionChanged,
    ConsoleActed,
    Event,
    JobSeen,
    JobVanished,
    LastLine,
    MergedReported,
    PlanReported,
    PodSeen,
    PodsSeen,
    PodVanished,
    ProgressReported,
    RouteFinished,
    StagesHeard,
    StreamChanged,
)
from console.domain.evidence import budget_of, drives_known, not_created
from console.domain.facts import ClusterEvent, ContainerFacts, JobFacts, PodFacts
from console.domain.joined_pods import joined_logcopy
from console.domain.last_lines import with_line
from console.domain.lost_pods import (
    gone,
    heard,
    lost_pods,
    present_records,
    with_record,
)
from console.domain.of_which_pod import (
    kept_ahead,
    of_another_pod,
    outdated,
)
from console.domain.pairing import pair_boards
from console.domain.pod_times import with_report, with_stages
from console.domain.pods_taken import is_earlier, is_own, part_gone, taken, taken_apart
from console.domain.standing import standing
from console.domain.submission import LOGCOPY, is_logcopy

EVENTS_KEPT = 200
NODE_EVENTS_KEPT = 50
"""Of those: a node that is unwell says more than its pod, whose events prove what it used."""


def fold(board: BoardSnapshot, event: Event) -> BoardSnapshot:
    """The board after that event. Total over `Event`."""
    return _FOLDS[type(event)](board, event)


def _judged(board: BoardSnapshot, event: Event) -> BoardSnapshot:
    """Everything that follows from the facts: status, pairs, counts.

    In three steps, for a value of so many fields is dear to replace, and each list has thousands.
    """
    board = _standing(board, event.at)
    pairs = pair_boards(board)
    total = _total(board, pairs)
    return replace(
        board,
        pairs=pairs,
        done=_done(board, pairs, total) if drives_known(board) else None,
        total=total,
        logcopy_absent=not_created(board, LOGCOPY),
    )


def _standing(board: BoardSnapshot, at: datetime) -> BoardSnapshot:
    """With its status, and why."""
    # The budget and what blocks come before the status: both are reasons for it.
    board = replace(
        board,
        records=present_records(board),
        lost=lost_pods(board),
        budget=budget_of(board),
        blockage=blockage(board),
        updated_at=at,
    )
    status, reason = standing(board)
    # Words of a cause that has passed must not stand beside a status that no longer has it.
    blocked = board.blockage if status is SubmissionStatus.BLOCKED else None
    return replace(board, status=status, reason=reason, blockage=blocked)


def listed(job: JobFacts, pod: PodFacts | None, at: datetime) -> BoardSnapshot:
    """What a Job and its pod alone tell for one line of a list: the board as their fold, without
    what no line shows and costs most of a fold: its pod's times, and pairs that do not run."""
    logcopy, version = pod.container(LOGCOPY) if pod else None, _version(job, "")
    named = BoardSnapshot(
        job.namespace, job.name, leaderboard=version, job=job, pod=pod, logcopy=logcopy
    )
    board, total = _standing(named, at), None
    if board.status is SubmissionStatus.RUNNING:
        board = replace(board, pairs=pair_boards(board))
    whole = job.plan is not None and job.plan.has_all_pairs
    if whole and job.plan and None not in (routes := job.plan.drives.routes):
        total = sum(len(each or ()) for each in routes) * job.plan.drives.repetitions
    return replace(board, done=0 if drives_known(board) else None, total=total)


def _version(job: JobFacts, known: str) -> str:
    """Of the Leaderboard; `known` where the Job does not tell it."""
    return job.leaderboard or (job.plan.drives.leaderboard.name if job.plan else "") or known


def _done(board: BoardSnapshot, pairs: tuple[PairBoard, ...], total: int | None) -> int:
    """Drives that are finished."""
    finished = 0
    if board.records:
        finished = sum(cell.state in FINISHED for pair in pairs for cell in pair.cells)
    done = max(finished, board.report.done if board.report else 0)
    # A report that counts more drives than were launched is wrong, whoever sent it.
    return done if total is None else min(done, total)


def _total(board: BoardSnapshot, pairs: tuple[PairBoard, ...]) -> int | None:
    """By the pairs if the routes of all are known, else as logcopy counts."""
    known = [pair.total for pair in pairs if pair.total is not None]
    whole = board.job is None or board.job.plan is None or board.job.plan.has_all_pairs
    if whole and pairs and len(known) == len(pairs):
        return sum(known)
    return board.report.total if board.report else None


def _job_seen(board: BoardSnapshot, event: JobSeen) -> BoardSnapshot:
    job = event.job
    # A Job that was deleted and launched again under its name is another submission: nothing of the
    # old one may be shown as its own.
    if board.job is not None and board.job.uid != job.uid:
        board = BoardSnapshot(board.namespace, board.name, live=board.live)
    # Pods have a watch of their own, which may be ahead of that of Jobs or behind it.
    if board.pod is not None and board.pod.owner not in ("", job.uid):
        board = replace(board, pod=None, parts=())
    version = _version(job, board.leaderboard)
    board = replace(board, job=job, vanished=False, leaderboard=version)
    return _judged(_with_logcopy(board), event)


def _job_vanished(board: BoardSnapshot, event: JobVanished) -> BoardSnapshot:
    job = replace(board.job, deleting=True) if board.job else None
    gone = replace(board, job=job, vanished=True)
    return _judged(gone, event)


def _pod_seen(board: BoardSnapshot, event: PodSeen) -> BoardSnapshot:
    pod = event.pod
    if not is_own(board, pod):
        return board
    if pod.index is None and is_earlier(board, pod):
        return _judged(taken(board, pod), event)
    return _with_ahead(taken(board, pod), event)


def _pods_seen(board: BoardSnapshot, event: PodsSeen) -> BoardSnapshot:
    """As if told one after the other, but judged once: that is most of a fold, and of a long list
    nearly all."""
    pods = [pod for pod in event.pods if is_own(board, pod)]
    if board.ahead or not taken_apart(board, pods):
        for each in event.each:
            board = _pod_seen(board, each)
        return board
    if not pods:
        return board
    for pod in pods:
        board = taken(board, pod)
    return _judged(_with_logcopy(board), event)


def _with_ahead(board: BoardSnapshot, event: PodSeen) -> BoardSnapshot:
    """And with what that pod had told before the watch showed it."""
    ahead, board = board.ahead, replace(board, ahead=())
    for told in ahead:
        board = fold(board, told)
    return _judged(_with_logcopy(board), event)


def _with_logcopy(board: BoardSnapshot) -> BoardSnapshot:
    return replace(board, logcopy=_logcopy(board.pod) if board.pod else None)


def _logcopy(pod: PodFacts) -> ContainerFacts | None:
    return pod.container(LOGCOPY) or joined_logcopy(pod)


def _pod_vanished(board: BoardSnapshot, event: PodVanished) -> BoardSnapshot:
    """The last known state stays: it says how the containers ended."""
    if (without := part_gone(board, event.uid)) is not None:
        return _judged(_with_logcopy(without), event)
    if board.parts or board.pod is None or board.pod.uid != event.uid:
        return _judged(replace(board, earlier=gone(board.earlier, event.uid)), event)
    pod = replace(board.pod, phase=POD_GONE, deleting=True)
    return _judged(replace(board, pod=pod), event)


def _cluster_event(board: BoardSnapshot, event: ClusterEventSeen) -> BoardSnapshot:
    # The cluster counts a repeated event up in place; it is one event with a later time.
    kept = [each for each in board.events if each.uid != event.event.uid]
    kept.append(event.event)
    # By its time, not by when it was heard: a watch that begins anew tells old events in any order.
    kept.sort(key=lambda each: each.last_seen.timestamp() if each.last_seen else 0.0)
    if event.event.of_node:
        kept = _with_few_of_nodes(kept)
    return _judged(replace(board, events=tuple(kept[-EVENTS_KEPT:])), event)


def _with_few_of_nodes(events: list[ClusterEvent]) -> list[ClusterEvent]:
    """Without the oldest of its node, where there are too many."""
    of_node = [each for each in events if each.of_node]
    if len(of_node) <= NODE_EVENTS_KEPT:
        return events
    old = {each.uid for each in of_node[:-NODE_EVENTS_KEPT]}
    return [each for each in events if each.uid not in old]


def _plan_reported(board: BoardSnapshot, event: PlanReported) -> BoardSnapshot:
    leaderboard = board.leaderboard or event.leaderboard
    return _judged(replace(board, routes=event, leaderboard=leaderboard), event)


def _progress(board: BoardSnapshot, event: ProgressReported) -> BoardSnapshot:
    """The newest of the present pod, by its own count: clocks of two nodes cannot be compared."""
    report, shown = event.report, board.report
    # A recording and a live log can both tell one report; the later of the two may come first.
    if shown is not None and event.pod == board.report_pod and report.sequence < shown.sequence:
        return board
    present = board.pod.key if board.pod else ""
    times = with_report(board.pod_times, event.pod or present, report)
    board = replace(board, told=heard(board.told, event.pod or present), pod_times=times)
    if present and event.pod not in ("", present):
        return _judged(kept_ahead(board, event), event)
    board = replace(board, report=report, merge_status=report.status, problems=report.problems)
    return _judged(replace(board, report_pod=event.pod), event)


def _route_finished(board: BoardSnapshot, event: RouteFinished) -> BoardSnapshot:
    """Of the pod that told it: another pod drives everything again."""
    pod = event.pod or (board.pod.key if board.pod else "")
    return _judged(replace(board, told=with_record(board.told, pod, event.record)), event)


def _merged(board: BoardSnapshot, event: MergedReported) -> BoardSnapshot:
    """A final result is never replaced by one that is not; that of an earlier pod is not final."""
    result = event.result
    if board.pod is not None and event.pod not in ("", board.pod.key):
        result, board = outdated(result), kept_ahead(board, event)
    # logcopy may be restarted after its last word and begin with an empty merge.
    if board.merged is not None and board.merged.final and not result.final:
        return board
    return _judged(replace(board, merged=result, merged_pod=event.pod), event)


def _stream(board: BoardSnapshot, event: StreamChanged) -> BoardSnapshot:
    if of_another_pod(board, event):
        return replace(board, updated_at=event.at)
    streams = tuple(each for each in board.streams if each[0] != event.container)
    entry = (event.container, event.state, event.told)
    board = replace(board, streams=(*streams, entry), updated_at=event.at)
    # Of all streams only logcopy's decides what is known of drives; judging costs most of a fold.
    return _judged(board, event) if is_logcopy(event.container) else board


def _last_line(board: BoardSnapshot, event: LastLine) -> BoardSnapshot:
    # One that names no pod is taken for the present one's: what wrote it had no other to tell of.
    if event.pod and of_another_pod(board, event):
        return replace(board, updated_at=event.at)
    return with_line(board, event)


def _stages(board: BoardSnapshot, event: StagesHeard) -> BoardSnapshot:
    """Of whichever pod it is: its time is told beside that of the others."""
    key = event.pod or (board.pod.key if board.pod else "")
    times = with_stages(board.pod_times, key, event.container, event.marks)
    return replace(board, pod_times=times, updated_at=event.at)


def _acted(board: BoardSnapshot, event: ConsoleActed) -> BoardSnapshot:
    """Each once, however often it is told. It is no word of the submission: nothing is younger."""
    if event in board.actions:
        return board
    actions = sorted((*board.actions, event), key=lambda each: each.at)
    return replace(board, actions=tuple(actions[-EVENTS_KEPT:]))


def _connection(board: BoardSnapshot, event: ConnectionChanged) -> BoardSnapshot:
    if event.live:
        return replace(board, live=True, stale_since=None, stale_why="", updated_at=event.at)
    # Old since the first loss: a second failed try must not make what is shown look younger.
    since = board.stale_since or event.at
    return replace(board, live=False, stale_since=since, stale_why=event.why)


_FOLDS: dict[type, Callable[[BoardSnapshot, Any], BoardSnapshot]] = {
    JobSeen: _job_seen,
    JobVanished: _job_vanished,
    PodSeen: _pod_seen,
    PodsSeen: _pods_seen,
    PodVanished: _pod_vanished,
    ClusterEventSeen: _cluster_event,
    PlanReported: _plan_reported,
    ProgressReported: _progress,
    RouteFinished: _route_finished,
    MergedReported: _merged,
    StreamChanged: _stream,
    LastLine: _last_line,
    StagesHeard: _stages,
    ConnectionChanged: _connection,
    ConsoleActed: _acted,
}
