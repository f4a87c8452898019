"""Pods: from the API's JSON to facts, in a watch without reading again what has not changed."""

from __future__ import annotations

from typing import Any

from console.cluster import wire
from console.cluster.container_reading import Containers, KnownContainers, containers_of
from console.cluster.decoding import Reading
from console.cluster.indexed import failures_of, index_of, told_apart
from console.cluster.known_specs import KnownSpecs
from console.domain.facts import PodFacts

JOB_NAME_LABELS = ("batch.kubernetes.io/job-name", "job-name")

_NOT_TOLD, _NOBODY = wire.Condition(""), wire.OwnerReference("", "")


class Pods(Reading[wire.Pod, PodFacts]):
    """Containers in the manifest's order, init containers first.

    Remembers of each pod what a watch's last line of it said: most of the next is the same.

    The facts of a line have to be made before the next is read, as `line` does.
    """

    def __init__(self) -> None:
        super().__init__(wire.Pod, _listed, (wire.WatchedPod, self._watched))
        self._specs, self._containers = KnownSpecs(), KnownContainers()

    def _shortened(self, line: bytes) -> bytes:
        return self._specs.cut_out(line)

    def _watched(self, seen: wire.WatchedPod) -> PodFacts:
        meta, spec, status = seen.metadata, self._specs.of(seen), seen.status
        return _facts(meta, spec, status, self._containers.of(meta.uid, spec, status))


def _listed(seen: wire.Pod) -> PodFacts:
    return _facts(seen.metadata, seen.spec, seen.status, containers_of(seen.spec, seen.status))


def _facts(
    meta: wire.Metadata,
    spec: wire.PodSpec,
    status: wire.PodStatus[Any],
    containers: Containers,
) -> PodFacts:
    conditions = {each.type: each for each in status.conditions}
    reason, message = status.reason, status.message
    if not reason:
        reason, message = _trouble(conditions)
    owner, index = _job_of(meta), index_of(meta)
    if index is not None:
        containers = told_apart(containers, index)
    return PodFacts(
        meta.name,
        meta.namespace,
        meta.uid,
        owner.name or _labelled(meta.labels),
        status.phase,
        containers,
        reason,
        message,
        spec.node_name,
        meta.creation_timestamp,
        meta.deletion_timestamp is not None,
        owner.uid,
        conditions.get("PodScheduled", _NOT_TOLD).last_transition_time,
        conditions.get("Initialized", _NOT_TOLD).last_transition_time,
        index,
        failures_of(meta),
    )


def _job_of(meta: wire.Metadata) -> wire.OwnerReference:
    for each in meta.owner_references:
        if each.kind == "Job":
            return each
    return _NOBODY


def _labelled(labels: dict[str, str] | None) -> str:
    """The Job that a pod without an owner belongs to; empty for none."""
    return next((labels[key] for key in JOB_NAME_LABELS if key in labels), "") if labels else ""


def _trouble(conditions: dict[str, wire.Condition]) -> tuple[str, str]:
    """Why the cluster ends the pod as a whole (evicted, preempted, drained), or has no node for it;
    both empty without either."""
    for kind, status in (("DisruptionTarget", "True"), ("PodScheduled", "False")):
        told = conditions.get(kind, _NOT_TOLD)
        if told.status == status:
            return told.reason, told.message
    return "", ""
