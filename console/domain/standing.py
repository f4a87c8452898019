"""Where a submission stands: one status word and one sentence why. Pure."""

from __future__ import annotations

from functools import lru_cache

from console.domain.blockage import listed
from console.domain.board import GPU_PROBLEM, BoardSnapshot, SubmissionStatus
from console.domain.facts import (
    ClusterEvent,
    ContainerFacts,
    ContainerState,
    IndexedJob,
    JobCondition,
    JobFacts,
    PodFacts,
)
from console.domain.hostile_text import neutralise
from console.domain.lost_pods import DELETED, FAILED, comes_again, drives_kept, story, why_lost
from console.domain.placing import why_unplaced
from console.domain.pod_records import KEPT
from console.domain.turns import is_kueues, why_queued
from console.workers import pair_words

LONGEST_REASON = 500
"""Room for what blocks, what to do, what was lost before and what of it can be rescued."""
ONE_LINERS = 100
"""Reasons that are remembered in one line: a list has thousands of rows, and few reasons."""
DEADLINE = "DeadlineExceeded"
"""How a cancelled Job ends: the Job controller has no other end for one that still runs."""


def standing(board: BoardSnapshot) -> tuple[SubmissionStatus, str]:
    """The status and its reason; the reason may be empty while all goes well."""
    plan = board.job.plan if board.job else None
    if plan is not None and plan.upstream is not None and not board.vanished:
        status, reason = _of_jobs(board)
    else:
        status, reason = _standing(board)
    return status, _one_line(reason)


@lru_cache(ONE_LINERS)
def _one_line(reason: str) -> str:
    plain = " ".join(neutralise(reason.replace("\n", " ")).split())
    return plain if len(plain) <= LONGEST_REASON else plain[: LONGEST_REASON - 1] + "…"


def _of_jobs(board: BoardSnapshot) -> tuple[SubmissionStatus, str]:
    from console.domain.upstream_standing import standing_of_jobs  # few have several Jobs

    assert board.job is not None
    return standing_of_jobs(board, board.job, why_pending(board))


def _standing(board: BoardSnapshot) -> tuple[SubmissionStatus, str]:
    job = board.job
    if board.vanished:
        if job is None:
            return SubmissionStatus.DELETED, "The cluster has no Job of this name."
        return SubmissionStatus.DELETED, "The Job was deleted."
    if job is None:
        return SubmissionStatus.UNKNOWN, "Nothing is known of this Job yet."
    # The Job controller has the last word: what blocks or waits beside its verdict is history.
    if (ended := _ended(board, job)) is not None:
        return ended
    if job.cancelled:
        return _cancelled(board)
    # A queue that admits nothing is waited for in vain, and looks like any other in the Job alone.
    if is_kueues(job) and board.blockage is not None:
        return SubmissionStatus.BLOCKED, board.blockage.reason
    # A Job in line is suspended too; why it is says more than that it is.
    if job.queued:
        return SubmissionStatus.QUEUED, f"{why_queued(job)}{_driven_before(board)}"
    if job.suspended:
        return SubmissionStatus.SUSPENDED, "The Job is suspended: nothing runs until it resumes."
    if board.blockage is not None:
        return SubmissionStatus.BLOCKED, f"{board.blockage.reason} {_lost_before(board, job)}"
    # After what blocks: a pod that was lost and cannot come back is blocked, not on its way.
    if (lost := _lost(board, job)) is not None:
        return SubmissionStatus.PENDING, lost
    if _has_run(board):
        # The most urgent first: one sentence has room for one of them.
        trouble = (
            _trouble(board, job) or _deleting(job) or _unheard(board) or _lost_before(board, job)
        )
        return SubmissionStatus.RUNNING, trouble
    return SubmissionStatus.PENDING, why_pending(board)


def _ended(board: BoardSnapshot, job: JobFacts) -> tuple[SubmissionStatus, str] | None:
    """The verdict of the Job controller, with what this console knows of the result."""
    if job.cancelled and any(each.status and each.reason == DEADLINE for each in job.conditions):
        return _cancelled(board)
    if failed := job.condition("Failed"):
        return SubmissionStatus.FAILED, f"{_failure(board, job, failed)}{_cause(board)}"
    # The controller says this as soon as it has decided; `Failed` comes when the last pod has
    # ended.
    if failing := job.condition("FailureTarget"):
        reason = f"{_failure(board, job, failing)}{_cause(board)}"
        return SubmissionStatus.FAILING, f"{reason} The pod is ending."
    if job.condition("Complete") is None:
        return None
    # A Job that completed proves that containers ended with 0, and nothing of their results.
    if board.merged is None:
        return (
            SubmissionStatus.UNVERIFIED,
            f"The Job completed, but {_unseen(board)}",
        )
    if board.merged.final:
        return SubmissionStatus.COMPLETE, ""
    why = (
        _wrong_gpus(board)
        or _not_loaded(board)
        or board.merged.why_not
        or "The merged result is incomplete."
    )
    return SubmissionStatus.INCOMPLETE, why


