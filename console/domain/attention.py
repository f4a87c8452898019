"""Which pairs of a submission are slow or silent, since when, and how long that is let be. Pure.

The limits are those by which a pair's own supervisor ends it. Only what is live can be silent, and
only what has spoken: of the rest nobody knows. Knows no words and no marks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from console.domain.board import AT_WORK, PairStatus
from console.domain.spans import shifted

if TYPE_CHECKING:
    from console.domain.board import BoardSnapshot, PairBoard

SILENT_AFTER = 120.0
"""Seconds without a line, or a quarter of the limit where that is shorter: loading a large world
and setting up an agent are as quiet for less."""
STALLED_AFTER = 300.0
"""Or half of the limit: a person hears of it while there is still something to look at."""
NEVER: Mapping[int, datetime] = {}
"""Where nobody knows what is slow."""


class Lag(StrEnum):
    """What is wrong with a pair's time, the worst last."""

    SLOW = "slow"
    """Its route takes longer than nearly all that were recorded of it."""
    SILENT = "silent"
    """It writes nothing, or its route runs and simulated time stands still."""
    STALLED = "stalled"
    """The same for so long that nothing is expected of it any more."""


class Attention(msgspec.Struct, frozen=True, gc=False):
    """One pair that somebody should look at."""

    pair: int
    lag: Lag
    since: datetime
    """Of its last sign; of a slow one, when its route began."""
    limit: float | None = None
    """Seconds after which its supervisor ends it; None where nothing does."""
    stands: bool = False
    """It writes, and the simulated time of its route stands still."""


class Quiet(msgspec.Struct, frozen=True, gc=False):
    """Since when a pair gives no sign, and the limit that ends it first."""

    since: datetime
    limit: float | None
    stands: bool = False

    def reaches(self, lag: Lag) -> datetime:
        """When it counts as that."""
        most, part = (SILENT_AFTER, 4) if lag is Lag.SILENT else (STALLED_AFTER, 2)
        return shifted(self.since, min(most, (self.limit or most * part) / part))


def quiet(pair: PairBoard) -> Quiet | None:
    """None where it is not at work, or where nobody knows when it last gave a sign."""
    if pair.status not in AT_WORK:
        return None
    # A simulator prints while its route stands still: only the agent's signs are signs of a drive.
    driving = pair.status is PairStatus.DRIVING
    sign = (pair.agent_sign if driving else None) or pair.last_sign
    if sign is None:
        return None
    known = [Quiet(_not_before(pair, sign), pair.limits.idle if driving else None)]
    if driving and pair.tick is not None:
        tick = pair.tick.at
        known.append(Quiet(_not_before(pair, tick), pair.limits.tick, stands=sign > tick))
    return min(known, key=_ended_at)


def _not_before(pair: PairBoard, sign: datetime) -> datetime:
    """What it said before its present state is no silence of that."""
    return max(sign, pair.since) if pair.since else sign


def _ended_at(found: Quiet) -> tuple[bool, datetime]:
    # Which limit ends it first matters more than which sign is older: that is the countdown shown.
    return found.limit is None, shifted(found.since, found.limit or 0)


def lag_of(pair: PairBoard, now: datetime, slow_at: datetime | None = None) -> Attention | None:
    """What is wrong with the time of that pair, of a board that is live.

    `slow_at`: when its present route has taken too long, where that is known.
    """
    found = quiet(pair)
    # The graver first: what is stalled is silent too.
    for lag in (Lag.STALLED, Lag.SILENT):
        if found is not None and now >= found.reaches(lag):
            return Attention(pair.number, lag, found.since, found.limit, found.stands)
    if slow_at is None or now < slow_at or pair.status is not PairStatus.DRIVING:
        return None
    return Attention(pair.number, Lag.SLOW, pair.since or slow_at)


def attention(
    board: BoardSnapshot, now: datetime, slow_at: Mapping[int, datetime] = NEVER
) -> tuple[Attention, ...]:
    """The pairs that somebody should look at, in their order."""
    if not board.live or board.ended:
        return ()
    told = (lag_of(pair, now, slow_at.get(pair.number)) for pair in board.pairs)
    return tuple(each for each in told if each is not None)


def attention_changes(
    board: BoardSnapshot, now: datetime, slow_at: Mapping[int, datetime] = NEVER
) -> datetime | None:
    """When `attention` says something else though nothing more is told; None where never."""
    if not board.live or board.ended:
        return None
    turns = (at for pair in board.pairs for at in _turns(pair, slow_at.get(pair.number)))
    return min((at for at in turns if at > now), default=None)


def _turns(pair: PairBoard, slow_at: datetime | None) -> Iterator[datetime]:
    found = quiet(pair)
    if found is not None:
        yield from (found.reaches(lag) for lag in (Lag.SILENT, Lag.STALLED))
    if slow_at is not None:
        yield slow_at
