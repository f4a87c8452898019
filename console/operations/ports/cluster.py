"""What the use cases need of a Kubernetes cluster: a Protocol and the values that pass it.

Every method of `ClusterPort` raises only errors of `console.errors`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import msgspec

from console.domain.events import Event
from console.domain.facts import ClusterEvent, JobFacts, KueueQueue, PodFacts

JsonObject = dict[str, Any]

SUBMISSION_SELECTOR = "app.kubernetes.io/name=leaderboard-submission"
MOST_NAMESPACES = 1000
"""That are told at once, for nobody chooses among more by eye: of as many there may be more."""


ALL_OF_A_TIME = 1_000_000_000
"""More lines than any log has of one time."""


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


class WayIn(msgspec.Struct, frozen=True):
    """How the user named the cluster, so that a command to be copied can name the same one."""

    files: tuple[str, ...] = ()
    """Kubeconfig files that were named, absolute; empty where the usual one was taken."""
    local: bool = False
    """As the embedded cluster; its kubeconfig is in `files` all the same."""
    inside: bool = False
    """As the cluster of the pod that this runs in; there is no context."""
    acting: tuple[str, ...] = ()
    """The flags that said whom to act as; empty where none did."""


class ClusterDescription(msgspec.Struct, frozen=True):
    """Where we are, for the header, and how we came there, for commands to be copied."""

    context: str
    server: str
    namespace: str
    user: str = ""
    way: WayIn = WayIn()
    acts_as: str = ""
    """Whom that user acts as, for everything that is asked; empty for itself."""
    read_only: str = ""
    """Why this console changes nothing there, in a sentence; empty where it may."""


class KnownContext(msgspec.Struct, frozen=True):
    """A context as a kubeconfig names it: nobody has asked its cluster. Its texts are a file's."""

    name: str
    cluster: str
    server: str
    """Empty where the file has no such cluster."""
    user: str
    namespace: str
    """Empty where it names none."""
    current: bool = False
    """The one that is used where none is named."""
    read_only: bool = False
    """The user's settings say that nothing is to be changed there."""


class Created(msgspec.Struct, frozen=True):
    """An accepted object and the warnings the API server sent with it."""

    manifest: JsonObject
    warnings: tuple[str, ...] = ()


class ResumePoint(msgspec.Struct, frozen=True):
    """Where a spool ends: the newest line's time and how many lines at its end carry it."""

    at: str
    """RFC3339 text as the cluster sent it, nanoseconds included."""
    lines: int = 1


class LogRequest(msgspec.Struct, frozen=True):
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
    """Whether `LinesMissing` is wanted."""


class LogOpened(msgspec.Struct, frozen=True):
    """The log is there and open: what comes next is of the run that the pod has now."""


class LinesMissing(msgspec.Struct, frozen=True):
    """Lines after `LogRequest.after` that the cluster no longer has."""


class LogLines(msgspec.Struct, frozen=True):
    """Whole lines, each `<RFC3339Nano> <text>\\n`, split on newlines only."""

    data: bytes


LogBlock = LogOpened | LinesMissing | LogLines


class ClusterPort(Protocol):
    """A Kubernetes cluster as the console uses it."""

    @property
    def description(self) -> ClusterDescription: ...

    async def version(self, *, lately: bool = False) -> str:
        """Of Kubernetes; `lately`: what it has said within the last hour will do."""
        ...

    async def create(self, manifest: JsonObject, *, dry_run: bool = False) -> Created: ...

    async def apply(self, manifest: JsonObject) -> None:
        """Let that object be so, whether or not there is one of its name. What the manifest does
        not name stays as it is. Raises Conflict where another makes it at the same moment."""
        ...

    async def read(self, kind: Kind, namespace: str, name: str) -> JsonObject: ...

    async def secret(self, namespace: str, name: str, key: str) -> bytes:
        """The value of one key of a Secret. Raises NotFound for a Secret without it too."""
        ...

    async def jobs(self, namespace: str | None) -> tuple[JobFacts, ...]:
        """The submissions (label SUBMISSION_SELECTOR) of a namespace, None: of all. Several Jobs
        of upstream's that are one submission are told as one, here and wherever a name is given.
        """
        ...

    async def job(self, namespace: str, name: str) -> JobFacts: ...

    async def pods(self, namespace: str | None, job: str | None) -> tuple[PodFacts, ...]:
        """The pods of a Job; None: of all submissions, of a namespace or of all."""
        ...

    async def events(self, namespace: str, job: str) -> tuple[ClusterEvent, ...]: ...

    async def node_events(self, pods: Sequence[PodFacts]) -> tuple[ClusterEvent, ...]:
        """What befell the nodes of these pods while they were there, oldest first."""
        ...

    async def patch_job(self, namespace: str, name: str, patch: JsonObject) -> JobFacts:
        """A JSON merge patch."""
        ...

    async def delete(
        self,
        kind: Kind,
        namespace: str,
        name: str,
        *,
        propagation: Propagation,
        uid: str = "",
    ) -> None:
        """With `uid` only that object, and no later one of its name: else it raises Conflict."""
        ...

    def watch_submissions(self, namespace: str | None) -> AsyncIterator[tuple[str, str, Event]]:
        """Endless list+watch of Jobs, their pods and events: (namespace, job name, event).

        One watch of each kind, however many submissions there are. Yields JobSeen, JobVanished,
        PodSeen, PodVanished, ClusterEventSeen; ConnectionChanged with empty names.
        Reconnects by itself with back-off, re-lists on 410, renews credentials once on 401.
        """
        ...

    def watch_submission(self, namespace: str, name: str) -> AsyncIterator[Event]:
        """The same for one submission; JobVanished where there is none."""
        ...

    def log(self, request: LogRequest) -> AsyncIterator[LogBlock]:
        """`LogOpened`, `LinesMissing` if it is wanted and so, then the lines as they come.

        Ends at the end of that container run. Raises NotFound when there is no such log (yet).
        """
        ...

    async def serves(self, group: str) -> bool:
        """Whether the cluster has an API of that group, as an extension adds it."""
        ...

    async def queue(self, namespace: str, name: str) -> KueueQueue:
        """A LocalQueue of Kueue. Raises NotFound where there is none."""
        ...

    async def queues(self, namespace: str) -> tuple[KueueQueue, ...]:
        """All of the namespace, by name. Raises NotFound where there is no Kueue."""
        ...

    async def namespaces(self) -> tuple[str, ...]:
        """All that there are, by name. Raises Forbidden where the account may not list them."""
        ...

    async def allowed(self, verb: str, resource: str, namespace: str) -> bool:
        """Whether a role of ours has that verb there; of all namespaces for an empty one."""
        ...

    async def close(self) -> None: ...
