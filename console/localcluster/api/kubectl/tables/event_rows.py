"""How an Event is printed."""

from __future__ import annotations

from datetime import datetime

from console.localcluster.api.kubectl.tables.columns import UNKNOWN, Cell, Column, Printer, since
from console.localcluster.changes import JsonObject

_EVENT = "io.k8s.api.core.v1.Event"
_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"

_COLUMNS = (
    Column("Last Seen", f"{_EVENT}#lastTimestamp"),
    Column("Type", f"{_EVENT}#type"),
    Column("Reason", f"{_EVENT}#reason"),
    Column("Object", f"{_EVENT}#involvedObject"),
    Column("Subobject", "io.k8s.api.core.v1.ObjectReference#fieldPath", wide=True),
    Column("Source", f"{_EVENT}#source", wide=True),
    Column("Message", f"{_EVENT}#message"),
    Column("First Seen", f"{_EVENT}#firstTimestamp", wide=True),
    Column("Count", f"{_EVENT}#count", wide=True),
    Column("Name", f"{_META}#name", wide=True, format="name"),
)


def _cells(event: JsonObject, now: datetime) -> tuple[Cell, ...]:
    series = event.get("series") or {}
    first = event.get("firstTimestamp") or event.get("eventTime")
    last = series.get("lastObservedTime") or event.get("lastTimestamp") or first
    about = event.get("involvedObject", {})
    target = about.get("kind", "").lower()
    return (
        since(last, now) if last else UNKNOWN,
        event.get("type", ""),
        event.get("reason", ""),
        f"{target}/{about['name']}" if about.get("name") else target,
        about.get("fieldPath", ""),
        _source(event),
        event.get("message", "").strip(),
        since(first, now) if first else UNKNOWN,
        series.get("count") or event.get("count") or 1,
        event["metadata"].get("name", ""),
    )


def _source(event: JsonObject) -> str:
    source = event.get("source", {})
    component = source.get("component") or event.get("reportingComponent", "")
    host = source.get("host") or event.get("reportingInstance", "")
    return f"{component}, {host}" if host else str(component)


EVENTS = Printer(_COLUMNS, _cells)
