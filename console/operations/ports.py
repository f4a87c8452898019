"""What the use cases need from the outside, as Protocols. The edges implement them, tests may too.

Every method of `ClusterPort` raises only errors of `console.errors`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from console.domain.events import Event
from console.domain.facts import ClusterEvent, JobFacts, PodFacts

JsonObject = dict[str, Any]

SUBMISSION_SELECTOR = "app.kubernetes.io/name=leaderboard-submission"


class Kind(StrEnum):
    """The kinds the console touches."""

    JOB = "Job"
    POD = "Pod"
    CONFIG_MAP = "ConfigMap"
    CLAIM_TEMPLATE = "ResourceClaimTemplate"


class Propagation(StrEnum):
    """What happens to the pods of a deleted Job."""

    BACKGROUND = "Background"
    FOREGROUND = "Foreground"


@dataclass(frozen=True, slots=True)
class WayIn:
    """How the user named the cluster, so that a command to be copied can name the same one."""

    files: tuple[str, ...] = ()
    """Kubeconfig files that were named, absolute; empty where the usual one was taken."""
    local: bool = False
    """As the embedded cluster; its kubeconfig is in `files` all the same."""
    inside: bool = False
    """As the cluster of the pod that this runs in; there is no context."""


@dataclass(frozen=True, slots=True)
class ClusterDescription:
    """Where we are, for the header, and how we came there, for commands to be copied."""

    context: str
    server: str
    namespace: str
    user: str = ""
    way: WayIn = WayIn()
    acts_as: str = ""
    """Whom that user acts as, for everything that is asked; empty for itself."""


@dataclass(frozen=True, slots=True)
class Created:
    """An accepted object and the warnings the API server sent with it."""

    manifest: JsonObject
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResumePoint:
    """Where a spool ends: the newest line's time and how many lines at its end carry it."""

    at: str
    """RFC3339 text as the cluster sent it, nanoseconds included."""
    lines: int = 1


@dataclass(frozen=True, slots=True)
class LogRequest:
    """One container run's log; `since` is exclusive of lines already seen (deduplicated inside).

    `after` is the exact form of `since`: a datetime cannot hold nanoseconds. It wins.
    """

    namespace: str
    pod: str
    container: str
    follow: bool = False
    previous: bool = False
    since: datetime | None = None
    tail: int | None = None
    after: ResumePoint | None = None
    tell_missing: bool = False
    """Whether LINES_MISSING is wanted."""


LINES_MISSING = b"#"
"""A block that stands for lines after `LogRequest.after` that the cluster no longer has."""


class ClusterPort(Protocol):
    """A Kubernetes cluster as the console uses it."""

    @property
    def description(self) -> ClusterDescription: ...

    async def version(self) -> str: ...

    async def create(self, manifest: JsonObject, *, dry_run: bool = False) -> Created: ...

    async def read(self, kind: Kind, namespace: str, name: str) -> JsonObject: ...

    async def jobs(self, namespace: str | None) -> tuple[JobFacts, ...]:
        """The submissions (label SUBMISSION_SELECTOR) of a namespace, None: of all."""
        ...

    async def job(self, namespace: str, name: str) -> JobFacts: ...

    async def pods(self, namespace: str, job: str) -> tuple[PodFacts, ...]: ...

    async def events(self, namespace: str, job: str) -> tuple[ClusterEvent, ...]: ...

    async def patch_job(self, namespace: str, name: str, patch: JsonObject) -> JobFacts:
        """A JSON merge patch."""
        ...

    async def delete(
        self, kind: Kind, namespace: str, name: str, *, propagation: Propagation
    ) -> None: ...

    def watch_submissions(self, namespace: str | None) -> AsyncIterator[tuple[str, str, Event]]:
        """Endless list+watch of Jobs and their pods: (namespace, job name, event).

        Yields JobSeen, JobVanished, PodSeen, PodVanished; ConnectionChanged with empty names.
        Reconnects by itself with back-off, re-lists on 410, renews credentials once on 401.
        """
        ...

    def watch_submission(self, namespace: str, name: str) -> AsyncIterator[Event]:
        """The same for one submission, with its ClusterEventSeen."""
        ...

    def log(self, request: LogRequest) -> AsyncIterator[bytes]:
        """Blocks of whole lines, each `<RFC3339Nano> <text>\\n`, split on newlines only.

        A first empty block says that the log is open; LINES_MISSING, if it is wanted, that
        the log no longer holds the line at `request.after`. Ends at the end of that container run.
        Raises NotFound when there is no such log (yet).
        """
        ...

    async def allowed(self, verb: str, resource: str, namespace: str) -> bool: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a spool. `gap` lines tell what is missing; their text is ours, not the pod's."""

    at: str
    """RFC3339 text as the cluster sent it, empty if it sent none."""
    text: str
    """Without the newline; raw and hostile. What is no UTF-8 in it has become U+FFFD."""
    gap: bool = False
    restarts: int = 0
    """How often its container had been restarted before the run that it is of."""
    pod: str = ""
    """The key of its pod, where the spool tells it."""
    undecoded: bytes = b""
    """The text as it was recorded, where `text` is not all of it."""

    @property
    def content(self) -> bytes:
        """The text as it was recorded."""
        return self.undecoded or self.text.encode()


