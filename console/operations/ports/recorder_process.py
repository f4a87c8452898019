"""What front ends need of the process that records while no console is open, and what it tells.

One runs for each user and cluster. Knows no socket and no file. Its methods block, at most for some
seconds, and raise only errors of `console.errors`.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import msgspec

from console.domain.fleet import SubmissionRow

# A list is asked for by a command that needs nothing else of a cluster.
if TYPE_CHECKING:
    from console.operations.ports.cluster import ClusterDescription

Key = tuple[str, str]


class RecorderList(msgspec.Struct, frozen=True):
    """The list as the process has it from its watch, live, and which rows may lack a result."""

    rows: tuple[SubmissionRow, ...]
    unheard: tuple[Key, ...] = ()
    """Ended ones whose last words were not read yet, and active ones for which there is no room."""


class FollowedNamespace(msgspec.Struct, frozen=True):
    """One namespace that the process follows; None: all of them."""

    namespace: str | None
    live: bool
    why: str = ""
    """Why it is not live."""
    active: int = 0
    """Submissions that have not ended."""
    recorded: int = 0
    """Those whose logs are read now."""
    unrecorded: tuple[str, ...] = ()
    """Active ones for which there is no room."""


class ProcessState(msgspec.Struct, frozen=True):
    """A recorder that runs: as whom, since when, and what it does."""

    pid: int
    program: str
    """The version of the console that it is."""
    started_at: datetime
    context: str
    server: str
    user: str
    followed: tuple[FollowedNamespace, ...] = ()


class RecorderProcess(Protocol):
    """The one of this user and cluster, whether it runs or not."""

    @property
    def where(self) -> ClusterDescription:
        """The cluster and the login that were meant."""
        ...

    def listed(self, namespace: str | None) -> RecorderList | None:
        """None where none runs, it does not follow that namespace, or its watch is not live."""
        ...

    def ensure(self, namespace: str | None) -> ProcessState:
        """It follows that namespace from now on; it is started where it does not run."""
        ...

    def saw(self, namespace: str, name: str, uid: str) -> bool:
        """Whether it knows that submission; waits some seconds for it."""
        ...

    def stop(self) -> bool:
        """End it; False where none ran. What it has read is on disk."""
        ...
