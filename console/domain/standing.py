"""Where a submission stands: one status word and one sentence why. Pure."""

from __future__ import annotations

from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.budget import RestartBudget
from console.domain.facts import ClusterEvent, ContainerFacts, ContainerState, JobFacts, PodFacts
from console.domain.hostile_text import neutralise
from console.domain.placing import why_unplaced

LONGEST_REASON = 300


def standing(board: BoardSnapshot) -> tuple[SubmissionStatus, str]:
    """The status and its reason; the reason may be empty while all goes well."""
    status, reason = _standing(board)
    plain = " ".join(neutralise(reason.replace("\n", " ")).split())
    return status, plain if len(plain) <= LONGEST_REASON else plain[: LONGEST_REASON - 1] + "…"


def _standing(board: BoardSnapshot) -> tuple[SubmissionStatus, str]:
    job = board.job
    if board.vanished:
        if job is None:
            return SubmissionStatus.DELETED, "The cluster has no Job of this name."
        return SubmissionStatus.DELETED, "The Job was deleted."
    if job is None:
        return SubmissionStatus.UNKNOWN, "Nothing is known of this Job yet."
    if (ended := _ended(board, job)) is not None:
        return ended
    if job.suspended:
        if job.cancelled:
            stopping = "; its containers are still stopping" if board.pod_lives else ""
            return SubmissionStatus.CANCELLED, f"The operator cancelled it{stopping}."
        return SubmissionStatus.SUSPENDED, "The Job is suspended: nothing runs until it resumes."
    if board.blockage is not None:
        return SubmissionStatus.BLOCKED, board.blockage.reason
    if _has_run(board.pod):
        trouble = _trouble(board.pod, job) or _deleting(job) or _unheard(board)
        return SubmissionStatus.RUNNING, trouble
    return SubmissionStatus.PENDING, why_pending(board)


def _ended(board: BoardSnapshot, job: JobFacts) -> tuple[SubmissionStatus, str] | None:
    """The verdict of the Job controller, with what this console knows of the result."""
    if failed := job.condition("Failed"):
        reason = _failure(failed.reason, failed.message, board.budget)
        return SubmissionStatus.FAILED, f"{reason}{_cause(board)}"
    if failing := job.condition("FailureTarget"):
        reason = _failure(failing.reason, failing.message, board.budget)
        return SubmissionStatus.FAILING, f"{reason}{_cause(board)} The pod is ending."
    if job.condition("Complete") is None:
        return None
    if board.merged is None:
        return (
            SubmissionStatus.UNVERIFIED,
            f"The Job completed, but {_unseen(board)}",
        )
    if board.merged.final:
        return SubmissionStatus.COMPLETE, ""
    return SubmissionStatus.INCOMPLETE, board.merged.why_not or "The merged result is incomplete."


def _unheard(board: BoardSnapshot) -> str:
    return f"What is finished is not known: {board.unheard}" if board.unheard else ""


def _unseen(board: BoardSnapshot) -> str:
    if board.unheard:
        return f"its result could not be read: {board.unheard}"
    return "no verified result of it has been seen here."


def _cause(board: BoardSnapshot) -> str:
    """What hit several pairs alike is why the budget went; the newest of it."""
    return f" {board.shared_failure}." if board.shared_failure else ""


def _failure(reason: str, message: str, budget: RestartBudget) -> str:
    if reason == "BackoffLimitExceeded":
        spent = ", ".join(f"{name} {count}" for name, count in budget.spent)
        blame = f": {spent}" if spent else ""
        return f"The restart budget of {budget.limit} is used up{blame}."
    if reason == "DeadlineExceeded":
        return "The Job ran longer than its deadline."
    return message or reason or "The Job failed."


def _has_run(pod: PodFacts | None) -> bool:
    """Some container after the init container has started."""
    if pod is None:
        return False
    return any(
        not each.init and (each.state is not ContainerState.WAITING or each.restart_count)
        for each in pod.containers
    )


def _deleting(job: JobFacts) -> str:
    return "The Job is being deleted." if job.deleting else ""


def _trouble(pod: PodFacts | None, job: JobFacts) -> str:
    """What is wrong with a running pod, if it is."""
    if pod is None:
        return ""
    if pod.deleting and not job.deleting:
        return f"The pod is being deleted{f': {pod.message}' if pod.message else '.'}"
    waiting = [each.name for each in pod.containers if each.reason == "CrashLoopBackOff"]
    if waiting:
        return f"Waiting to restart after a crash: {', '.join(waiting)}."
    return ""


def why_pending(board: BoardSnapshot) -> str:
    """The answer to 'why is it not running?' in one sentence."""
    pod = board.pod
    if pod is None or not board.pod_lives:
        if refused := _newest(board.events, "FailedCreate"):
            return f"The cluster does not create the pod: {refused.message}"
        return "Waiting for the Job controller to create the pod."
    if not pod.node:
        return _waiting_for_a_node(pod, board.events)
    for each in pod.containers:
        if each.init and (text := _init_state(each)):
            return text
    for reason in ("FailedMount", "FailedCreatePodSandBox", "Failed"):
        if event := _newest(board.events, reason):
            return f"The node reports {event.reason}: {event.message}"
    return pod.message or "The node is starting the containers."


def _waiting_for_a_node(pod: PodFacts, events: tuple[ClusterEvent, ...]) -> str:
    told = [each for each in events if each.concerns_pod(pod.name)]
    if unplaced := why_unplaced(pod, told):
        return f"Waiting for room on a node: {unplaced.words}"
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
