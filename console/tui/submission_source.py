"""Where a screen about one submission gets what it shows: the cluster, or a recording of it.

The screens cannot tell one source from another, but for what `origin` says and what
`without_cluster` keeps from them. Knows no backend and no screen.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import msgspec

from console.errors import NotFound

if TYPE_CHECKING:
    from console.diagnosis.verdict import Verdict
    from console.domain.board import BoardSnapshot
    from console.domain.usual_times import UsualTimes
    from console.operations.bundling.export import Exported
    from console.operations.bundling.team_message import Message
    from console.operations.inspecting.attempt_lines import LogOf
    from console.operations.inspecting.inspection import Inspection
    from console.operations.ports.cluster import JsonObject
    from console.operations.ports.history_entries import HistoryEntry
    from console.operations.ports.recorder import LogView, Recording
    from console.operations.replay.recorded_past import Past


READING = "The recording is being read."
WITHOUT_CLUSTER = (
    "This is a recording: what still runs of it is reached from the list of submissions."
)


class Origin(msgspec.Struct, frozen=True):
    """What the first row says instead of the connection, where nothing live is shown."""

    told: str
    """`recording of lab, to 2026-11-22 14:02:11`."""
    context: str
    """Of the cluster that it was recorded from."""
    namespace: str


class SubmissionSource(Protocol):
    """One submission. What returns at once returns the latest known value and never blocks."""

    @property
    def origin(self) -> Origin | None:
        """What is shown instead of the cluster's present word; None where it is that."""
        ...

    @property
    def recorded(self) -> Recording | None:
        """What can be played again from here; None for what is not a recording, or is played."""
        ...

    def board(self) -> BoardSnapshot: ...

    def now(self) -> datetime:
        """What ages refer to, aware UTC; it stands still where what is shown does."""
        ...

    def log_view(self, container: str) -> LogView:
        """Raises NotFound for a container that it does not have, or not yet."""
        ...

    async def inspection(self) -> Inspection:
        """Why what of it failed did, as of now. Reads logs, elsewhere. Raises ConsoleError."""
        ...

    async def past(self) -> Past:
        """What is recorded of it by now: the runs of its halves, its attempts and routes."""
        ...

    async def manifest(self) -> str:
        """Its Job as YAML. Raises ConsoleError where nobody has it."""
        ...

    def without_cluster(self) -> str:
        """Why the cluster can be told nothing about it from here; empty when it can."""
        ...


class Recordings(Protocol):
    """What was recorded of submissions, of whichever cluster; asks none."""

    async def entries(self) -> tuple[HistoryEntry, ...]:
        """One for each recording, in no order. Raises ConsoleError."""
        ...

    async def launched(self, context: str) -> tuple[JsonObject, ...]:
        """The Jobs that were launched last on the cluster of that context, the newest first."""
        ...

    async def usual_times(self, board: BoardSnapshot, until: datetime) -> UsualTimes:
        """What its routes took in those that had ended by then. Raises ConsoleError."""
        ...

    def open(self, recording: Recording) -> SubmissionSource:
        """Returns at once; its board says that it is being read until it is."""
        ...

    def replay(self, recording: Recording) -> SubmissionSource:
        """The same, played from its begin."""
        ...

    async def export(self, recording: Recording, *, team: bool) -> Exported:
        """An incident bundle of it, as a new file in the working folder. Raises ConsoleError."""
        ...

    async def team_message(
        self, recording: Recording, board: BoardSnapshot, verdict: Verdict
    ) -> Message:
        """What the team of it is to know of that verdict, and nothing of the platform's."""
        ...

    async def pin(self, recording: Recording, *, on: bool) -> None:
        """No limit removes it while it is pinned. Raises ReadOnly, or another ConsoleError."""
        ...

    async def remove(self, recording: Recording) -> None:
        """For good. Raises Conflict for what is pinned or being written, ReadOnly, and NotFound."""
        ...


def log_of(source: SubmissionSource) -> LogOf:
    """Its logs; of what has none, and not yet, None."""

    def found(container: str) -> LogView | None:
        try:
            return source.log_view(container)
        except NotFound:
            return None

    return found


async def inspected(source: SubmissionSource, board: BoardSnapshot) -> Inspection:
    """That board of it with its logs, read in a thread."""
    from console.operations.inspecting.inspection import inspect

    return await asyncio.to_thread(inspect, board, log_of(source), source.now())


def time_shown(board: BoardSnapshot, now: datetime) -> datetime:
    """What ages of that board refer to: the time stands still while the board is stale."""
    return now if board.live or board.stale_since is None else board.stale_since
