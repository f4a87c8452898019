"""One watch of Jobs, one of pods and one of events, joined into one stream of domain events.

A fourth tells of the nodes, while a pod is on one: their events lie in a namespace of their own.
A fifth looks for Jobs of upstream's present shape, and a sixth for their pods once there is one.
What Kueue says of Jobs that wait for it is no watch: it is asked for, of all of them at once.
Knows which submission each is about; how an event tells that is `concerned`'s.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from console.cluster.admission import InQueues, Queues
from console.cluster.concerned import About, Concerned, Told
from console.cluster.listing import ListSource
from console.cluster.request import Carrier
from console.cluster.told_together import each_of, told, told_of
from console.cluster.upstream_reading import UpstreamSeen
from console.cluster.upstream_watch import UpstreamWatch
from console.cluster.watching import Live, Lost, Watch
from console.domain.events import (
    ConnectionChanged,
    Event,
    JobVanished,
)
from console.domain.facts import PodFacts
from console.domain.node_events import AFTERWARDS
from console.errors import Forbidden

log = logging.getLogger(__name__)

WAITING_CHANGES = 1000
NEEDED = ("jobs", "pods")
"""Without these nothing is live; an account may be kept from events."""
UPSTREAM_JOBS, UPSTREAM_PODS = "upstream jobs", "upstream pods"
AFTER_THEM = ("events", "nodes")
"""They tell names alone."""


class WatchedSources(msgspec.Struct, frozen=True):
    """What is watched: one of each kind."""

    jobs: ListSource[Any]
    pods: ListSource[PodFacts]
    events: ListSource[About]
    nodes: ListSource[About] | None = None
    """Events of nodes, where `events` has not all of them."""
    of_upstream: bool = False
    """`jobs` and `pods` are upstream's."""
    upstream: ListSource[UpstreamSeen | None] | None = None
    """Where Jobs of upstream's may be; None where no other than `jobs` are wanted."""
    upstream_pods: ListSource[PodFacts] | None = None

    def by_key(self) -> tuple[tuple[str, ListSource[Any]], ...]:
        ours = ("jobs", self.jobs), ("pods", self.pods), ("events", self.events)
        return ours if self.upstream is None else (*ours, (UPSTREAM_JOBS, self.upstream))

    @property
    def awaited(self) -> set[str]:
        """The lists that have to be whole before anything is called live."""
        return {*NEEDED, *(() if self.upstream is None else (UPSTREAM_JOBS,))}


