"""From the API's JSON to facts. Pure; raises DecodingFailed for what is no such object."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Generic, TypeVar

import msgspec
from msgspec.structs import replace

from console.cluster import bounds, wire
from console.cluster.failures import Asked
from console.cluster.plans import Plans
from console.cluster.shortening import first_item
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
from console.operations.ports.cluster import JsonObject
from console.specs.plan import team_in_lists
from console.specs.published import place_of, targets_of
from console.specs.turns import QUEUE_LABEL, QUEUED_ANNOTATION, turn_of
from console.struct_library import decoder_of

CANCELLED_ANNOTATION = "leaderboard.carla.org/cancelled-at"
VERSION_LABEL = "leaderboard.carla.org/version"
JOB_NAME_LABELS = ("batch.kubernetes.io/job-name", "job-name")
CONTAINERS_KEPT = 4096
"""Statuses, as the server wrote them, with what they mean: a pod repeats most at each event."""

_FIELD = re.compile(r"\{(.+)\}")
_status = decoder_of(wire.ContainerStatus)
_version = decoder_of(wire.Version)
_NOT_TOLD, _NOBODY = wire.Condition(""), wire.Owner("", "")
_ALL_COUNTED = wire.UncountedPods()
_WAITING, _RUNNING, _ENDED = (
    ContainerState.WAITING,
    ContainerState.RUNNING,
    ContainerState.TERMINATED,
)
_stored = decoder_of(wire.Stored)
_untyped_line = decoder_of(wire.WatchLine[msgspec.Raw])
_document = decoder_of(JsonObject)

Decoded = TypeVar("Decoded")
Object = TypeVar("Object", bound=wire.Stored)
Item = TypeVar("Item")


class DecodingFailed(ConsoleError):
    """The server's answer is not what its API promises."""


def _decode(decoder: msgspec.json.Decoder[Decoded], raw: Any) -> Decoded:
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DecodingFailed(
            "The cluster's answer was not understood.", why=str(error)[:300]
        ) from error


def document(raw: bytes, asked: Asked) -> JsonObject:
    """An object of any kind, as a whole. Raises TooMuch for one without measure."""
    bounds.check_shape(raw, asked)
    return _decode(_document, raw)


class Heard(msgspec.Struct, Generic[Item], frozen=True, gc=False):
    """One event of a watch. A bookmark tells a version; an error its Status, as it was written."""

    type: str
    metadata: wire.Metadata = wire.Metadata()
    item: Item | None = None
    status: bytes = b""


class Reading(Generic[Object, Item]):
    """How objects of one kind become facts: alone, in a list or a watch; each byte is read once."""

    def __init__(
        self,
        shape: type[Object],
        facts: Callable[[Object], Item],
        listed: type[Object] | None = None,
    ) -> None:
        """`listed`: its shape in a list, where that is another one."""
        self.facts = facts
        self._one = decoder_of(shape)
        page: Any = wire.Page
        line: Any = wire.WatchLine
        self._page: msgspec.json.Decoder[wire.Page[Object]] = decoder_of(page[listed or shape])
        self._line: msgspec.json.Decoder[wire.WatchLine[Object]]
        self._line = decoder_of(line[shape])

    def one(self, raw: Any) -> Item:
        """One object's facts."""
        return self.facts(_decode(self._one, raw))

    def page(self, raw: bytes) -> wire.Page[Object]:
        """One page of a list."""
        return _decode(self._page, raw)

    def line(self, raw: bytes) -> Heard[Item]:
        """One event of a watch."""
        try:
            told = _decode(self._line, raw)
        except DecodingFailed:
            if (other := _without_object(raw)) is None:
                raise
            return other
        if told.type == "ERROR":
            # A Status has all that an event has to have: it is one only by the line's word.
            return _without_object(raw) or Heard(told.type)
        facts = None if told.type == "BOOKMARK" else self.facts(told.object)
        return Heard(told.type, told.object.metadata, facts)


def _without_object(raw: bytes) -> Heard[Any] | None:
    """A line that needs none: an error has a Status, and a bookmark's fields may be null."""
    told = _decode(_untyped_line, raw)
    if told.type == "ERROR":
        return Heard(told.type, status=bytes(told.object))
    if told.type == "BOOKMARK":
        return Heard(told.type, _decode(_stored, told.object).metadata)
    return None


def pod(raw: Any) -> PodFacts:
    """A pod; containers in the manifest's order, init containers first."""
    return PODS.one(raw)


def _pod_facts(seen: wire.Pod[Any]) -> PodFacts:
    meta, spec, status = seen.metadata, seen.spec, seen.status
    conditions = {each.type: each for each in status.conditions}
    reason, message = status.reason, status.message
    if not reason:
        reason, message = _trouble(conditions)
    owner = next((each for each in meta.owner_references if each.kind == "Job"), _NOBODY)
    return PodFacts(
        meta.name,
        meta.namespace,
        meta.uid,
        owner.name or _labelled(meta.labels),
        status.phase,
        _containers(spec, status),
        reason,
        message,
        spec.node_name,
        meta.creation_timestamp,
        meta.deletion_timestamp is not None,
        owner.uid,
        conditions.get("PodScheduled", _NOT_TOLD).last_transition_time,
        conditions.get("Initialized", _NOT_TOLD).last_transition_time,
    )


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


