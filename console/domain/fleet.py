"""All submissions of a namespace as one immutable value for the list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from console.domain.attention import Attention
from console.domain.blockage import BlockKind
from console.domain.board import SubmissionStatus


class SubmissionRow(msgspec.Struct, frozen=True, gc=False):
    """One line of the list. `done`/`total` count (route, repetition) pairs.

    `done` is None where nobody can tell, as without permission to read logs, `total` while nobody
    has told which routes were launched; `restarts` too can be None,
    of which `restarts_at_least` is what is proven.
    """

    namespace: str
    name: str
    uid: str
    leaderboard: str
    status: SubmissionStatus
    reason: str
    done: int | None
    total: int | None
    restarts: int | None
    backoff_limit: int | None
    created_at: datetime | None
    driving_score: float | None = None
    """Only when the merged result is complete."""
    remark: str = ""
    """Why this row may be old, or why its logs are not recorded; usually empty."""
    blocked_by: BlockKind | None = None
    restarts_at_least: int = 0
    entry_status: str | None = None
    """The Leaderboard's word for the entry and whether it counts; None unless it is complete."""
    eligible: bool | None = None
    attention: tuple[Attention, ...] = ()
    """Its pairs that are slow or silent; none where nobody looks at the time."""
    place: str = ""
    """`3/7`, of what waits for its turn; empty for all else, in Kueue's queues too."""

    @property
    def standing(self) -> str:
        """Its status, and where it stands in a line: `Queued 3/7`."""
        return f"{self.status.value} {self.place}" if self.place else self.status.value


MOST_ASKED = 100
"""Rows of a list of which more is asked than is at hand; where it is more, none is asked."""


def listed_first(rows: Iterable[SubmissionRow]) -> list[SubmissionRow]:
    """In the order of the list: what needs somebody to act, then the newest."""
    return sorted(rows, key=place_in_list, reverse=True)


def place_in_list(row: SubmissionRow) -> tuple[bool, datetime, str]:
    """By what a row is placed; the greatest first."""
    created = row.created_at or datetime.min.replace(tzinfo=UTC)
    return row.status is SubmissionStatus.BLOCKED, created, row.name


class FleetSnapshot(msgspec.Struct, frozen=True, gc=False, eq=False):
    """The list as last known; `live` False means the rows are old."""

    rows: tuple[SubmissionRow, ...] = ()
    live: bool = False
    why: str = ""
    updated_at: datetime | None = None
