"""One sync of one Job: the Job, its pods and the time in, the ordered steps out. Pure.

The order of the steps is the order a real Job controller was seen to take: pods are deleted and
created, then the status names the uncounted pods, their finalizers go, then the counters move,
and the final condition comes last, once no pod is terminating.

What the indexes of an Indexed Job have come to is `job_indexes`. Refuses to know: pod failure, pod
replacement and success policies. Those fields have no effect.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from console.localcluster.changes import condition, parse_time
from console.localcluster.controllers import job_facts as facts
from console.localcluster.controllers.job_indexes import JobIndexes, indexes_of
from console.localcluster.controllers.job_steps import (
    CreatePod,
    Decision,
    DeletePod,
    Emit,
    ReleasePod,
    Step,
    WriteStatus,
)
from console.localcluster.deletion import is_deleted, is_finished, phase
from console.localcluster.store import JsonObject, timestamp


@dataclass(frozen=True, slots=True)
class _JobVerdict:
    """How the Job ends: the interim and the final condition, and the words of both."""

    interim: str
    final: str
    reason: str
    message: str


_SUCCESS = _JobVerdict(
    "SuccessCriteriaMet",
    "Complete",
    "CompletionsReached",
    "Reached expected number of succeeded pods",
)


@dataclass(slots=True)
class _Sync:
    """The working state of one decision."""

    job: JsonObject
    pods: Sequence[JsonObject]
    now: datetime
    not_before: datetime | None
    factor: float
    indexes: JobIndexes | None
    steps: list[Step] = field(default_factory=list)
    late_events: list[Emit] = field(default_factory=list)
    again_at: datetime | None = None

    @property
    def spec(self) -> JsonObject:
        spec: JsonObject = self.job["spec"]
        return spec

    @property
    def suspended(self) -> bool:
        return bool(self.spec["suspend"])


def decide(
    job: JsonObject,
    pods: Sequence[JsonObject],
    now: datetime,
    not_before: datetime | None = None,
    factor: float = 1.0,
) -> Decision:
    """The steps that bring a Job forward. `pods` are those the Job controls.

    `not_before` holds back the replacement of failed pods (their back-off), where not each index
    has a back-off of its own; that is multiplied by `factor`.
    """
    if facts.is_over(job) or is_deleted(job):
        return Decision(tuple(ReleasePod(_name(pod)) for pod in pods if facts.is_tracked(pod)))
    sync = _Sync(job, pods, now, not_before, factor, indexes_of(job, pods))
    status = copy.deepcopy(job.get("status", {}))
    if "startTime" not in status and not sync.suspended:
        status["startTime"] = timestamp(now)
    counts = facts.count_pods(pods)
    uncounted, released = _uncounted(sync)
    verdict = _failure(sync, status, uncounted)
    if verdict is None and not sync.suspended:
        verdict = _success(sync, status, uncounted, len(counts.active))
    if verdict is not None:
        uncounted, released = _uncounted(sync, counts.active, ended=True)
    active, terminating = _arrange_pods(sync, status, uncounted, counts, verdict)
    _suspend_condition(sync, status)
    ready = counts.ready if active else 0
    _set_counts(status, active=active, ready=ready, terminating=terminating)
    status["uncountedTerminatedPods"] = {key: uids for key, uids in uncounted.items() if uids}
    if sync.indexes is not None:
        status.update(sync.indexes.status())
    if verdict is not None:
        _add_condition(status, verdict.interim, verdict, now)
    _finish_sync(sync, status, released, verdict)
    return Decision((*sync.steps, *sync.late_events), sync.again_at)


def _arrange_pods(
    sync: _Sync,
    status: JsonObject,
    uncounted: dict[str, list[str]],
    counts: facts.PodCounts,
    verdict: _JobVerdict | None,
) -> tuple[int, int]:
    """Create or delete pods; the numbers of active and terminating pods afterwards."""
    if verdict is None and not sync.suspended:
        return _scale(sync, status, uncounted, counts)
    for pod in counts.active:
        if verdict is None:
            sync.steps.append(ReleasePod(_name(pod)))
        sync.steps.append(DeletePod(_name(pod)))
    return 0, len(counts.terminating) + len(counts.active)


def _finish_sync(
    sync: _Sync, status: JsonObject, released: list[str], verdict: _JobVerdict | None
) -> None:
    """The two status writes with the release of the counted pods between them."""
    if status != sync.job.get("status", {}):
        sync.steps.append(WriteStatus(copy.deepcopy(status)))
    sync.steps += [ReleasePod(name) for name in released]
    final = copy.deepcopy(status)
    for key, uids in status["uncountedTerminatedPods"].items():
        final[key] = final.get(key, 0) + len(uids)
    final["uncountedTerminatedPods"] = {}
    if verdict is not None and not final["terminating"]:
        _add_condition(final, verdict.final, verdict, sync.now)
        if verdict is _SUCCESS:
            final["completionTime"] = timestamp(sync.now)
            sync.late_events.append(Emit("Normal", "Completed", "Job completed"))
        else:
            sync.late_events.append(Emit("Warning", verdict.reason, verdict.message))
    if final != status:
        sync.steps.append(WriteStatus(final))


def _uncounted(
    sync: _Sync, deleted: Sequence[JsonObject] = (), *, ended: bool = False
) -> tuple[dict[str, list[str]], list[str]]:
    """Uids to count by outcome, and the names of the pods whose finalizer can go.

    A pod that is deleted before it finished counts as failed, unless the Job is suspended. Of an
    Indexed Job successes are known by their index, and a failed pod is counted once it is replaced.
    """
    uncounted: dict[str, list[str]] = {"succeeded": [], "failed": []}
    released = []
    for pod in sync.pods:
        ending = is_deleted(pod) or pod in deleted
        if not facts.is_tracked(pod) or not (is_finished(pod) or ending):
            continue
        if sync.indexes is not None and sync.indexes.awaits(pod) and not ended:
            continue
        released.append(_name(pod))
        if phase(pod) == "Succeeded":
            if sync.indexes is None:
                uncounted["succeeded"].append(pod["metadata"]["uid"])
        elif _is_a_failure(sync, pod):
            uncounted["failed"].append(pod["metadata"]["uid"])
    return uncounted, released


def _is_a_failure(sync: _Sync, pod: JsonObject) -> bool:
    known = sync.indexes is None or sync.indexes.has(pod)
    return known and (phase(pod) == "Failed" or not sync.suspended)


def _failure(
    sync: _Sync, status: JsonObject, uncounted: dict[str, list[str]]
) -> _JobVerdict | None:
    # Decided once: what is counted while the pods end must not change the reason that was told.
    known = condition(sync.job, "FailureTarget")
    if known is not None:
        return _failed(known["reason"], known["message"])
    failed = status.get("failed", 0) + len(uncounted["failed"])
    if facts.past_backoff_limit(sync.job, sync.pods, failed):
        return _failed("BackoffLimitExceeded", "Job has reached the specified backoff limit")
    if sync.indexes is not None and (reason := sync.indexes.why_failed()):
        return _failed(*reason)
    deadline = sync.spec.get("activeDeadlineSeconds")
    # A Job that goes on after a pause starts anew, and so does the time that it has.
    if deadline is None or sync.suspended or condition(sync.job, "Suspended"):
        return None
    ends = parse_time(status["startTime"]) + timedelta(seconds=deadline)
    if sync.now >= ends:
        return _failed("DeadlineExceeded", "Job was active longer than specified deadline")
    sync.again_at = ends
    return None


def _failed(reason: str, message: str) -> _JobVerdict:
    return _JobVerdict("FailureTarget", "Failed", reason, message)


def _success(
    sync: _Sync, status: JsonObject, uncounted: dict[str, list[str]], active: int
) -> _JobVerdict | None:
    if condition(sync.job, "SuccessCriteriaMet"):
        return _SUCCESS
    succeeded = _succeeded(sync, status, uncounted)
    wanted = sync.spec.get("completions")
    if wanted is None:
        return _SUCCESS if succeeded and not active else None
    return _SUCCESS if succeeded >= wanted else None


def _succeeded(sync: _Sync, status: JsonObject, uncounted: dict[str, list[str]]) -> int:
    if sync.indexes is not None:
        return len(sync.indexes.succeeded)
    return int(status.get("succeeded", 0)) + len(uncounted["succeeded"])


def _scale(
    sync: _Sync, status: JsonObject, uncounted: dict[str, list[str]], counts: facts.PodCounts
) -> tuple[int, int]:
    """As many pods as wanted; freshly failed ones are replaced after their back-off only."""
    active, terminating = len(counts.active), len(counts.terminating)
    wanted = _wanted(sync.spec, _succeeded(sync, status, uncounted), active)
    if excess := _excess(sync, counts.active, active - wanted):
        sync.steps += [DeletePod(_name(pod)) for pod in excess]
        return active - len(excess), terminating + len(excess)
    if sync.indexes is not None and sync.indexes.limit is not None:
        made, again_at = sync.indexes.replacements(wanted - active, sync.now, sync.factor)
        _look_again(sync, again_at)
        sync.steps += made
        return active + len(made), terminating
    # A pod that has just failed is counted before it is replaced: its back-off begins with the
    # count.
    if uncounted["failed"]:
        return active, terminating
    if wanted > active and sync.not_before is not None and sync.now < sync.not_before:
        _look_again(sync, sync.not_before)
        return active, terminating
    fresh = _fresh_pods(sync, wanted - active)
    sync.steps += fresh
    return active + len(fresh), terminating


def _excess(sync: _Sync, active: Sequence[JsonObject], too_many: int) -> list[JsonObject]:
    """The active pods to delete: those without a part in the Job, then the youngest."""
    excess = sync.indexes.surplus(active) if sync.indexes is not None else []
    left = sorted(
        (pod for pod in active if pod not in excess),
        key=lambda pod: str(pod["metadata"]["creationTimestamp"]),
    )
    return excess + left[len(left) - max(0, too_many - len(excess)) :]


def _fresh_pods(sync: _Sync, missing: int) -> list[CreatePod]:
    if sync.indexes is None:
        return [CreatePod()] * missing
    return [CreatePod(index) for index in sync.indexes.pending(missing)]


def _look_again(sync: _Sync, at: datetime | None) -> None:
    sync.again_at = min(filter(None, (sync.again_at, at)), default=None)


def _wanted(spec: JsonObject, succeeded: int, active: int) -> int:
    parallelism = int(spec["parallelism"])
    completions = spec.get("completions")
    if completions is None:
        return active if succeeded else parallelism
    return max(0, min(int(completions) - succeeded, parallelism))


def _suspend_condition(sync: _Sync, status: JsonObject) -> None:
    known = condition(sync.job, "Suspended")
    if sync.suspended and known is None:
        _set_suspended(status, "True", "JobSuspended", "Job suspended", sync.now)
        sync.steps.append(Emit("Normal", "Suspended", "Job suspended"))
    elif known is not None and not sync.suspended:
        _set_suspended(status, "False", "JobResumed", "Job resumed", sync.now)
        status["startTime"] = timestamp(sync.now)
        sync.steps.append(Emit("Normal", "Resumed", "Job resumed"))
    if sync.suspended:
        status.pop("startTime", None)


def _set_suspended(
    status: JsonObject, value: str, reason: str, message: str, now: datetime
) -> None:
    kept = [found for found in status.get("conditions", []) if found["type"] != "Suspended"]
    status["conditions"] = [*kept, _condition("Suspended", value, reason, message, now)]


def _add_condition(status: JsonObject, kind: str, verdict: _JobVerdict, now: datetime) -> None:
    conditions = status.setdefault("conditions", [])
    if all(found["type"] != kind for found in conditions):
        conditions.append(_condition(kind, "True", verdict.reason, verdict.message, now))


def _condition(kind: str, value: str, reason: str, message: str, now: datetime) -> JsonObject:
    return {
        "type": kind,
        "status": value,
        "lastProbeTime": timestamp(now),
        "lastTransitionTime": timestamp(now),
        "reason": reason,
        "message": message,
    }


def _set_counts(status: JsonObject, *, active: int, ready: int, terminating: int) -> None:
    # Left out at 0, as the API's type has it; the two others are told also then.
    status.pop("active", None)
    if active:
        status["active"] = active
    status["ready"] = ready
    status["terminating"] = terminating


def _name(pod: JsonObject) -> str:
    return str(pod["metadata"]["name"])
