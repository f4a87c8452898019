"""Everything that can happen to a submission: the one vocabulary of live view, recorder and tests.

A source (a watch, a log stream, a recording) turns what it sees into these; the board folds them.
`at` is when this console learned it, aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.domain.facts import ClusterEvent, JobFacts, PodFacts
from console.domain.progress import FinishedRoute, MergedResult, ProgressReport


class StreamState(StrEnum):
    """One followed log."""

    WAITING = "waiting"
    LIVE = "live"
    RECONNECTING = "reconnecting"
    ENDED = "ended"
    LOST = "lost"

    @property
    def broken(self) -> bool:
        """Something prevents it from being read."""
        return self in (StreamState.RECONNECTING, StreamState.LOST)


@dataclass(frozen=True, slots=True)
class JobSeen:
    at: datetime
    job: JobFacts


@dataclass(frozen=True, slots=True)
class JobVanished:
    at: datetime


@dataclass(frozen=True, slots=True)
class PodSeen:
    at: datetime
    pod: PodFacts


@dataclass(frozen=True, slots=True)
class PodVanished:
    at: datetime
    uid: str


@dataclass(frozen=True, slots=True)
class ClusterEventSeen:
    at: datetime
    event: ClusterEvent


@dataclass(frozen=True, slots=True)
class PlanReported:
    """The route ids that logcopy read from the routes file, per pair number."""

    at: datetime
    leaderboard: str
    repetitions: int
    routes: tuple[tuple[int, tuple[str, ...]], ...]
    file_routes: int | None = None
    """How many routes the file has; None where logcopy could not read it, or did not say."""


@dataclass(frozen=True, slots=True)
class ProgressReported:
    at: datetime
    report: ProgressReport
    pod: str = ""
    """The beginning of the uid of the pod that told it (`pod_key`); empty where not known."""


@dataclass(frozen=True, slots=True)
class RouteFinished:
    at: datetime
    record: FinishedRoute
    pod: str = ""


@dataclass(frozen=True, slots=True)
class MergedReported:
    at: datetime
    result: MergedResult
    pod: str = ""


@dataclass(frozen=True, slots=True)
class StreamChanged:
    """A log stream's state; `gap` names what is known to be missing, else empty."""

    at: datetime
    container: str
    state: StreamState
    gap: str = ""
    pod: str = ""
    """The key of the container's pod; empty where it is of none, or not known."""


@dataclass(frozen=True, slots=True)
class LastLine:
    """The newest line of a container, cut to a screen's width and neutralised."""

    at: datetime
    container: str
    text: str
    said_at: datetime | None = None
    """By its node's clock."""
    pod: str = ""


@dataclass(frozen=True, slots=True)
class ConnectionChanged:
    """Whether what is shown is live. `why` says what went wrong when it is not."""

    at: datetime
    live: bool
    why: str = ""


Event = (
    JobSeen
    | JobVanished
    | PodSeen
    | PodVanished
    | ClusterEventSeen
    | PlanReported
    | ProgressReported
    | RouteFinished
    | MergedReported
    | StreamChanged
    | LastLine
    | ConnectionChanged
)