def _driven_before(board: BoardSnapshot) -> str:
    """What one that had run already, and is queued again, would drive a second time."""
    kept = drives_kept(board)
    if not kept:
        return ""
    finished = "1 drive was" if kept == 1 else f"{kept} drives were"
    return f" {finished} finished before: cancelled and resumed, it goes on from there."


def _wrong_gpus(board: BoardSnapshot) -> str:
    """What is missing follows from it: such a pair drives nothing."""
    pairs = board.report.pairs if board.report else ()
    # A pair that was not stopped for it drove on the wrong card, and has its records all the same.
    stopped = any(each.reason == pair_words.WRONG_GPU for pair in pairs for each in pair.ended)
    told = [each.text for each in board.problems if each.kind == GPU_PROBLEM] if stopped else []
    more = f" (and {len(told) - 1} more)" if len(told) > 1 else ""
    return f"{told[0]}{more}." if told else ""


def _not_loaded(board: BoardSnapshot) -> str:
    """Why pairs drove nothing, in logcopy's words; theirs where it has said none."""
    pairs = board.report.pairs if board.report else ()
    ours = [p.pair for p in pairs if any(e.reason == pair_words.NOT_LOADED for e in p.ended)]
    if not ours:
        return ""
    told = next((each for each in board.problems if pair_words.UNLOADED in each.text), None)
    if told is None or told.pair:
        named = ", ".join(f"pair {number}" for number in ours)
        return f"{named}: {told.text if told else pair_words.UNLOADED}."
    return f"{told.text}."


def _cancelled(board: BoardSnapshot) -> tuple[SubmissionStatus, str]:
    more = "; its containers are still stopping" if board.pod_lives else ""
    if board.job and board.job.suspended and board.job.queue:
        more = f"; its Job ends when Kueue's queue {board.job.queue} admits it, or is deleted"
    return SubmissionStatus.CANCELLED, f"The operator cancelled it{more}."


def _unheard(board: BoardSnapshot) -> str:
    return f"What is finished is not known: {board.unheard}" if board.unheard else ""


def _unseen(board: BoardSnapshot) -> str:
    if board.unheard:
        return f"its result could not be read: {board.unheard}"
    return "no verified result of it has been seen here."


def _cause(board: BoardSnapshot) -> str:
    """What hit several pairs alike is why the budget went; the newest of it."""
    return f" {board.shared_failure}." if board.shared_failure else ""


def _failure(board: BoardSnapshot, job: JobFacts, condition: JobCondition) -> str:
    reason, message, budget = condition.reason, condition.message, board.budget
    if reason == "BackoffLimitExceeded" and _restart_or_pod(board, job):
        return "A container was restarted, or the pod failed as a whole; the limit is 0."
    if reason == "BackoffLimitExceeded" and job.failed > max(job.backoff_limit, budget.least):
        return _too_many_pods(board, job)
    if reason == "BackoffLimitExceeded":
        blame = f": {budget.spenders}" if budget.spent else ""
        return f"The restart budget of {budget.limit} is used up{blame}."
    if reason == DEADLINE:
        return "The Job ran longer than its deadline."
    if job.indexes is not None and job.indexes.failed:
        others = len(job.indexes.failed) < len(board.pairs)
        return f"{failed_for_good(job.indexes)}{' The others went on without.' * others}"
    return message or reason or "The Job failed."


def _restart_or_pod(board: BoardSnapshot, job: JobFacts) -> bool:
    """With the limit 0 one of either ends the Job, and its pod is counted as failed both times."""
    unseen = board.pod is None and not board.budget.least
    # With a pod or a restart at hand it is known which of the two it was.
    return job.backoff_limit == 0 and job.failed == 1 and unseen


def _too_many_pods(board: BoardSnapshot, job: JobFacts) -> str:
    """Pods that end as a whole are counted apart from restarts."""
    last = why_lost(board.pod, board.events, job) if board.pod else ""
    # Only the last pod's reason is at hand: those before took theirs with them.
    because = f", the last because {last}" if last and job.failed > 1 else f" because {last}"
    pods = "pod" if job.failed == 1 else "pods"
    told = f"{job.failed} {pods} failed as a whole{because if last else ''}"
    return f"{told}; the limit is {job.backoff_limit}."


def _lost(board: BoardSnapshot, job: JobFacts) -> str | None:
    """The pod has ended as a whole, and the Job controller has not made another one yet."""
    pod = board.pod
    if pod is None or board.pod_lives or pod.phase == "Succeeded" or job.deleting:
        return None
    if board.parts:
        told = f"No pod lives: the Job controller is to make others; {KEPT}."
        return told if any(comes_again(part, job) for part in board.parts) else None
    why = why_lost(pod, board.events, job)
    told = f"The pod is lost because {why}. Waiting for the Job controller to create another one"
    drives = f"its {len(board.records)} finished drives are driven again" if board.records else ""
    return f"{told}; {drives}." if drives else f"{told}."


