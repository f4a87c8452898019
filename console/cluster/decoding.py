"""From the API's JSON to facts. Pure; raises DecodingFailed for what is no such object."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar

import msgspec

from console.cluster import bounds, wire
from console.cluster.failures import Asked
from console.cluster.indexed import indexes_of
from console.cluster.plans import Plans
from console.cluster.shortening import first_item
from console.domain.facts import (
    ClusterEvent,
    JobCondition,
    JobFacts,
)
from console.errors import ConsoleError
from console.operations.ports.cluster import JsonObject
from console.specs.plan import CANCELLED_ANNOTATION, VERSION_LABEL, team_in_lists
from console.specs.publishing_annotations import place_of, targets_of
from console.specs.turns import QUEUE_LABEL, QUEUED_ANNOTATION, turn_of
from console.struct_library import decoder_of

_FIELD = re.compile(r"\{(.+)\}")
_ALL_COUNTED = wire.UncountedPods()

Decoded = TypeVar("Decoded")
Object = TypeVar("Object", bound=wire.Stored)
Item = TypeVar("Item")


class DecodingFailed(ConsoleError):
    """The server's answer is not what its API promises."""


def decoded(decoder: msgspec.json.Decoder[Decoded], raw: Any) -> Decoded:
    """What that text tells; raises DecodingFailed."""
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DecodingFailed(
            "The cluster's answer was not understood.", why=str(error)[:300]
        ) from error


def document(raw: bytes, asked: Asked) -> JsonObject:
    """An object of any kind, as a whole. Raises TooMuch for one without measure."""
    bounds.check_shape(raw, asked)
    return decoded(decoder_of(JsonObject), raw)


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
        watched: tuple[Any, Callable[[Any], Item]] | None = None,
    ) -> None:
        """`watched`: its shape in a watch and what makes facts of it, where these are others."""
        self.facts, self._shape = facts, shape
        changed, reads = watched or (shape, facts)
        self._changed: Callable[[Any], Item] = reads
        self._changed_shape = changed

    # Each decoder takes a millisecond to make, and a command needs one of the three.
    @cached_property
    def _page(self) -> msgspec.json.Decoder[wire.Page[Object]]:
        page: Any = wire.Page
        return decoder_of(page[self._shape])

    @cached_property
    def _line(self) -> msgspec.json.Decoder[wire.WatchLine[Any]]:
        line: Any = wire.WatchLine
        return decoder_of(line[self._changed_shape])

    def one(self, raw: Any) -> Item:
        """One object's facts."""
        return self.facts(decoded(decoder_of(self._shape), raw))

    def page(self, raw: bytes) -> wire.Page[Object]:
        """One page of a list."""
        return decoded(self._page, raw)

    def line(self, raw: bytes) -> Heard[Item]:
        """One event of a watch."""
        try:
            told = decoded(self._line, self._shortened(raw))
        except DecodingFailed:
            if (other := _without_object(raw)) is None:
                raise
            return other
        if told.type == "ERROR":
            # A Status has all that an event has to have: it is one only by the line's word.
            return _without_object(raw) or Heard(told.type)
        facts = None if told.type == "BOOKMARK" else self._changed(told.object)
        return Heard(told.type, told.object.metadata, facts)

    def _shortened(self, line: bytes) -> bytes:
        """That line without what `_changed` knows already."""
        return line


def _without_object(raw: bytes) -> Heard[Any] | None:
    """A line that needs none: an error has a Status, and a bookmark's fields may be null."""
    told = decoded(decoder_of(wire.WatchLine[msgspec.Raw]), raw)
    if told.type == "ERROR":
        return Heard(told.type, status=bytes(told.object))
    if told.type == "BOOKMARK":
        return Heard(told.type, decoded(decoder_of(wire.Stored), told.object).metadata)
    return None


def _is_cancelled(job: wire.Job) -> bool:
    """The annotation alone may be left on a Job that somebody lets run again."""
    marked = CANCELLED_ANNOTATION in (job.metadata.annotations or {})
    return marked and (job.spec.suspend or job.spec.parallelism == 0)


class Jobs(Reading[wire.Job, JobFacts]):
    """Remembers each Job's plan: its template never changes."""

    def __init__(self, plans: Plans | None = None) -> None:
        super().__init__(wire.Job, self._facts)
        self._plans = plans or Plans()

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
            indexes=indexes_of(seen),
        )


def _condition(each: wire.Condition) -> JobCondition:
    return JobCondition(
        each.type, each.status == "True", each.reason, each.message, each.last_transition_time
    )


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


EVENTS = Reading(wire.Event, _event_facts)
"""A core/v1 event and the object it is about; `count` 1 where the server counts none."""


def version(raw: bytes) -> str:
    """The server's version, `v1.36.2`."""
    return decoded(decoder_of(wire.Version), raw).git_version
