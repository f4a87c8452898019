"""What a Job and its pods say, as numbers: the rules of counting. Pure, no clock.

Owns the two rules that end a Job by failure: the sum of restart counts of its live pods against
backoffLimit, and the number of failed pods against the same limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.localcluster.changes import condition, parse_time
from console.localcluster.deletion import is_deleted, is_finished, phase
from console.localcluster.sidecars import is_sidecar
from console.localcluster.store import JsonObject

TRACKING_FINALIZER = "batch.kubernetes.io/job-tracking"
FIRST_BACKOFF_SECONDS = 10.0
LONGEST_BACKOFF_SECONDS = 600.0


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


def pause_after(failures: int) -> float:
    """Seconds from the last of so many failed pods in a row to the pod that replaces it."""
    return min(FIRST_BACKOFF_SECONDS * 2.0 ** min(failures - 1, 10), LONGEST_BACKOFF_SECONDS)


def has_failed(pod: JsonObject) -> bool:
    """It counts as failed: it did, or was deleted before it succeeded."""
    return phase(pod) == "Failed" or (is_deleted(pod) and phase(pod) != "Succeeded")


def finished_at(pod: JsonObject) -> datetime:
    """When it ended: its last container's end, else as near as its conditions and times tell."""
    if (ends := _ends(pod)) and all(ends):
        return parse_time(max(ends))
    for found in pod.get("status", {}).get("conditions", []):
        if found["type"] == "Ready" and found["status"] == "False":
            return parse_time(found["lastTransitionTime"])
    meta = pod["metadata"]
    if is_deleted(pod):
        grace = timedelta(seconds=meta.get("deletionGracePeriodSeconds", 0))
        return parse_time(meta["deletionTimestamp"]) - grace
    return parse_time(meta["creationTimestamp"])


def _ends(pod: JsonObject) -> list[str]:
    """Of each container and sidecar the moment at which it ended; empty for one that has not."""
    status = pod.get("status", {})
    sidecars = {each["name"] for each in pod["spec"].get("initContainers", []) if is_sidecar(each)}
    known = [each for each in status.get("initContainerStatuses", []) if each["name"] in sidecars]
    known += status.get("containerStatuses", [])
    return [str(each["state"].get("terminated", {}).get("finishedAt") or "") for each in known]
