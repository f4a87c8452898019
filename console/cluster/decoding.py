"""From the API's JSON to facts. Pure; raises DecodingFailed for what is no such object."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from console.cluster import wire
from console.cluster.plans import Plans
from console.domain.facts import (
    ClusterEvent,
    ContainerExit,
    ContainerFacts,
    ContainerState,
    JobCondition,
    JobFacts,
    PodFacts,
)
from console.errors import ConsoleError

CANCELLED_ANNOTATION = "leaderboard.carla.org/cancelled-at"
VERSION_LABEL = "leaderboard.carla.org/version"
JOB_NAME_LABELS = ("batch.kubernetes.io/job-name", "job-name")
CONTAINERS_KEPT = 4096
"""Statuses, as the server wrote them, with what they mean: a pod repeats most at each event."""

_FIELD = re.compile(r"\{(.+)\}")
_pod = msgspec.json.Decoder(wire.Pod)
_status = msgspec.json.Decoder(wire.ContainerStatus)
_job = msgspec.json.Decoder(wire.Job)
_event = msgspec.json.Decoder(wire.Event)
_page = msgspec.json.Decoder(wire.Page)
_line = msgspec.json.Decoder(wire.WatchLine)
_bookmark = msgspec.json.Decoder(wire.Bookmark)

Decoded = TypeVar("Decoded")


class DecodingFailed(ConsoleError):
    """The server's answer is not what its API promises."""


def _decode(decoder: msgspec.json.Decoder[Decoded], raw: Any) -> Decoded:
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DecodingFailed(
            "The cluster's answer was not understood.", why=str(error)[:300]
        ) from error


def page(raw: bytes) -> wire.Page:
    """One page of a list, its items undecoded."""
    return _decode(_page, raw)


def watch_line(raw: bytes) -> wire.WatchLine:
    """One event of a watch, its object undecoded."""
    return _decode(_line, raw)


def metadata(raw: Any) -> wire.Metadata:
    """Just the metadata of any object."""
    return _decode(_bookmark, raw).metadata


def pod(raw: Any) -> PodFacts:
    """A pod; containers in the manifest's order, init containers first."""
    return read_pod(raw)[1]


def read_pod(raw: Any) -> tuple[wire.Metadata, PodFacts]:
    """The same with its metadata, which a watch needs too: reading 18 KB again is half of it."""
    seen = _decode(_pod, raw)
    return seen.metadata, _pod_facts(seen)


def _pod_facts(seen: wire.Pod) -> PodFacts:
    meta, status = seen.metadata, seen.status
    reason, message = status.reason, status.message
    if not reason:
        reason, message = _disrupted(status.conditions) or _unschedulable(status.conditions)
    return PodFacts(
        name=meta.name,
        namespace=meta.namespace,
        uid=meta.uid,
        job=job_of(meta),
        phase=status.phase,
        containers=(
            *_containers(seen.spec.init_containers, status.init_container_statuses, init=True),
            *_containers(seen.spec.containers, status.container_statuses),
            *_containers(
                seen.spec.ephemeral_containers, status.ephemeral_container_statuses, ephemeral=True
            ),
        ),
        reason=reason,
        message=message,
        node=seen.spec.node_name,
        created_at=meta.creation_timestamp,
        deleting=meta.deletion_timestamp is not None,
        owner=next((owner.uid for owner in meta.owner_references if owner.kind == "Job"), ""),
        placed_at=_turned(status.conditions, "PodScheduled"),
        initialized_at=_turned(status.conditions, "Initialized"),
    )


def _turned(conditions: tuple[wire.Condition, ...], kind: str) -> datetime | None:
    """Since when that condition is what it is."""
    return next((each.last_transition_time for each in conditions if each.type == kind), None)


def job_of(meta: wire.Metadata) -> str:
    """The Job a pod belongs to: its controller, else its label; empty for none."""
    for owner in meta.owner_references:
        if owner.kind == "Job":
            return owner.name
    labels = meta.labels or {}
    return next((labels[key] for key in JOB_NAME_LABELS if key in labels), "")


def _disrupted(conditions: tuple[wire.Condition, ...]) -> tuple[str, str] | None:
    """Evicted, preempted, drained: why the cluster ends the pod as a whole."""
    for each in conditions:
        if each.type == "DisruptionTarget" and each.status == "True":
            return each.reason, each.message
    return None


def _unschedulable(conditions: tuple[wire.Condition, ...]) -> tuple[str, str]:
    for each in conditions:
        if each.type == "PodScheduled" and each.status == "False":
            return each.reason, each.message
    return "", ""


def _containers(
    specified: tuple[wire.Container, ...],
    statuses: tuple[msgspec.Raw, ...],
    *,
    init: bool = False,
    ephemeral: bool = False,
) -> list[ContainerFacts]:
    told = [_container(bytes(raw), init, ephemeral) for raw in statuses]
    by_name = {each.name: each for each in told}
    found = ((each, by_name[each.name]) for each in specified if each.name in by_name)
    return [
        _sidecar(facts) if init and each.restart_policy == "Always" else facts
        for each, facts in found
    ]


