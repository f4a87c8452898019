"""The Jobs of one submission of upstream's as one Job, as the list and the board know it. Pure.

A worker is what a pair is elsewhere. What a Job that is gone would have said stays unknown, unless
it was seen to complete: upstream's state machine deletes just those.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from console.cluster.upstream_reading import UpstreamSeen, upstream_uid
from console.domain.facts import IndexedJob, JobCondition, JobFacts
from console.specs.upstream_jobs import UpstreamMonitor, UpstreamWorker, plan_of_jobs, team_of

FAILED_FOR_GOOD = "FailedIndexes"
Present = Mapping[str, UpstreamSeen]
"""By the Job's name."""


def joined(present: Present, gone: Iterable[UpstreamSeen] = ()) -> JobFacts:
    """One Job for all that are there; `gone`: those of it that were there before."""
    there = list(present.values())
    all_seen = [*there, *(each for each in gone if each.job.name not in present)]
    workers = sorted(_workers(all_seen), key=lambda each: each[0].number)
    jobs = [each.job for each in there]
    name, namespace = all_seen[0].told.submission, all_seen[0].job.namespace
    failed = [(worker, job) for worker, job in workers if job.condition("Failed")]
    told = [worker for worker, _ in workers]
    limit = workers[0][1].backoff_limit if workers else jobs[0].backoff_limit
    plan = plan_of_jobs(name, namespace, limit, told, _monitor(all_seen))
    return JobFacts(
        name=name,
        namespace=namespace,
        uid=upstream_uid(namespace, name),
        created_at=_first(each.job.created_at for each in all_seen),
        backoff_limit=limit,
        conditions=_conditions(all_seen, failed),
        active=sum(each.active for each in jobs),
        succeeded=sum(each.succeeded for each in jobs),
        failed=sum(each.failed for each in jobs),
        terminating=sum(each.terminating for each in jobs),
        suspended=all(each.suspended for each in jobs),
        deleting=all(each.deleting for each in jobs),
        started_at=_first(each.job.started_at for each in all_seen),
        completed_at=_completed_at(all_seen),
        leaderboard=workers[0][0].leaderboard if workers else "",
        plan=plan,
        team=team_of(name, workers[0][0].track) if workers else None,
        indexes=_indexes(workers),
    )


def _workers(seen: Iterable[UpstreamSeen]) -> list[tuple[UpstreamWorker, JobFacts]]:
    return [(each.told, each.job) for each in seen if isinstance(each.told, UpstreamWorker)]


def _indexes(workers: list[tuple[UpstreamWorker, JobFacts]]) -> IndexedJob:
    """Each worker has a budget of its own; its Job's limit is of all containers of its pod."""
    ended = {
        kind: tuple(worker.number - 1 for worker, job in workers if job.condition(kind))
        for kind in ("Complete", "Failed")
    }
    limit = workers[0][1].backoff_limit if workers else None
    return IndexedJob(limit, ended["Complete"], ended["Failed"], restarts=True)


def _conditions(
    seen: list[UpstreamSeen], failed: list[tuple[UpstreamWorker, JobFacts]]
) -> tuple[JobCondition, ...]:
    """It is over when each Job is; while one goes on, one that failed is that pair's affair."""
    if not all(each.job.over for each in seen):
        return ()
    at = max((each.job.ended_at for each in seen if each.job.ended_at), default=None)
    if not failed:
        monitors = (each.job.condition("Failed") for each in seen if _is_monitor(each))
        if (end := next(filter(None, monitors), None)) is not None:
            why = f"The monitor failed: {(end.message or end.reason).rstrip('.')}."
            return (JobCondition("Failed", True, end.reason, why, at),)
        return (JobCondition("Complete", True, since=at),)
    why = "; ".join(f"worker {worker.number}: {_why(job)}" for worker, job in failed)
    return (JobCondition("Failed", True, FAILED_FOR_GOOD, f"Failed for good: {why}.", at),)


def _why(job: JobFacts) -> str:
    end = job.condition("Failed")
    return (end.message or end.reason or "?").rstrip(".") if end else "?"


def _completed_at(seen: list[UpstreamSeen]) -> datetime | None:
    times = [each.job.completed_at for each in seen]
    known = [each for each in times if each is not None]
    return max(known) if known and len(known) == len(times) else None


def _first(times: Iterable[datetime | None]) -> datetime | None:
    return min((each for each in times if each is not None), default=None)


def _monitor(seen: list[UpstreamSeen]) -> UpstreamMonitor | None:
    return next((e.told for e in seen if isinstance(e.told, UpstreamMonitor)), None)


def _is_monitor(seen: UpstreamSeen) -> bool:
    return isinstance(seen.told, UpstreamMonitor)
