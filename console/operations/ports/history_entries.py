"""What is kept of each recorded submission for the list of all of them, and who keeps it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import msgspec

from console.domain.drive_times import DriveTimes
from console.domain.fleet import SubmissionRow
from console.domain.gpu_time import UNKNOWN as GPU_UNKNOWN
from console.domain.gpu_time import GpuTime
from console.operations.ports.recorder import Recording


class HistoryEntry(msgspec.Struct, frozen=True):
    """One recorded submission: the row that the list would have, and what only history asks for."""

    recording: Recording
    row: SubmissionRow | None
    """None where the recording does not tell what was launched."""
    ended: bool
    agent_image: str = ""
    track: str = ""
    team: str | None = None
    """As the Job names it; empty where it names none, None where the Job is not recorded."""
    ended_at: datetime | None = None
    seen_at: datetime | None = None
    """Of when the newest word of it is."""
    gpu: GpuTime = GPU_UNKNOWN
    """Of all its pods; unknown while one lives, for it goes on."""
    pinned: bool = False
    """No limit removes it."""
    bytes: int = 0
    """On disk, when its entry was made."""
    imported: bool = False
    """It came in a bundle."""
    machine: str = ""
    """`user@host` that made the bundle; empty where that is not told."""
    times: DriveTimes | None = None
    """Of one that has just been read; they are remembered apart, for few ask for them."""


class HistoryPort(Protocol):
    """All recordings' entries. What has changed since is made anew; the rest is remembered."""

    def entries(self, make: Callable[[Recording], HistoryEntry]) -> tuple[HistoryEntry, ...]:
        """In no order. Reads files."""
        ...

    def drive_times(
        self, make: Callable[[Recording], HistoryEntry], routes_of: str, until: datetime | None
    ) -> tuple[DriveTimes, ...]:
        """What those that drove these routes took, and had ended by then; the newest first.

        However many are recorded: so many are told, so many made anew. Reads files.
        """
        ...