class LogView(Protocol):
    """A container's spooled log, read line by line; grows while it is open. Thread-safe."""

    def line_count(self) -> int:
        """Lines on disk now; cheap, called many times a second."""
        ...

    def lines(self, start: int, stop: int) -> list[LogLine]: ...

    def search(self, pattern: str, *, ignore_case: bool = True) -> Iterator[int]:
        """Line numbers that match the regular expression, in order; lazy."""
        ...


class SpoolWriter(Protocol):
    """The append-only end of one container run's spool."""

    def write(self, block: bytes) -> None: ...

    def gap(self, text: str) -> None: ...

    def last_timestamp(self) -> datetime | None:
        """The timestamp of the newest line on disk, to resume from."""
        ...

    def resume_point(self) -> ResumePoint | None:
        """The same to the nanosecond, with the number of lines that share it; None if empty."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Recording:
    """One recorded submission on disk."""

    cluster: str
    namespace: str
    name: str
    uid: str


@dataclass(frozen=True, slots=True)
class KeptManifest:
    """A recorded Job and the server that had it."""

    manifest: JsonObject
    server: str


class RecordingWriter(Protocol):
    """The right to write one recording: one console has it at a time, and no longer than it lives.

    Raises ConsoleError for a disk that does not take it.
    """

    def open_spool(self, container: str, run: int, *, pod: str = "") -> SpoolWriter:
        """Append to that run's spool. `pod` (uid) keeps the runs of a replacement pod apart."""
        ...

    def note(self, event: Event) -> None:
        """Append the event to the recording's journal."""
        ...

    def keep(self, manifest: JsonObject, server: str) -> None:
        """The Job, so that its submission can be resumed when the cluster has forgotten it."""
        ...

    def release(self) -> None: ...


class RecorderPort(Protocol):
    """The flight recorder: log bytes and events on disk."""

    def claim(self, recording: Recording) -> RecordingWriter | None:
        """The right to write; None while somebody else has it."""
        ...

    def writer_of(self, recording: Recording) -> int | None:
        """The process that has or had the right to write last, if that is known."""
        ...

    def log(self, recording: Recording, container: str) -> LogView:
        """All runs of a container stitched in order, with a gap line at each restart."""
        ...

    def containers(self, recording: Recording) -> tuple[str, ...]:
        """Those of which some line is recorded."""
        ...

    def recordings(self) -> tuple[Recording, ...]: ...

    def manifest(self, recording: Recording) -> KeptManifest | None:
        """The Job as it was kept, if it was."""
        ...

    def merged_text(self, recording: Recording) -> str | None:
        """The last verified merged document of that submission, if it was recorded."""
        ...

    def history(self, recording: Recording) -> Iterator[Event]:
        """What the journal holds, oldest first; entries that cannot be read are left out."""
        ...


class Clock(Protocol):
    """The present, aware UTC."""

    def __call__(self) -> datetime: ...


class LocalClusterPort(Protocol):
    """The embedded cluster as something to start; once up it is a kubeconfig like any other."""

    def kubeconfig(self) -> str | None:
        """The path of its kubeconfig when it runs, else None."""
        ...

    async def up(self) -> str:
        """Start it (owned by this process) unless it runs; the path of its kubeconfig."""
        ...


Values = Mapping[str, Any]
"""A values document: profile and user values merged."""