class _Pumps:
    """Every watch's changes into one queue; the first watch that fails ends it."""

    def __init__(self, transport: Carrier) -> None:
        self._transport = transport
        self._queue: asyncio.Queue[tuple[str, Any]] = asyncio.Queue(WAITING_CHANGES)
        self._listed = {key: asyncio.Event() for key in NEEDED}
        self._jobs_told = asyncio.Event()
        """All that there are, or that they cannot be read."""
        self._failed: list[BaseException] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._beside: set[str] = set()
        self._nodes: asyncio.Task[None] | None = None
        self._nodes_end: asyncio.TimerHandle | None = None

    def start(self, key: str, source: ListSource[Any]) -> asyncio.Task[None]:
        task = asyncio.create_task(self._pump(key, source), name=f"watch {key}")
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def listen_to_nodes(self, source: ListSource[Any], wanted: bool) -> None:
        """While that is wanted, and for what is told of a node a moment after."""
        if wanted:
            if self._nodes_end is not None:
                self._nodes_end.cancel()
                self._nodes_end = None
            if self._nodes is None:
                self._nodes = self.start("nodes", source)
        elif self._nodes is not None and self._nodes_end is None:
            loop, seconds = asyncio.get_running_loop(), AFTERWARDS.total_seconds()
            self._nodes_end = loop.call_later(seconds, self._leave_nodes)

    def _ask_nodes_again(self) -> None:
        """What refused them may have been a login that has been renewed since."""
        if self._nodes is not None and self._nodes.done():
            self._nodes = None

    def _leave_nodes(self) -> None:
        if self._nodes is not None:
            self._nodes.cancel()
        self._nodes, self._nodes_end = None, None

    def also(self, key: str, source: ListSource[Any]) -> None:
        """That one too, from now on; once, however often it is asked for."""
        if key not in self._beside:
            self._beside.add(key)
            self.start(key, source)

    def look_at(self, queues: InQueues) -> None:
        """At what Kueue says of Jobs that wait for it."""

        async def look() -> None:
            async for words in queues.looks():
                await self._queue.put(("queues", words))

        task = asyncio.create_task(look(), name="look at queues")
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def stop(self) -> None:
        if self._nodes_end is not None:
            self._nodes_end.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def next(self) -> tuple[str, Any]:
        """The next change; raises what a watch ended with."""
        found = await self._queue.get()
        if self._failed:
            raise self._failed[0]
        return found

    async def _pump(self, key: str, source: ListSource[Any]) -> None:
        if key in AFTER_THEM:
            # Events tell names alone: before the Jobs are known most would be held back, and many
            # dropped.
            await asyncio.gather(*(each.wait() for each in self._listed.values()))
        watch = Watch(self._transport, source)
        async with contextlib.aclosing(watch.changes()) as changes:  # type: ignore[type-var]
            async for change in changes:
                if key == "pods":
                    # A row is a Job's: where both lists are long, all rows are there in a third of
                    # the time. The first page of pods has been asked for meanwhile.
                    await self._jobs_told.wait()
                await self._queue.put((key, change))
                if key == "jobs" and isinstance(change, Live | Lost):
                    self._jobs_told.set()
                if isinstance(change, Live) and key in self._listed:
                    self._listed[key].set()
                    self._ask_nodes_again()
                if key == "nodes" and isinstance(change, Lost) and _is_refused(change):
                    return

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._failed.append(error)
            # A full queue has something to be taken anyway, and that finds the failure.
            with contextlib.suppress(asyncio.QueueFull):
                self._queue.put_nowait(("", None))


def _is_refused(lost: Lost) -> bool:
    """A role that lacks a right for nodes lacks it for long: it is not asked again and again."""
    return isinstance(lost.error, Forbidden)


async def merged(
    transport: Carrier,
    sources: WatchedSources,
    on_nodes: Callable[[], bool],
    of_upstream: Callable[[], bool],
    queues: InQueues | None = None,
) -> AsyncIterator[tuple[str, Any]]:
    """The changes of the watches, each with its source's key, in order of arrival.

    Events come after the first list of what they are about: they tell names alone. Those of nodes
    come while there is a pod `on_nodes`, pods of upstream's once there is a Job `of_upstream`.
    """
    pumps = _Pumps(transport)
    for key, source in sources.by_key():
        pumps.start(key, source)
    if queues is not None:
        pumps.look_at(queues)
    try:
        while True:
            if sources.nodes is not None:
                pumps.listen_to_nodes(sources.nodes, on_nodes())
            if sources.upstream_pods is not None and of_upstream():
                pumps.also(UPSTREAM_PODS, sources.upstream_pods)
            yield await pumps.next()
    finally:
        await pumps.stop()


class WatchesLive:
    """Live only while every watch is; tells each change of that once."""

    def __init__(self, needed: set[str]) -> None:
        self._missing = dict.fromkeys(needed, "Not connected yet.")
        self._told: tuple[bool, str] | None = None
        self._heard: set[str] = set()

    def note(self, key: str, change: Live | Lost) -> ConnectionChanged | None:
        """What to tell, if anything changed."""
        if isinstance(change, Live):
            self._missing.pop(key, None)
            self._heard.add(key)
        else:
            self._missing[key] = " ".join(str(change.error).split())
        why = next(iter(self._missing.values()), "")
        waiting = self._told is None and not isinstance(change, Lost) and bool(self._missing)
        if waiting or self._told == (not self._missing, why):
            return None
        self._told = (not self._missing, why)
        return ConnectionChanged(datetime.now(UTC), not self._missing, why)

    def expect(self, key: str) -> None:
        """One more is needed before anything is called live for the first time."""
        if self._told is None and key not in self._heard:
            self._missing.setdefault(key, "Not connected yet.")


