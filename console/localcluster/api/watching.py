"""Watches: what a client has to be told, in order, from a version on. Knows no HTTP."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from console.localcluster.api.answers import object_body
from console.localcluster.api.kubectl.negotiation import AnswerForm
from console.localcluster.api.kubectl.tables import table
from console.localcluster.api.options import ListOptions
from console.localcluster.api.refusals import version_ahead, version_expired
from console.localcluster.api.resources import Resource
from console.localcluster.api.schemas import named, nothing
from console.localcluster.changes import Change, HistoryExpired, JsonObject
from console.localcluster.store import Store
from console.localcluster.subscription import Subscription

INITIAL_EVENTS_END = "k8s.io/initial-events-end"
_LIFETIME = (1800, 3600)
_AHEAD_PATIENCE = 3.0


@dataclass(frozen=True, slots=True)
class WatchTarget:
    """What is watched and how it is shown."""

    store: Store
    resource: Resource
    namespace: str | None
    options: ListOptions
    form: AnswerForm
    bookmark_seconds: float

    def covers(self, obj: JsonObject) -> bool:
        """Is the object one that this client asked about?"""
        if self.namespace is not None and obj["metadata"].get("namespace") != self.namespace:
            return False
        return self.options.matches(obj)


class WatchStream:
    """One watch. Iterate `events` once; closing the subscription ends it."""

    def __init__(self, target: WatchTarget, changes: Subscription[Change]) -> None:
        self._target = target
        self._changes = changes
        self._defined = False

    async def events(self) -> AsyncIterator[JsonObject]:
        """Watch events, each `{"type": ..., "object": ...}`, until the watch's time is over."""
        target = self._target
        lifetime = target.options.timeout_seconds or random.uniform(*_LIFETIME)
        end = asyncio.get_running_loop().time() + lifetime
        try:
            for event in self._beginning():
                yield event
        except HistoryExpired as error:
            yield {"type": "ERROR", "object": version_expired(error.what).status()}
            return
        async for event in self._live(end):
            yield event
        if target.options.bookmarks:
            yield self._bookmark()

    def _beginning(self) -> Iterable[JsonObject]:
        """What has happened until now; nothing here waits, so no change can fall between."""
        options, store = self._target.options, self._target.store
        self._changes.take()  # already in the objects and the history, which are read now
        newest = store.resource_version
        if options.initial_events or (options.initial_events is None and not options.version):
            events = [self._event("ADDED", obj, newest) for obj in self._covered()]
            if options.initial_events and options.bookmarks:
                events.append(self._bookmark(initial=True))
            return events
        if not options.version:
            return []
        kept = store.changes_since(options.version, self._target.resource.name)
        told = (self._told(change) for change in kept)
        return [event for event in told if event is not None]

    def _covered(self) -> list[JsonObject]:
        target = self._target
        objects = target.store.list(target.resource.name, target.namespace)
        return [obj for obj in objects if target.covers(obj)]

    async def _live(self, end: float) -> AsyncIterator[JsonObject]:
        clock = asyncio.get_running_loop().time
        next_bookmark = clock() + self._target.bookmark_seconds
        while (now := clock()) < end:
            try:
                async with asyncio.timeout(max(min(end, next_bookmark) - now, 0)):
                    change = await anext(self._changes)
            except StopAsyncIteration:
                return
            except TimeoutError:
                if self._target.options.bookmarks and clock() >= next_bookmark:
                    yield self._bookmark()
                if clock() >= next_bookmark:
                    next_bookmark += self._target.bookmark_seconds
                continue
            if (event := self._told(change)) is not None:
                yield event

    def _told(self, change: Change) -> JsonObject | None:
        """The event this client sees: leaving a selector is DELETED, entering it is ADDED."""
        target = self._target
        before = change.previous is not None and target.covers(change.previous)
        after = change.type != "DELETED" and target.covers(change.obj)
        if not before and not after:
            return None
        if after:
            kind = "MODIFIED" if before else "ADDED"
            return self._event(kind, change.obj, change.resource_version)
        obj = change.obj if change.type == "DELETED" else change.previous or change.obj
        return self._event("DELETED", obj, change.resource_version)

    def _event(self, kind: str, obj: JsonObject, version: int) -> JsonObject:
        if kind == "DELETED":
            # A deletion has a version of its own: a watch that goes on from the object's last would
            # tell it again.
            meta = obj["metadata"] | {"resourceVersion": str(version)}
            obj = obj | {"metadata": meta}
        return {"type": kind, "object": self._shown(obj)}

    def _shown(self, obj: JsonObject) -> JsonObject:
        target, now = self._target, self._target.store.now()
        include = target.options.include_object
        if target.form is not AnswerForm.TABLE:
            return object_body(target.resource, obj, target.form, include, now)
        defined, self._defined = self._defined, True
        metadata = {"resourceVersion": obj["metadata"].get("resourceVersion", "")}
        return table(
            target.resource, [obj], metadata, now=now, include=include, definitions=not defined
        )

    def _bookmark(self, *, initial: bool = False) -> JsonObject:
        meta: JsonObject = {"resourceVersion": str(self._target.store.resource_version)}
        if initial:
            meta["annotations"] = {INITIAL_EVENTS_END: "true"}
        schema = self._target.resource.schema
        empty = nothing(schema) if named(schema) else {}
        return {"type": "BOOKMARK", "object": self._shown(empty | {"metadata": meta})}


async def await_version(store: Store, wanted: int | None) -> None:
    """Give a version from the future a moment to arrive. Raises ApiFailure 504."""
    if wanted is None or wanted <= store.resource_version:
        return
    deadline = asyncio.get_running_loop().time() + _AHEAD_PATIENCE
    with store.subscribe() as changes:
        while wanted > store.resource_version:
            try:
                async with asyncio.timeout_at(deadline):
                    await anext(changes)
            except TimeoutError as error:
                raise version_ahead(wanted, store.resource_version) from error
