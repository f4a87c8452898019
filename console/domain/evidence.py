"""What is proven of a submission, from all that still tells it: pod, Job, events, reports. Pure.

The pod's own status counts exactly. When it is gone, the Job's conditions and the kubelet's events
prove lower bounds; what nothing proves is unknown, and stays so. Pods that come later start anew.
"""

from __future__ import annotations

from collections import Counter

from console.domain.board import BoardSnapshot
from console.domain.budget import RestartBudget
from console.domain.events import StreamState
from console.domain.facts import ClusterEvent, ContainerState, IndexedJob, JobFacts, PodFacts
from console.domain.lost_pods import restarts_counted
from console.domain.progress import MergeStatus
from console.domain.submission import INIT, LOGCOPY, PairPlan, SubmissionPlan

LIMIT_REACHED = "BackoffLimitExceeded"
RUNS = ("Started", "Created")
"""A kubelet tells each of them once a run; it may have lost some of either."""
BACK_OFF = "BackOff"
NOT_RUN = "Back-off pulling"
"""How the other `BackOff` begins, of an image."""
COMBINED = "(combined from similar events)"
"""How Kubernetes begins an event that stands for several, of whichever containers."""


def budget_of(board: BoardSnapshot) -> RestartBudget:
    """The budget as counted, or as much of it as is proven."""
    job = board.job
    if job is None:
        return RestartBudget.unknown(None)
    if job.indexes is not None and job.indexes.limit is not None:
        return _budget_of_pairs(board, job.indexes, job.indexes.limit)
    limit = job.backoff_limit
    proven = max(limit, 1) if limit_reached(job) else 0
    if board.pod is not None:
        counts = restarts_counted(board.pod, board.earlier)
        budget = RestartBudget.of(limit, counts)
        missed = proven and proven > budget.least
        return RestartBudget.unknown(limit, proven, counts) if missed else budget
    if never_ran(board):
        return RestartBudget(limit)
    return RestartBudget.unknown(limit, proven, _restarts_told(board.events, job.plan))


def _budget_of_pairs(board: BoardSnapshot, indexes: IndexedJob, limit: int) -> RestartBudget:
    """By the newest pod of each: it knows how many failed before it."""
    if indexes.restarts:
        from console.domain.upstream_standing import budget_of_workers  # few have several Jobs

        known = {pod.pair for pod in board.parts} >= {p.number for p in _pairs(board)}
        return budget_of_workers(board, indexes, counted=known or never_ran(board))
    spent = {f"agent-{pod.pair}": pods_failed(pod, indexes) for pod in board.parts}
    failed = tuple(index + 1 for index in indexes.failed)
    known = {pod.index for pod in board.parts} >= {*indexes.failed}
    counted = (bool(board.parts) and known) or never_ran(board)
    spent |= {f"agent-{number}": limit for number in failed}
    return RestartBudget.of_pairs(limit, spent, failed, counted=counted)


def _pairs(board: BoardSnapshot) -> tuple[PairPlan, ...]:
    return board.job.plan.pairs if board.job and board.job.plan else ()


def pods_failed(pod: PodFacts, indexes: IndexedJob | None) -> int:
    """Of its index, with itself."""
    done = indexes is not None and pod.index in indexes.completed
    return pod.failures + (pod.phase == "Failed" and not done)


def limit_reached(job: JobFacts) -> bool:
    """The Job controller ended it for its restarts; not for pods that failed as a whole."""
    if job.failed > job.backoff_limit:
        return False
    return any(each.status and each.reason == LIMIT_REACHED for each in job.conditions)


def never_ran(board: BoardSnapshot) -> bool:
    """The cluster says that no pod of this Job has ever been: nothing can have happened yet."""
    job = board.job
    if job is None or board.pod is not None or board.vanished:
        return False
    # Asked for each pair of each fold: what most Jobs have is looked at first.
    if job.active or job.succeeded or job.failed or job.terminating:
        return False
    if job.waits:  # its start takes that word back, and a cancel leaves it
        return _no_pod_told(board)
    if job.cancelled:
        return False
    if job.over or _failing(job) or any(each.type == "Suspended" for each in job.conditions):
        return False
    return _no_pod_told(board)


