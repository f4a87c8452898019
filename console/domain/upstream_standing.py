"""Where a submission of upstream's Jobs stands: a status and one sentence why. Pure.

A worker goes its own way: one that failed for good, or whose Job is gone, ends no other. What has
come of the drives is in upstream's bucket and at EvalAI, so no status here says more than that the
Jobs have ended.
"""

from __future__ import annotations

from msgspec.structs import replace

from console.domain.blockage import listed
from console.domain.board import BoardSnapshot
from console.domain.board import SubmissionStatus as Status
from console.domain.budget import RestartBudget
from console.domain.facts import ContainerState, IndexedJob, JobFacts, PodFacts
from console.domain.submission import SubmissionPlan, UpstreamPlan


def standing_of_jobs(board: BoardSnapshot, job: JobFacts, pending: str) -> tuple[Status, str]:
    """`pending`: why it waits, where it does."""
    if failed := job.condition("Failed"):
        return Status.FAILED, f"{failed.message} {_unknown(board)}"
    if job.condition("Complete"):
        return Status.UNVERIFIED, f"All its Jobs that are here have ended well. {_unknown(board)}"
    if job.suspended:
        return Status.SUSPENDED, "Its Jobs are suspended: nothing runs until they resume."
    if board.blockage is not None:
        return Status.BLOCKED, f"{board.blockage.reason} {_apart(board, job)}"
    if any(_has_run(part) for part in board.parts if part.pair) or _some_ended(job):
        return Status.RUNNING, _apart(board, job) or _deleting(job)
    return Status.PENDING, pending


def budget_of_workers(board: BoardSnapshot, indexes: IndexedJob, *, counted: bool) -> RestartBudget:
    """Each worker's Job counts the restarts of all containers of its pod, and failed pods."""
    limit = indexes.limit or 0
    spent = {f"agent-{part.pair}": _spent(part) for part in board.parts if part.pair}
    failed = tuple(index + 1 for index in indexes.failed)
    unseen = {f"agent-{number}" for number in failed} - spent.keys()
    budget = RestartBudget.of_pairs(
        limit, spent | dict.fromkeys(unseen, limit), failed, counted=counted and not unseen
    )
    return replace(budget, of_restarts=True)


def _spent(part: PodFacts) -> int:
    return part.restarts + (part.phase == "Failed")


def failed_workers(indexes: IndexedJob) -> str:
    """`Pair 2 failed for good: ...`; empty where none did."""
    pairs = tuple(f"{index + 1}" for index in indexes.failed)
    if not pairs:
        return ""
    who = f"Pair {pairs[0]}" if len(pairs) == 1 else f"Pairs {listed(pairs)}"
    return f"{who} failed for good, as {'its Job says' if len(pairs) == 1 else 'their Jobs say'}."


def _apart(board: BoardSnapshot, job: JobFacts) -> str:
    """What is to be known of some workers while others go on."""
    told = [failed_workers(job.indexes)] if job.indexes is not None else []
    waiting = [part for part in board.parts if part.pair and part.phase == "Pending"]
    if waiting:
        names = listed(tuple(f"pair {part.pair}" for part in waiting))
        told.append(f"Waiting: {names}.")
    told += [_unseen(job.plan), _monitor(board)]
    return " ".join(each for each in told if each)


def _unseen(plan: SubmissionPlan | None) -> str:
    """Workers that were asked for, and have no Job here."""
    upstream: UpstreamPlan | None = plan.upstream if plan else None
    if plan is None or upstream is None or upstream.workers_asked is None:
        return ""
    there = {pair.number for pair in plan.pairs}
    absent = [number for number in range(1, upstream.workers_asked + 1) if number not in there]
    if not absent:
        return ""
    who = listed(tuple(f"worker {number}" for number in absent))
    return f"No Job is here of {who}: done and deleted by upstream, or not begun."


def _monitor(board: BoardSnapshot) -> str:
    """Without it nobody merges, and EvalAI hears nothing."""
    monitor = next((part for part in board.parts if part.pair == 0), None)
    if monitor is None:
        return "The pod of its monitor is not here."
    if monitor.phase == "Failed":
        return "Its monitor failed: EvalAI hears nothing of it."
    return ""


def _unknown(board: BoardSnapshot) -> str:
    return f"Its drives are not known here: {board.unheard}"


def _has_run(part: PodFacts) -> bool:
    """Some container of it after the init container has started."""
    return any(
        not each.init and (each.state is not ContainerState.WAITING or each.restart_count)
        for each in part.containers
    )


def _some_ended(job: JobFacts) -> bool:
    return job.indexes is not None and bool(job.indexes.completed or job.indexes.failed)


def _deleting(job: JobFacts) -> str:
    return "Its Jobs are being deleted." if job.deleting else ""
