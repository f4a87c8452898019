"""What a Job and its pods say, as numbers: the rules of counting. Pure, no clock.

Owns the two rules that end a Job by failure: the sum of restart counts of its live pods against
backoffLimit, and the number of failed pods against the same limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from console.localcluster.changes import condition
from console.localcluster.deletion import is_deleted, is_finished, phase
from console.localcluster.store import JsonObject

TRACKING_FINALIZER = "batch.kubernetes.io/job-tracking"


@dataclass(frozen=True, slots=True)
class PodCounts:
    """The pods of one Job by what they are doing."""

    active: tuple[JsonObject, ...]
    terminating: tuple[JsonObject, ...]
    ready: int


def is_tracked(pod: JsonObject) -> bool:
    """The Job controller has not counted its end yet."""
    return TRACKING_FINALIZER in pod["metadata"].get("finalizers", [])


def count_pods(pods: Iterable[JsonObject]) -> PodCounts:
    """A finished pod is neither active nor terminating, even while it is being deleted."""
    live = [pod for pod in pods if not is_finished(pod)]
    active = tuple(pod for pod in live if not is_deleted(pod))
    return PodCounts(
        active=active,
        terminating=tuple(pod for pod in live if is_deleted(pod)),
        ready=sum(1 for pod in active if condition(pod, "Ready")),
    )


def restart_sum(pods: Iterable[JsonObject]) -> int:
    """Restarts of init and app containers, over the pods that are Pending or Running."""
    return sum(
        status.get("restartCount", 0)
        for pod in pods
        if phase(pod) in ("Pending", "Running")
        for field in ("initContainerStatuses", "containerStatuses")
        for status in pod["status"].get(field, [])
    )


def past_backoff_limit(job: JsonObject, pods: Sequence[JsonObject], failed: int) -> bool:
    """Whether restarts (pod policy OnFailure) or failed pods (any policy) reached the limit."""
    limit = job["spec"]["backoffLimit"]
    if failed > limit:
        return True
    if job["spec"]["template"]["spec"]["restartPolicy"] != "OnFailure":
        return False
    total = restart_sum(pods)
    return total > 0 if limit == 0 else total >= limit


def is_over(job: JsonObject) -> bool:
    """Complete or Failed: nothing will change any more."""
    return condition(job, "Complete") is not None or condition(job, "Failed") is not None


def owned_by(owner: JsonObject, obj: JsonObject) -> bool:
    """Whether `owner` is the controller of `obj`."""
    return any(
        reference.get("controller") and reference["uid"] == owner["metadata"]["uid"]
        for reference in obj["metadata"].get("ownerReferences", [])
    )
