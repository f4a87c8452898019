"""Changes of Jobs and pods as domain events; the pods of one submission in a list as one.

An event has the time at which it is told. Knows no server.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from console.cluster.concerned import Key, Told
from console.cluster.upstream_reading import UpstreamSeen
from console.cluster.watching import Gone, Seen, SeenTogether
from console.domain.events import (
    Event,
    JobSeen,
    JobVanished,
    PodSeen,
    PodsSeen,
    PodVanished,
)
from console.domain.facts import JobFacts, PodFacts


def each_of(change: Any) -> Iterator[Any]:
    """That change; of several seen together each."""
    if isinstance(change, SeenTogether):
        yield from map(Seen, change.items)
    else:
        yield change


def told(change: Seen[Any] | Gone[Any]) -> Told | None:
    """A Job's or a pod's change as a domain event; None for pods of no Job."""
    at, item = datetime.now(UTC), change.item
    if isinstance(item, UpstreamSeen):
        item = item.job
    if isinstance(item, JobFacts):
        event: Event = JobSeen(at, item) if isinstance(change, Seen) else JobVanished(at)
        return item.namespace, item.name, event
    if isinstance(item, PodFacts) and item.job:
        seen = isinstance(change, Seen)
        return item.namespace, item.job, PodSeen(at, item) if seen else PodVanished(at, item.uid)
    return None


def told_of(change: Any) -> Iterator[Told]:
    """The same of each that was seen together; of the pods of a Job as one."""
    pods: dict[Key, list[PodFacts]] = {}
    for one in each_of(change):
        if isinstance(one, Seen) and isinstance(one.item, PodFacts):
            pods.setdefault((one.item.namespace, one.item.job), []).append(one.item)
        elif (own := told(one)) is not None:
            yield own
    at = datetime.now(UTC)
    for (namespace, job), seen in pods.items():
        if job:
            event = PodSeen(at, seen[0]) if len(seen) == 1 else PodsSeen(at, tuple(seen))
            yield namespace, job, event