def _lost_before(board: BoardSnapshot, job: JobFacts) -> str:
    """The pods before this one, and what they cost: failed pods have a limit of their own."""
    if board.parts:
        return story(tuple(each for each in board.lost if each.why != FAILED))
    if not board.lost or not job.failed:
        return story(board.lost)
    cost = f"Failed pods: {job.failed}; more than {job.backoff_limit} end the Job."
    return f"{story(board.lost)} {cost}"


def _has_run(board: BoardSnapshot) -> bool:
    """Some container of ours after the init container has started."""
    if board.pod is None:
        return False
    return any(
        not each.init and (each.state is not ContainerState.WAITING or each.restart_count)
        for each in board.pod.containers
        if each not in board.foreign
    )


def _deleting(job: JobFacts) -> str:
    return "The Job is being deleted." if job.deleting else ""


def _trouble(board: BoardSnapshot, job: JobFacts) -> str:
    """What is wrong with a running pod, if it is."""
    pod = board.pod
    if pod is None:
        return ""
    if pod.deleting and not job.deleting:
        why = why_lost(pod, board.events, job)
        return f"The pod is being ended{'' if why == DELETED else f' because {why}'}."
    if left := _left_over(board):
        return left
    if job.indexes is not None and job.indexes.failed:
        return f"{failed_for_good(job.indexes)}{' The others go on.' * board.pod_lives}"
    waiting = [each.name for each in pod.containers if each.reason == "CrashLoopBackOff"]
    if waiting:
        return f"Waiting to restart after a crash: {', '.join(waiting)}."
    return ""


def failed_for_good(indexes: IndexedJob) -> str:
    """`Pairs 2 and 5 failed for good: ...`"""
    pairs = tuple(f"{index + 1}" for index in indexes.failed)
    who = f"Pair {pairs[0]}" if len(pairs) == 1 else f"Pairs {listed(pairs)}"
    often = "once" if indexes.limit == 1 else f"{indexes.limit} times"
    # Without a resume the first failure is the last.
    times = f" more often than {often}" if indexes.limit else ""
    return f"{who} failed for good: {'its pod' if len(pairs) == 1 else 'their pods'} failed{times}."


def _left_over(board: BoardSnapshot) -> str:
    """All that is ours has ended well, and what is not ours keeps the pod from ending."""
    pod = board.pod
    plan = board.job.plan if board.job else None
    if pod is None or plan is None:
        return ""
    # The first that runs answers: that is most often the first of all.
    ours = (pod.container(name) for name in plan.containers)
    if not all(each and each.ended and each.ended.exit_code == 0 for each in ours):
        return ""
    names = tuple(each.name for each in board.foreign if each.holds_pod)
    if not names:
        return ""
    one = len(names) == 1
    return (
        f"Everything of the submission has ended, but {listed(names)} {'runs' if one else 'run'} "
        f"on: {'it is' if one else 'they are'} not ours and {'keeps' if one else 'keep'} the Job "
        f"from completing. End {'it' if one else 'them'} to complete it."
    )


def why_pending(board: BoardSnapshot) -> str:
    """The answer to 'why is it not running?' in one sentence."""
    pod = _waiting(board)
    # The controller's refusal is an event of the Job; a pod that does not exist has none.
    if pod is None or not board.pod_lives:
        if refused := _newest(board.events, "FailedCreate"):
            return f"The cluster does not create the pod: {refused.message}"
        return "Waiting for the Job controller to create the pod."
    if not pod.node:
        return _waiting_for_a_node(pod, board.events)
    for each in pod.containers:
        if each.init and (text := _init_state(each)):
            return text
    # In the order in which a kubelet comes to them: the earlier one is why the later never happens.
    for reason in ("FailedMount", "FailedCreatePodSandBox", "Failed"):
        if event := _newest(board.events, reason):
            return f"The node reports {event.reason}: {event.message}"
    return pod.message or "The node is starting the containers."


def _waiting(board: BoardSnapshot) -> PodFacts | None:
    """The pod of it that has not begun; of several the first."""
    return next((each for each in board.parts if each.phase == "Pending"), board.pod)


def _waiting_for_a_node(pod: PodFacts, events: tuple[ClusterEvent, ...]) -> str:
    told = [each for each in events if each.concerns_pod(pod.name)]
    if unplaced := why_unplaced(pod, told):
        return f"Waiting for room on a node: {unplaced.told}"
    return f"Waiting for a node{f': {pod.message}' if pod.message else '.'}"


def _init_state(init: ContainerFacts) -> str:
    if init.state is ContainerState.RUNNING:
        return f"The init container {init.name} is at work."
    failed = init.ended or init.previous
    if failed and failed.exit_code:
        return f"The init container {init.name} failed with exit code {failed.exit_code}."
    return ""


def _newest(events: tuple[ClusterEvent, ...], reason: str) -> ClusterEvent | None:
    return next((each for each in reversed(events) if each.reason == reason), None)