def _no_pod_told(board: BoardSnapshot) -> bool:
    return not any(each.about.startswith("Pod/") for each in board.events)


def not_created(board: BoardSnapshot, container: str) -> bool:
    """The cluster says that this container is not there yet; False also where nobody can tell."""
    pod = board.pod_of(container)
    if pod is None:
        over = board.job is None or board.job.over
        return never_ran(board) if not board.parts else not over
    return pod.container(container) is None and pod.phase == "Pending"


def drives_known(board: BoardSnapshot) -> bool:
    """Whether what is known of the drives is all there is to know."""
    report = board.report
    if board.job is not None and board.job.plan is not None and board.job.plan.upstream is not None:
        return not _has_driven(board)
    final = board.merged is not None and board.merged.final
    if final or (report and report.status is not MergeStatus.RUNNING):
        return True
    if report is None and not board.records:
        return not _has_driven(board)
    over = board.job is not None and board.job.over and board.pod_gone
    return not over or _heard_to_the_end(board)


def logcopy_heard(board: BoardSnapshot) -> bool:
    """Whether it is known what logcopy has to say: it said it, or nothing has run yet."""
    return board.report is not None or not _has_driven(board)


def end_heard(board: BoardSnapshot) -> bool:
    """Whether nothing that logcopy said at its end can be missing here: it tells how it ends, then
    the merged document; else its log was read to the end, or nothing has run."""
    report = board.report
    if report is not None and report.status is MergeStatus.COMPLETE:
        return board.merged is not None or _heard_to_the_end(board)
    if report is not None and report.status is not MergeStatus.RUNNING:
        return True
    return _heard_to_the_end(board) or not _has_driven(board)


def _has_driven(board: BoardSnapshot) -> bool:
    """Some container after the init container may have done something."""
    if board.pod is None:
        return not never_ran(board)
    waiting = ContainerState.WAITING
    for each in board.pod.containers:
        if not each.init and (each.state is not waiting or each.restart_count):
            return True
    return False


def _heard_to_the_end(board: BoardSnapshot) -> bool:
    plan = board.job.plan if board.job else None
    read = {name for name, state, _ in board.streams if state is StreamState.ENDED}
    return read.issuperset(plan.logcopies if plan else (LOGCOPY,))


def _failing(job: JobFacts) -> bool:
    return job.condition("FailureTarget") is not None


def _restarts_told(events: tuple[ClusterEvent, ...], plan: SubmissionPlan | None) -> dict[str, int]:
    """By container of the newest pod, in the manifest's order: a kubelet counts each one's starts.

    Its events may be dropped or forgotten, so that these are lower bounds.
    """
    runs = [each for each in events if _tells_runs(each)]
    if not runs:
        return {}
    newest = runs[-1].about.split(" ")[0]
    told: Counter[tuple[str, str]] = Counter()
    for each in runs:
        pod, _, container = each.about.partition(" ")
        if pod == newest:
            told[container, each.reason] += each.count
    least: dict[str, int] = {}
    for (container, reason), count in told.items():
        proven = count - 1 if reason in RUNS else 1
        least[container] = max(least.get(container, 0), proven)
    ours = [name for name in (INIT, *(plan.containers if plan else ())) if name in least]
    return {name: least[name] for name in dict.fromkeys((*ours, *least))}


def _tells_runs(event: ClusterEvent) -> bool:
    """A kubelet backs off from a container's restart only after it restarted it before."""
    backs_off = event.reason == BACK_OFF and not event.message.startswith(NOT_RUN)
    return _of_one_container(event) and (event.reason in RUNS or backs_off)


def _of_one_container(event: ClusterEvent) -> bool:
    pod, _, container = event.about.partition(" ")
    return pod.startswith("Pod/") and bool(container) and not event.message.startswith(COMBINED)
