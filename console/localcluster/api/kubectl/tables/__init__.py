"""Server-side printing: the columns and cells that `kubectl get` shows. Pure: now is given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from console.localcluster.api.kubectl.newer_events import in_newer_words
from console.localcluster.api.kubectl.tables.columns import Printer
from console.localcluster.api.kubectl.tables.event_rows import EVENTS
from console.localcluster.api.kubectl.tables.jobs import JOBS
from console.localcluster.api.kubectl.tables.nodes import NODES
from console.localcluster.api.kubectl.tables.pods import PODS
from console.localcluster.api.kubectl.tables.simple import GENERIC, SIMPLE
from console.localcluster.api.resources import NEWER_EVENTS, Resource
from console.localcluster.changes import JsonObject

_PRINTERS: dict[str, Printer] = {
    "events": EVENTS,
    "jobs": JOBS,
    "nodes": NODES,
    "pods": PODS,
    **SIMPLE,
}


def table(
    resource: Resource,
    objects: Sequence[JsonObject],
    metadata: JsonObject,
    *,
    now: datetime,
    include: str = "Metadata",
    definitions: bool = True,
) -> JsonObject:
    """A meta.k8s.io/v1 Table. `include`: None, Metadata or Object, as the query's includeObject."""
    printer = _PRINTERS.get(resource.name, GENERIC)
    rows = [_row(resource, printer, obj, include, now) for obj in objects]
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": metadata,
        "columnDefinitions": [c.definition() for c in printer.columns] if definitions else None,
        "rows": rows,
    }


def partial(obj: JsonObject) -> JsonObject:
    """The object reduced to its metadata."""
    return {
        "kind": "PartialObjectMetadata",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": obj["metadata"],
    }


def _row(
    resource: Resource, printer: Printer, obj: JsonObject, include: str, now: datetime
) -> JsonObject:
    fields = in_newer_words(obj) if resource.group == NEWER_EVENTS else obj
    whole = {**fields, "kind": resource.kind, "apiVersion": resource.api_version}
    shown = {"None": None, "Object": whole}.get(include, partial(obj))
    return {"cells": list(printer.cells(obj, now)), "object": shown}
