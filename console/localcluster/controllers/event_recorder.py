"""Writes Events, and counts a repeated one up instead of writing it again.

Knows the shape of a v1 Event and nothing of why it is sent.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

from console.localcluster.store import JsonObject, ObjectNotFound, Store, timestamp

EventType = Literal["Normal", "Warning"]


@dataclass(frozen=True, slots=True)
class EventSource:
    """Who reports: a component and, for a node's component, its host."""

    component: str
    host: str = ""


class EventRecorder:
    """Events of one component, written into the store."""

    def __init__(self, store: Store, source: EventSource) -> None:
        self._store = store
        self._source = source
        self._known: dict[tuple[str, ...], tuple[str, str]] = {}

    def emit(
        self, about: JsonObject, kind: EventType, reason: str, message: str, field_path: str = ""
    ) -> None:
        """One event about an object; the same one again raises `count` and `lastTimestamp`."""
        key = (about["metadata"]["uid"], field_path, kind, reason, message)
        known = self._known.get(key)
        if known is None or not self._count_up(*known):
            event = self._store.create(
                "events", self._event(about, kind, reason, message, field_path)
            )
            self._known[key] = (event["metadata"]["namespace"], event["metadata"]["name"])

    def forget(self, uid: str) -> None:
        """The object is gone: no event of it can repeat."""
        self._known = {key: name for key, name in self._known.items() if key[0] != uid}

    def _count_up(self, namespace: str, name: str) -> bool:
        def repeat(event: JsonObject) -> None:
            event["count"] += 1
            event["lastTimestamp"] = timestamp(self._store.now())

        try:
            self._store.mutate("events", namespace, name, repeat)
        except ObjectNotFound:
            return False
        return True

    def _event(
        self, about: JsonObject, kind: EventType, reason: str, message: str, field_path: str
    ) -> JsonObject:
        now = timestamp(self._store.now())
        source = {"component": self._source.component}
        if self._source.host:
            source["host"] = self._source.host
        return {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": _event_metadata(about),
            "involvedObject": _reference(about, field_path),
            "reason": reason,
            "message": message,
            "source": source,
            "firstTimestamp": now,
            "lastTimestamp": now,
            "count": 1,
            "type": kind,
            "eventTime": None,
            "reportingComponent": self._source.component,
            "reportingInstance": self._source.host,
        }


def _event_metadata(about: JsonObject) -> JsonObject:
    name = about["metadata"]["name"]
    return {
        "name": f"{name}.{time.time_ns():x}",
        "namespace": about["metadata"].get("namespace", "default"),
    }


def _reference(about: JsonObject, field_path: str) -> JsonObject:
    meta = about["metadata"]
    reference = {
        "kind": about.get("kind"),
        "namespace": meta.get("namespace"),
        "name": meta["name"],
        "uid": meta["uid"],
        "apiVersion": about.get("apiVersion"),
        "resourceVersion": meta.get("resourceVersion"),
        "fieldPath": field_path or None,
    }
    return {key: value for key, value in reference.items() if value}
