"""What can be done about a Job, one step each, and a decision made of them. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.localcluster.controllers.event_recorder import EventType
from console.localcluster.store import JsonObject


@dataclass(frozen=True, slots=True)
class CreatePod:
    """Create one pod from the template: of that index, after so many failures of it (None: of no
    index, or of one whose failures are not counted)."""

    index: int | None = None
    failures: int | None = None


@dataclass(frozen=True, slots=True)
class DeletePod:
    """Delete a pod with its own grace period."""

    name: str


@dataclass(frozen=True, slots=True)
class ReleasePod:
    """Drop the tracking finalizer: the pod's end is counted, or does not count."""

    name: str


@dataclass(frozen=True, slots=True)
class WriteStatus:
    """Replace the Job's status."""

    status: JsonObject


@dataclass(frozen=True, slots=True)
class Emit:
    """An event about the Job."""

    kind: EventType
    reason: str
    message: str


Step = CreatePod | DeletePod | ReleasePod | WriteStatus | Emit


@dataclass(frozen=True, slots=True)
class Decision:
    """The steps in order, and when to look again if nothing happens before (None: never)."""

    steps: tuple[Step, ...]
    again_at: datetime | None = None
