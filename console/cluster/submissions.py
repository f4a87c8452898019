"""The watches of Jobs, pods and events joined into one stream of domain events."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from console.cluster import wire
from console.cluster.listing import Source
from console.cluster.transport import Transport
from console.cluster.watching import Change, Gone, Live, Lost, Seen, Watch
from console.domain.events import (
    ClusterEventSeen,
    ConnectionChanged,
    Event,
    JobSeen,
    JobVanished,
    PodSeen,
    PodVanished,
)
from console.domain.facts import ClusterEvent, JobFacts, PodFacts
from console.errors import Forbidden

WAITING_CHANGES = 1000
GENERATED_STEM, GENERATED_SUFFIX = 58, 5
"""Characters that the API server keeps of a Job's `<name>-` and adds at random for a pod."""

About = tuple[ClusterEvent, wire.Reference]
Told = tuple[str, str, Event]
"""Namespace and Job name, both empty for the connection as a whole."""


async def merged(
    transport: Transport, sources: dict[str, Source[Any]]
) -> AsyncIterator[tuple[str, Change[Any]]]:
    """The changes of several watches, each with its source's key, in order of arrival."""
    queue: asyncio.Queue[tuple[str, Any]] = asyncio.Queue(WAITING_CHANGES)

    async def pump(key: str, source: Source[Any]) -> None:
        async with contextlib.aclosing(Watch(transport, source).changes()) as changes:  # type: ignore[type-var]
            async for change in changes:
                await queue.put((key, change))

    failed: list[BaseException] = []

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            failed.append(error)
            with contextlib.suppress(asyncio.QueueFull):
                queue.put_nowait(("", None))

    tasks = [
        asyncio.create_task(pump(key, source), name=f"watch {key}")
        for key, source in sources.items()
    ]
    for task in tasks:
        task.add_done_callback(ended)
    try:
        while True:
            key, change = await queue.get()
            if failed:
                raise failed[0]
            yield key, change
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Connection:
    """Live only while every watch is; tells each change of that once."""

    def __init__(self, needed: set[str]) -> None:
        self._missing = dict.fromkeys(needed, "Not connected yet.")
        self._told: tuple[bool, str] | None = None

    def note(self, key: str, change: Live | Lost) -> ConnectionChanged | None:
        """What to tell, if anything changed."""
        if isinstance(change, Live):
            self._missing.pop(key, None)
        else:
            self._missing[key] = " ".join(str(change.error).split())
        why = next(iter(self._missing.values()), "")
        waiting = self._told is None and not isinstance(change, Lost) and bool(self._missing)
        if waiting or self._told == (not self._missing, why):
            return None
        self._told = (not self._missing, why)
        return ConnectionChanged(datetime.now(UTC), not self._missing, why)


def told(change: Seen[Any] | Gone[Any]) -> Told | None:
    """A Job's or a pod's change as a domain event; None for pods of no Job."""
    at, item = datetime.now(UTC), change.item
    if isinstance(item, JobFacts):
        event: Event = JobSeen(at, item) if isinstance(change, Seen) else JobVanished(at)
        return item.namespace, item.name, event
    if isinstance(item, PodFacts) and item.job:
        seen = isinstance(change, Seen)
        return item.namespace, item.job, PodSeen(at, item) if seen else PodVanished(at, item.uid)
    return None


async def fleet(
    transport: Transport, jobs: Source[JobFacts], pods: Source[PodFacts]
) -> AsyncIterator[Told]:
    """All submissions."""
    connection = Connection({"jobs", "pods"})
    changes = merged(transport, {"jobs": jobs, "pods": pods})
    async with contextlib.aclosing(changes):  # type: ignore[type-var]
        async for key, change in changes:
            if isinstance(change, Live | Lost):
                if event := connection.note(key, change):
                    yield "", "", event
            elif told_change := told(change):
                yield told_change


async def one(
    transport: Transport,
    name: str,
    jobs: Source[JobFacts],
    pods: Source[PodFacts],
    events: Source[About],
) -> AsyncIterator[Event]:
    """One submission with its Kubernetes events."""
    connection = Connection({"jobs", "pods"})
    mine = Mine(name)
    changes = merged(transport, {"jobs": jobs, "pods": pods, "events": events})
    async with contextlib.aclosing(changes):  # type: ignore[type-var]
        async for key, change in changes:
            if key == "events":
                for event in mine.events(change):
                    yield event
            elif isinstance(change, Live | Lost):
                if isinstance(change, Live) and key == "jobs" and not change.listed:
                    yield JobVanished(datetime.now(UTC))
                if state := connection.note(key, change):
                    yield state
            elif told_change := told(change):
                yield told_change[2]
                for event in mine.learn(told_change[2]):
                    yield event


class Mine:
    """Tells which Kubernetes events are about this submission, not an earlier namesake."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._pod_stem = f"{name}-"[:GENERATED_STEM]
        self._uid = ""
        self._early: list[About] = []
        self._warned = False

    def learn(self, event: Event) -> list[Event]:
        """The Job's uid, once known; then the events that came before it."""
        if not isinstance(event, JobSeen) or event.job.uid == self._uid:
            return []
        self._uid = event.job.uid
        early, self._early = self._early, []
        return [seen for about in early for seen in self._about(about)]

    def events(self, change: Change[About]) -> list[Event]:
        """The domain events of a change in the events' watch."""
        if isinstance(change, Seen):
            return self._about(change.item)
        if isinstance(change, Lost) and isinstance(change.error, Forbidden) and not self._warned:
            self._warned = True
            return [ClusterEventSeen(datetime.now(UTC), _no_events(self._name, change.error))]
        return []

    def _about(self, item: About) -> list[Event]:
        facts, about = item
        if not self.concerns(about):
            return []
        if not self._uid and about.kind == "Job":
            self._early.append(item)
            return []
        return [ClusterEventSeen(datetime.now(UTC), facts)]

    def concerns(self, about: wire.Reference) -> bool:
        """By name and uid for the Job; by the form of a generated name for its pods."""
        if about.kind == "Job":
            return about.name == self._name and (not self._uid or about.uid in (self._uid, ""))
        return about.kind == "Pod" and about.name[:-GENERATED_SUFFIX] == self._pod_stem


def _no_events(name: str, error: Forbidden) -> ClusterEvent:
    """A line of ours among the events: that there can be no others."""
    return ClusterEvent(
        uid="console-events-forbidden",
        type="Warning",
        reason="EventsForbidden",
        message=" ".join(str(error).split()),
        count=1,
        last_seen=datetime.now(UTC),
        about=f"Job/{name}",
    )