async def every(
    transport: Carrier, sources: WatchedSources, *, alone: str = "", queues: Queues | None = None
) -> AsyncIterator[Told]:
    """What happens to all submissions of the sources: one watch of each kind tells it.

    `alone`: the sources have no other Job than that one; it is told too that there is none.
    """
    connection, concerned = WatchesLive(sources.awaited), Concerned()
    waiting = InQueues(queues) if queues is not None else None
    upstream = UpstreamWatch(alone)
    if alone:
        concerned.expect(sources.jobs.namespace or "", alone)
    changing = merged(
        transport, sources, lambda: concerned.on_nodes, lambda: upstream.any_seen, waiting
    )
    async with contextlib.aclosing(changing) as changes:  # type: ignore[type-var]
        async for key, change in changes:
            if key in ("nodes", "events", "queues"):
                for one in each_of(change):
                    for event_told in _beside(key, one, concerned, waiting):
                        yield upstream.renamed(event_told)
            elif isinstance(change, Live | Lost):
                if alone and key == "jobs" and _is_none(change, sources, upstream):
                    yield sources.jobs.namespace or "", alone, JobVanished(datetime.now(UTC))
                if state := _noted(connection, key, change, upstream):
                    yield "", "", state
            else:
                several = sources.of_upstream or key in (UPSTREAM_JOBS, UPSTREAM_PODS)
                of_objects = (
                    _of_upstream(change, concerned, upstream)
                    if several
                    else _of_objects(change, concerned, waiting)
                )
                for event_told in of_objects:
                    yield event_told


def _of_upstream(change: Any, concerned: Concerned, upstream: UpstreamWatch) -> Iterable[Told]:
    """What the change of one of several objects of a submission tells, and the events that waited
    for it: these are given away by its own name."""
    for one in each_of(change):
        if (own := told(one)) is None:
            continue
        changed = tuple(upstream.told(one))
        yield from changed
        for event_told in concerned.learn(*own) if changed else ():
            yield upstream.renamed(event_told)


def _of_objects(change: Any, concerned: Concerned, waiting: InQueues | None) -> Iterable[Told]:
    """What a Job's or a pod's change tells, and the events that waited for it."""
    for own in told_of(change):
        own = waiting.learn(*own) if waiting is not None else own
        yield own
        yield from concerned.learn(*own)


def _is_none(change: Live | Lost, sources: WatchedSources, upstream: UpstreamWatch) -> bool:
    """All is listed, and the Job that is watched alone is not there."""
    some = upstream.any_seen if sources.of_upstream else isinstance(change, Live) and change.listed
    return isinstance(change, Live) and not some


def _noted(
    connection: WatchesLive, key: str, change: Live | Lost, upstream: UpstreamWatch
) -> ConnectionChanged | None:
    """A namespace may have more Jobs of others than anybody lists: while none is upstream's, that
    these cannot be looked through makes nothing old."""
    if key == UPSTREAM_JOBS:
        if upstream.any_seen:
            connection.expect(UPSTREAM_PODS)
        elif isinstance(change, Lost):
            log.warning("Whether upstream has submissions here is not known: %s", change.error)
            change = Live(0)
    return connection.note(key, change)


def _beside(
    key: str, change: Any, concerned: Concerned, waiting: InQueues | None
) -> Iterable[Told]:
    """What is told of submissions by others than their Jobs and pods."""
    if key == "queues":
        return waiting.renewed(change) if waiting is not None else ()
    return concerned.node_events(change) if key == "nodes" else concerned.events(change)


async def one(
    transport: Carrier, name: str, sources: WatchedSources, *, queues: Queues | None = None
) -> AsyncIterator[Event]:
    """The same of one submission, whose sources these are."""
    told_of = every(transport, sources, alone=name, queues=queues)
    async with contextlib.aclosing(told_of) as all_told:  # type: ignore[type-var]
        async for _, _, event in all_told:
            yield event
