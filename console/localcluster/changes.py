"""The words of the store: objects, conditions, changes, times, refusals. Knows no storage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from console.errors import ConsoleError

JsonObject = dict[str, Any]
"""One Kubernetes object, or a part of one, as decoded JSON."""

ChangeType = Literal["ADDED", "MODIFIED", "DELETED"]


class StoreError(ConsoleError):
    """The store refused; `resource` and `name` say what it was about."""

    def __init__(self, what: str, resource: str, name: str) -> None:
        super().__init__(what)
        self.resource = resource
        self.name = name


class ObjectNotFound(StoreError):
    """No such object."""


class ObjectExists(StoreError):
    """An object of that name is there already."""


class ObjectChanged(StoreError):
    """The given resourceVersion or uid is not the stored one."""


class HistoryExpired(ConsoleError):
    """The changes after that resourceVersion are no longer kept."""


@dataclass(frozen=True, slots=True)
class Change:
    """One step of the store's history. `previous` is the object before it, None when ADDED."""

    type: ChangeType
    resource: str
    obj: JsonObject
    previous: JsonObject | None
    resource_version: int


def condition(obj: JsonObject, kind: str) -> JsonObject | None:
    """An object's condition of that type where it is True."""
    for found in obj.get("status", {}).get("conditions") or []:
        if found["type"] == kind and found.get("status") == "True":
            return dict(found)
    return None


def parse_time(text: str) -> datetime:
    """An RFC 3339 time as Kubernetes writes it."""
    return datetime.fromisoformat(text)


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC with whole seconds, as Kubernetes writes metav1.Time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