def _containers(spec: wire.PodSpec, status: wire.PodStatus[Any]) -> tuple[ContainerFacts, ...]:
    """Those of which a status tells, in the manifest's order, init containers first."""
    told = _by_name(status.container_statuses)
    found = [told[each.name] for each in spec.containers if each.name in told]
    if status.init_container_statuses:
        told = _by_name(status.init_container_statuses, init=True)
        found[:0] = [
            _sidecar(told[each.name]) if each.restart_policy == "Always" else told[each.name]
            for each in spec.init_containers
            if each.name in told
        ]
    if status.ephemeral_container_statuses:
        told = _by_name(status.ephemeral_container_statuses, ephemeral=True)
        found += [told[each.name] for each in spec.ephemeral_containers if each.name in told]
    return tuple(found)


def _by_name(
    statuses: tuple[Any, ...], *, init: bool = False, ephemeral: bool = False
) -> dict[str, ContainerFacts]:
    if statuses and isinstance(statuses[0], msgspec.Raw):
        told = [_container(bytes(each), init, ephemeral) for each in statuses]
        return {each.name: each for each in told}
    return {each.name: _container_facts(each, init, ephemeral) for each in statuses}


def _sidecar(facts: ContainerFacts) -> ContainerFacts:
    return replace(facts, sidecar=True)


@lru_cache(CONTAINERS_KEPT)
def _container(raw: bytes, init: bool, ephemeral: bool) -> ContainerFacts:
    return _container_facts(_decode(_status, raw), init, ephemeral)


def _container_facts(status: wire.ContainerStatus, init: bool, ephemeral: bool) -> ContainerFacts:
    state, last = status.state, status.last_state.terminated
    ended = state.terminated
    kind, reason, message, started = _WAITING, "", "", None
    if state.running is not None:
        kind, started = _RUNNING, state.running.started_at
    elif ended is not None:
        kind, reason, message, started = _ENDED, ended.reason, ended.message, ended.started_at
    elif state.waiting is not None:
        reason, message = state.waiting.reason, state.waiting.message
    return ContainerFacts(
        status.name,
        kind,
        status.restart_count,
        reason,
        message,
        status.ready,
        status.container_id,
        started,
        None if ended is None else _exit(ended),
        None if last is None else _exit(last),
        init,
        ephemeral=ephemeral,
    )


def _exit(ended: wire.Terminated) -> ContainerExit:
    return ContainerExit(
        ended.exit_code, ended.reason, ended.finished_at, ended.started_at, ended.message
    )


def _is_cancelled(job: wire.Job) -> bool:
    """The annotation alone may be left on a Job that somebody lets run again."""
    marked = CANCELLED_ANNOTATION in (job.metadata.annotations or {})
    return marked and (job.spec.suspend or job.spec.parallelism == 0)


class Jobs(Reading[wire.Job, JobFacts]):
    """Remembers each Job's plan: its template never changes."""

    def __init__(self) -> None:
        super().__init__(wire.Job, self._facts)
        self._plans = Plans()

    def page(self, raw: bytes) -> wire.Page[wire.Job]:
        """One page of a list; its facts have to be asked for before the next page is read."""
        if self._plans.empty:
            self._meet_first(raw)
        return super().page(self._plans.shortened(raw))

    def _meet_first(self, page: bytes) -> None:
        """Its template may be that of all the others. What is wrong with it the page's own reading
        tells."""
        with contextlib.suppress(DecodingFailed):
            if (first := first_item(page)) is not None:
                self.one(first)

    def _facts(self, seen: wire.Job) -> JobFacts:
        meta, status = seen.metadata, seen.status
        uncounted = status.uncounted_terminated_pods or _ALL_COUNTED
        return JobFacts(
            name=meta.name,
            namespace=meta.namespace,
            uid=meta.uid,
            created_at=meta.creation_timestamp,
            backoff_limit=seen.spec.backoff_limit,
            conditions=tuple([_condition(each) for each in status.conditions]),
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
            plan=(plan := self._plans.of(seen)),
            turn=turn_of(meta.labels, meta.annotations),
            waits=QUEUED_ANNOTATION in (meta.annotations or ()),
            queue=(meta.labels or {}).get(QUEUE_LABEL, ""),
            team=team_in_lists(meta.annotations, plan.team_id if plan else ""),
            labels=tuple(sorted(meta.labels.items())) if meta.labels else (),
            evalai=place_of(meta.annotations),
            goes_to=targets_of(meta.annotations),
        )


def _condition(each: wire.Condition) -> JobCondition:
    return JobCondition(
        each.type, each.status == "True", each.reason, each.message, each.last_transition_time
    )


def event(raw: Any) -> tuple[ClusterEvent, wire.Reference]:
    """A core/v1 event and the object it is about; `count` 1 where the server counts none."""
    return EVENTS.one(raw)


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


PODS: Reading[wire.Pod[Any], PodFacts]
PODS = Reading(wire.Pod[msgspec.Raw], _pod_facts, wire.Pod[wire.ContainerStatus])
EVENTS = Reading(wire.Event, _event_facts)


def version(raw: bytes) -> str:
    """The server's version, `v1.36.2`."""
    return _decode(_version, raw).git_version
