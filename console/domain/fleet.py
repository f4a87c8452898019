"""All submissions of a namespace as one immutable value for the list: what needs a person first.

Knows no clock: what time alone makes of a row, whoever makes the row has put into it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from types import MappingProxyType

import msgspec

from console.domain.attention import Attention
from console.domain.blockage import BlockKind
from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.publication import Published


class Need(IntEnum):
    """How much a submission needs a person, and so where it stands in the list."""

    FAILING = 0
    """It or a pair of it has failed for good or will, or it has lately."""
    BLOCKED = 1
    """It cannot start by waiting."""
    UNPUBLISHED = 2
    """Its results do not go on by themselves to where others wait for them."""
    HELD_UP = 3
    """A pair of it is slow or silent, or waits to be started again."""
    RUNNING = 4
    QUEUED = 5
    """Nothing of it runs yet."""
    ENDED = 6


class PairProblem(StrEnum):
    """Why a pair of a running submission is worth a look."""

    FAILED = "failed"
    FAILS_ALIKE = "fails alike"
    """By what its agent is, as other pairs do: each attempt ends like this."""
    NO_AGENT = "no agent"
    """Its last drive ended because the agent could not be set up, and it goes on to the next."""
    FAILED_ALIKE = "failed alike"
    """At one time as other pairs did, and it has not got past that."""
    BACKING_OFF = "back-off"


_NEEDS = {
    SubmissionStatus.FAILING: Need.FAILING,
    SubmissionStatus.BLOCKED: Need.BLOCKED,
    SubmissionStatus.RUNNING: Need.RUNNING,
    SubmissionStatus.UNKNOWN: Need.RUNNING,
    SubmissionStatus.PENDING: Need.QUEUED,
    SubmissionStatus.QUEUED: Need.QUEUED,
    SubmissionStatus.SUSPENDED: Need.QUEUED,
}
_FAILING = (PairProblem.FAILED, PairProblem.FAILS_ALIKE, PairProblem.NO_AGENT)
NEWS_FOR = timedelta(days=1)
"""What ended longer ago is no news any more, however it ended."""


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
    """`3/7` of what waits for its turn, `#3` in a queue of Kueue; empty for all else."""
    team: str | None = None
    """Its name, or `#7`; empty where its Job tells neither, None where that is not known."""
    image: str = ""
    """The agent's, and the track; both empty where the Job's plan cannot be read."""
    track: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    """Of its Job."""
    pair_problems: tuple[tuple[int, PairProblem], ...] = ()
    """By the pairs' numbers, while it runs; which are slow or silent is `attention`."""
    failed_lately: bool = False
    """It ended without a complete result, and that is news."""
    published: Published | None = None
    """What has become of its results at EvalAI; None where nobody knows."""
    unread: bool = False
    """It has ended, and what it said then has not been looked at yet."""
    started_at: datetime | None = None
    """When its Job began to run, the last time where it was suspended; None until then."""

    @property
    def begun_at(self) -> datetime | None:
        """Without what it waited in a queue; its creation while nobody knows when it started."""
        return self.started_at or self.created_at

    @property
    def verdict_open(self) -> bool:
        """Whether it has a verified result has not been looked at."""
        return self.unread and self.status is SubmissionStatus.UNVERIFIED

    @property
    def takes_turns(self) -> bool:
        """It waits until one of ours starts it; what waits for Kueue is started by that."""
        return "/" in self.place

    @property
    def need(self) -> Need:
        """The group of the list in which it stands."""
        if self.published is not None and self.published.needs_somebody:
            return min(self._need_here, Need.UNPUBLISHED)
        return self._need_here

    @property
    def _need_here(self) -> Need:
        if self.failed_lately:
            return Need.FAILING
        if self.pair_problems or self.attention:
            fails = any(problem in _FAILING for _, problem in self.pair_problems)
            return Need.FAILING if fails else Need.HELD_UP
        return _NEEDS.get(self.status, Need.ENDED)

    @property
    def standing(self) -> str:
        """Its status, and where it stands in a line: `Queued 3/7`."""
        if self.verdict_open:
            return "Ended ?"
        return f"{self.status.value} {self.place}" if self.place else self.status.value


MOST_ASKED = 100
"""Rows of a list of which more is asked than is at hand; where it is more, none is asked."""


PlaceInList = tuple[int, int, float, str, str]


def listed_first(rows: Iterable[SubmissionRow]) -> list[SubmissionRow]:
    """In the order of the list: what needs somebody to act, then the newest."""
    return sorted(rows, key=place_in_list)


def place_in_list(row: SubmissionRow) -> PlaceInList:
    """By what a row is placed, no two alike; the least first. Who is the next in a line comes
    before who waits behind."""
    turn = int(row.place.lstrip("#").partition("/")[0]) if row.place else 0
    created = row.created_at.timestamp() if row.created_at else 0.0
    return row.need, turn, -created, row.name, row.namespace


_NO_BOARDS: Mapping[tuple[str, str], BoardSnapshot] = MappingProxyType({})

READING = "It is being read; thousands of Jobs take a while."
"""Why a list is not live though its cluster answers."""


class FleetSnapshot(msgspec.Struct, frozen=True, gc=False, eq=False):
    """The list as last known; `live` False means the rows are old, or not all of them."""

    rows: tuple[SubmissionRow, ...] = ()
    live: bool = False
    why: str = ""
    updated_at: datetime | None = None
    boards: Mapping[tuple[str, str], BoardSnapshot] = _NO_BOARDS
    """Those of which the rows were made, by namespace and name: who tells counts of one, and of all
    of them, tells both of one moment. Empty for a list that nobody watches."""
    heard: int | None = None
    """While the first list is read: of how many Jobs it has told so far. Other rows are old."""

    @property
    def growing(self) -> bool:
        """Rows are still to come, or to be told more of: no count of them is final."""
        return self.heard is not None
