"""What the use cases need of the place where all recordings are: limits, room, what has left.

Knows no file and no format. Every method reads or writes files and raises only errors of
`console.errors`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import msgspec

from console.operations.ports.history_entries import HistoryPort
from console.operations.ports.recorder import Recording

DEFAULT_DAYS = 365.0
"""A season of the challenge and its appeals."""
DEFAULT_BYTES = 20 * 10**9
"""Some hundred submissions with chatty agents, and a part of any disk that holds images."""
DEFAULT_ANNOUNCED = 10**9
"""Hours of usual submissions: time enough to make room."""


class Limits(msgspec.Struct, frozen=True):
    """What the user allows all recordings together; None is no limit."""

    days: float | None = DEFAULT_DAYS
    """Since their end."""
    bytes: int | None = DEFAULT_BYTES
    announced: int = DEFAULT_ANNOUNCED
    """Free bytes below which the disk is called nearly full."""


class Room(msgspec.Struct, frozen=True):
    """Bytes of the disk below the recordings: free for this user, and of all."""

    free: int
    total: int


class Removal(msgspec.Struct, frozen=True):
    """One recording that a limit has removed."""

    at: datetime
    recording: Recording
    bytes: int
    why: str
    count: int = 1
    """How many there have been by then, with this one."""


class RecordingStore(HistoryPort, Protocol):
    """All recordings of this user, as one thing that has a size."""

    @property
    def place(self) -> str:
        """Its folder."""
        ...

    @property
    def settings(self) -> str:
        """The file in which its limits are set."""
        ...

    def limits(self) -> Limits:
        """As they are set now. Raises InvalidInput for what is none."""
        ...

    def room(self) -> Room | None:
        """None where it cannot be told."""
        ...

    def last_removal(self) -> Removal | None:
        """The newest; None where none is known."""
        ...

    def note_removal(self, removal: Removal) -> None:
        """Remember it; `count` is told by what is remembered already."""
        ...
