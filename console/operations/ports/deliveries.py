"""What goes by itself from a recording to a place of files or a table, and where that is kept.

A delivery is one recorded submission on its way to one target. Knows no client and no disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

import msgspec

from console.operations.ports.evalai import RemoteOutcome
from console.operations.ports.ledger import Ledger
from console.operations.ports.object_place import ObjectPlace, PlaceWriter
from console.operations.ports.publishing_settings import PublishingSettings
from console.operations.ports.recorder import Recording


class DeliveryKind(StrEnum):
    """What the target is."""

    FILES = "files"
    TABLE = "table"


DeliveryKey = tuple[DeliveryKind, str, str]
"""What the target is, which, and the submission's uid."""


class DeliveryStage(StrEnum):
    """How far it is."""

    OPEN = "publishing"
    """What is new goes there while the submission goes on, and what is left when it has ended."""
    PUBLISHED = "published"
    """All that there will ever be is there. Nothing is sent any more."""
    REFUSED = "refused"
    """It cannot go there, or nobody could for days. Nothing is sent until somebody asks for it."""


class Delivery(msgspec.Struct, frozen=True):
    """One submission for one target, as it stands now."""

    kind: DeliveryKind
    target: str
    """`s3://bucket/prefix`, a directory, or a table."""
    recording: Recording
    changed: datetime
    stage: DeliveryStage = DeliveryStage.OPEN
    words: str = ""
    """What happened last, or what is waited for, in one sentence; safe to show."""
    subject: str = ""
    """Its folder there, or its row."""
    folder: str = ""
    """That folder, where somebody has named one; empty for the usual one."""
    delivered: datetime | None = None
    """When the target was last brought up to date."""
    outcome: RemoteOutcome | None = None
    """As what it is told to have ended; None before, and where nobody can tell."""
    started: datetime | None = None
    """When the submission was launched, as a table is told it: always the same."""
    ended: datetime | None = None
    """The same of its end."""
    start_told: bool = False
    not_before: datetime | None = None
    """Nothing is done until then, whatever becomes known."""
    rest_until: datetime | None = None
    """The same, unless it ends before."""
    tries: int = 0
    """Failures in a row."""
    failing_since: datetime | None = None
    others: str = ""
    """Who else brings it, of another machine; empty where nobody is known to."""
    asked: bool = False
    """Somebody wants it brought by hand, whoever has brought it before."""
    unguarded: bool = False
    """The target cannot tell which of two that write at once was first."""
    beside: str = ""
    """The folder there that keeps the files of the run before it; empty where there was none."""

    @property
    def key(self) -> DeliveryKey:
        """By which it is told from others."""
        return self.kind, self.target, self.recording.uid

    @property
    def closed(self) -> bool:
        """Nothing is sent any more."""
        return self.stage is not DeliveryStage.OPEN

    @property
    def busy(self) -> bool:
        """It goes on by itself."""
        return not self.closed

    @property
    def where(self) -> str:
        """For people."""
        if self.kind is DeliveryKind.TABLE:
            return f"table {self.target} {self.subject}".rstrip()
        return f"{self.target}/{self.subject}".rstrip("/")


Target = tuple[DeliveryKind, str]
"""A place, or a table by its name."""


def targets_of(settings: PublishingSettings) -> list[Target]:
    """What is set beside EvalAI."""
    storage = [(DeliveryKind.FILES, settings.storage.to)] if settings.storage else []
    return storage + ([(DeliveryKind.TABLE, settings.table)] if settings.table else [])


class TableMark(msgspec.Struct, frozen=True):
    """What one row of a table is told, and where it holds."""

    team: str
    submission: str
    fields: tuple[tuple[str, str], ...]
    condition: str
    """In the table's own words; it may name each field as `:field`."""
    held_against: tuple[tuple[str, str], ...] = ()
    """What else the condition names, with its value."""
    cleared: tuple[str, ...] = ()
    """What it tells no more."""


class MarkedTable(Protocol):
    """A table with a row for each team and submission. Raises only errors of `console.errors`, and
    waits for an answer."""

    def update(self, mark: TableMark) -> bool:
        """Tell it; False where the condition does not hold, and nothing was changed."""
        ...

    def row_of(self, team: str, submission: str) -> Mapping[str, str]:
        """What it tells of them now, of what is text; nothing where it has no such row."""
        ...


class BringNow(msgspec.Struct, frozen=True):
    """Somebody wants it brought now, while another process has the right to."""

    kind: DeliveryKind
    target: str
    uid: str

    @property
    def key(self) -> DeliveryKey:
        """Of which."""
        return self.kind, self.target, self.uid


DeliveryLedger = Ledger[DeliveryKey, Delivery, BringNow]


class DeliveryTargets(Protocol):
    """What the user has set, as it is now. Each reads a file, and may be called from a thread."""

    @property
    def period(self) -> timedelta:
        """A submission that goes on is looked at so often at the most."""
        ...

    @property
    def writer(self) -> PlaceWriter:
        """Who we are to others that write there. Raises ConsoleError."""
        ...

    @property
    def storage(self) -> str:
        """The place that is set; empty without one. A Job's annotation may name others."""
        ...

    @property
    def table(self) -> str:
        """The table that is set; empty without one."""
        ...

    def open_table(self, target: str) -> MarkedTable | None:
        """That table; as for a place."""
        ...

    def place(self, target: str) -> ObjectPlace | None:
        """That place; None where the user does not name it, or not any more. Raises ConsoleError
        where its client is not installed."""
        ...


class DeliveryEdges(NamedTuple):
    """By whose settings, and from which ledger."""

    targets: DeliveryTargets
    ledger: DeliveryLedger
