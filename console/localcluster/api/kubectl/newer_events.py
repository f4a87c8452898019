"""An Event in the form of events.k8s.io/v1: the same object under newer names. Pure."""

from __future__ import annotations

from console.localcluster.changes import JsonObject

_NAMES = {
    "involvedObject": "regarding",
    "message": "note",
    "reportingComponent": "reportingController",
    "source": "deprecatedSource",
    "firstTimestamp": "deprecatedFirstTimestamp",
    "lastTimestamp": "deprecatedLastTimestamp",
    "count": "deprecatedCount",
}


def in_newer_words(event: JsonObject) -> JsonObject:
    """What the core group's fields are called there; nothing else differs."""
    return {_NAMES.get(field, field): value for field, value in event.items()}
