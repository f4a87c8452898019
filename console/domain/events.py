"""Everything that can happen to a submission: the one vocabulary of live view, recorder and tests.

A source (a watch, a log stream, a recording) turns what it sees into these; the board folds them.
`at` is when this console learned it, aware UTC.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from console.domain.facts import ClusterEvent, JobFacts, PodFacts
from console.domain.progress import FinishedRoute, MergedResult, ProgressReport
from console.domain.stage_marks import Marks
from console.domain.ticks import NO_TICK, Ticked


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


KEPT_DRIVES = "kept drives"
"""No log: the stream by which whoever records says whether what pairs finish is kept in the
cluster."""


class JobSeen(msgspec.Struct, frozen=True, gc=False):
    at: datetime
    job: JobFacts


class JobVanished(msgspec.Struct, frozen=True, gc=False):
    at: datetime


class PodSeen(msgspec.Struct, frozen=True, gc=False):
    at: datetime
    pod: PodFacts


class PodsSeen(msgspec.Struct, frozen=True, gc=False):
    """Several pods of one submission, as one list tells them. Noted is a `PodSeen` of each."""

    at: datetime
    pods: tuple[PodFacts, ...]

    @property
    def each(self) -> tuple[PodSeen, ...]:
        return tuple([PodSeen(self.at, pod) for pod in self.pods])


class PodVanished(msgspec.Struct, frozen=True, gc=False):
    at: datetime
    uid: str


class ClusterEventSeen(msgspec.Struct, frozen=True, gc=False):
    at: datetime
    event: ClusterEvent


class PlanReported(msgspec.Struct, frozen=True, gc=False):
    """The route ids that logcopy read from the routes file, per pair number."""

    at: datetime
    leaderboard: str
    repetitions: int
    routes: tuple[tuple[int, tuple[str, ...]], ...]
    file_routes: int | None = None
    """How many routes the file has; None where logcopy could not read it, or did not say."""


class ProgressReported(msgspec.Struct, frozen=True, gc=False):
    at: datetime
    report: ProgressReport
    pod: str = ""
    """The beginning of the uid of the pod that told it (`pod_key`); empty where not known."""


class RouteFinished(msgspec.Struct, frozen=True, gc=False):
    at: datetime
    record: FinishedRoute
    pod: str = ""


class MergedReported(msgspec.Struct, frozen=True, gc=False):
    at: datetime
    result: MergedResult
    pod: str = ""


class StreamChanged(msgspec.Struct, frozen=True, gc=False):
    """A log stream's state; `gap` names what is known to be missing, else empty."""

    at: datetime
    container: str
    state: StreamState
    gap: str = ""
    pod: str = ""
    """The key of the container's pod; empty where it is of none, or not known."""
    why: str = ""
    """What is news with this state alone: why it breaks off, or what was lost just now and lies in
    no run that could be read."""

    @property
    def told(self) -> str:
        """All of it, for whoever shows the state."""
        return "; ".join(filter(None, (self.gap, self.why)))


class ConsoleVerb(StrEnum):
    """What an operator can do to a submission."""

    LAUNCHED = "launched"
    RESUMED = "resumed"
    CANCELLED = "cancelled"
    DELETED = "deleted"


class ConsoleActed(msgspec.Struct, frozen=True, gc=False):
    """A console of this machine did it; what others did elsewhere nobody here knows."""

    at: datetime
    verb: ConsoleVerb
    by: str
    """`user@host`."""
    login: str = ""
    """Whom the cluster took it from; empty where that is not known."""
    detail: str = ""
    """Of which one a resumed submission goes on."""


class LastLine(msgspec.Struct, frozen=True, gc=False):
    """The newest line of a container, cut to a screen's width and neutralised."""

    at: datetime
    container: str
    text: str
    said_at: datetime | None = None
    """By its node's clock."""
    pod: str = ""
    ticked: Ticked = NO_TICK
    """What the lines before it say of the time of an agent's route."""


class StagesHeard(msgspec.Struct, frozen=True, gc=False):
    """At what stages the drives of an agent were, by some of its lines."""

    at: datetime
    container: str
    marks: Marks
    """In the order of its lines."""
    pod: str = ""


class ConnectionChanged(msgspec.Struct, frozen=True, gc=False):
    """Whether what is shown is live. `why` says what went wrong when it is not."""

    at: datetime
    live: bool
    why: str = ""


Event = (
    JobSeen
    | JobVanished
    | PodSeen
    | PodsSeen
    | PodVanished
    | ClusterEventSeen
    | PlanReported
    | ProgressReported
    | RouteFinished
    | MergedReported
    | StreamChanged
    | ConsoleActed
    | LastLine
    | StagesHeard
    | ConnectionChanged
)