def _sidecar(facts: ContainerFacts) -> ContainerFacts:
    return replace(facts, sidecar=True)


@lru_cache(CONTAINERS_KEPT)
def _container(raw: bytes, init: bool, ephemeral: bool) -> ContainerFacts:
    status = _decode(_status, raw)
    state = status.state
    kind, reason, message, started = ContainerState.WAITING, "", "", None
    if state.running is not None:
        kind, started = ContainerState.RUNNING, state.running.started_at
    elif state.terminated is not None:
        kind, started = ContainerState.TERMINATED, state.terminated.started_at
        reason, message = state.terminated.reason, state.terminated.message
    elif state.waiting is not None:
        reason, message = state.waiting.reason, state.waiting.message
    return ContainerFacts(
        name=status.name,
        state=kind,
        restart_count=status.restart_count,
        reason=reason,
        message=message,
        ready=status.ready,
        init=init,
        ephemeral=ephemeral,
        container_id=status.container_id,
        started_at=started,
        ended=_exit(state.terminated),
        previous=_exit(status.last_state.terminated),
    )


def _exit(ended: wire.Terminated | None) -> ContainerExit | None:
    if ended is None:
        return None
    return ContainerExit(
        ended.exit_code, ended.reason, ended.finished_at, ended.started_at, ended.message
    )


def _is_cancelled(job: wire.Job) -> bool:
    """The annotation alone may be left on a Job that somebody lets run again."""
    marked = CANCELLED_ANNOTATION in (job.metadata.annotations or {})
    return marked and (job.spec.suspend or job.spec.parallelism == 0)


class Jobs:
    """Decodes Jobs. Remembers each one's plan: a Job's template never changes."""

    def __init__(self) -> None:
        self._plans = Plans()

    def __call__(self, raw: Any) -> JobFacts:
        return self.read(raw)[1]

    def read(self, raw: Any) -> tuple[wire.Metadata, JobFacts]:
        """A Job with its metadata."""
        seen = _decode(_job, raw)
        return seen.metadata, self._facts(seen, raw)

    def _facts(self, seen: wire.Job, raw: Any) -> JobFacts:
        meta, status = seen.metadata, seen.status
        uncounted = status.uncounted_terminated_pods or wire.UncountedPods()
        return JobFacts(
            name=meta.name,
            namespace=meta.namespace,
            uid=meta.uid,
            created_at=meta.creation_timestamp,
            backoff_limit=seen.spec.backoff_limit,
            conditions=tuple(_condition(each) for each in status.conditions),
            active=status.active,
            succeeded=status.succeeded + len(uncounted.succeeded),
            failed=status.failed + len(uncounted.failed),
            terminating=status.terminating,
            suspended=seen.spec.suspend,
            cancelled=_is_cancelled(seen),
            deleting=meta.deletion_timestamp is not None,
            started_at=status.start_time,
            completed_at=status.completion_time,
            leaderboard=(meta.labels or {}).get(VERSION_LABEL, ""),
            plan=self._plans.of(seen, raw),
        )


def _condition(each: wire.Condition) -> JobCondition:
    return JobCondition(
        each.type, each.status == "True", each.reason, each.message, each.last_transition_time
    )


def event(raw: Any) -> tuple[ClusterEvent, wire.Reference]:
    """A core/v1 event and the object it is about; `count` 1 where the server counts none."""
    return read_event(raw)[1]


def read_event(raw: Any) -> tuple[wire.Metadata, tuple[ClusterEvent, wire.Reference]]:
    """The same with its metadata."""
    seen = _decode(_event, raw)
    return seen.metadata, _event_facts(seen)


def _event_facts(seen: wire.Event) -> tuple[ClusterEvent, wire.Reference]:
    about = seen.involved_object
    container = _FIELD.search(about.field_path)
    series = seen.series or wire.Series()
    times = (
        series.last_observed_time,
        seen.last_timestamp,
        seen.event_time,
        seen.first_timestamp,
        seen.metadata.creation_timestamp,
    )
    begun = (seen.first_timestamp, seen.event_time, seen.metadata.creation_timestamp)
    facts = ClusterEvent(
        uid=seen.metadata.uid,
        type=seen.type,
        reason=seen.reason,
        message=seen.message,
        count=max(seen.count or 1, series.count),
        last_seen=next((each for each in times if each is not None), None),
        about=f"{about.kind}/{about.name}" + (f" {container[1]}" if container else ""),
        first_seen=next((each for each in begun if each is not None), None),
    )
    return facts, about


_version = msgspec.json.Decoder(wire.Version)


def version(raw: bytes) -> str:
    """The server's version, `v1.36.2`."""
    return _decode(_version, raw).git_version
