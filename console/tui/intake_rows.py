"""The rows of the intake screen: what was taken, what became of it, and what has gone again. Pure.

A message that was taken is hidden for a while and then comes back, with another receipt. So a look
that lacks one proves nothing before that time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from console.operations.intake.desk import WaitingMessage

GONE_AFTER = timedelta(minutes=2)
"""One that no look has brought back for so long is acknowledged, or another console's."""


class IntakeRow(msgspec.Struct, frozen=True, eq=False):
    """A message as it was taken last, and what came of it."""

    waiting: WaitingMessage
    told: str = ""
    """What was done with it, or why it could not be; empty while nothing was."""
    done: bool = False
    """It was launched, or acknowledged."""

    @property
    def key(self) -> str:
        """The same for each take of a message."""
        number = self.waiting.submission
        return str(number) if number is not None else repr(self.waiting.taken.body)


def merged(
    rows: Sequence[IntakeRow], found: Sequence[WaitingMessage], now: datetime
) -> tuple[IntakeRow, ...]:
    """After a look: what it brought is as it was brought, in its old place."""
    new = {row.key: row for row in map(IntakeRow, found)}
    kept = [
        new.pop(row.key, row)
        for row in rows
        if row.key in new or row.done or now - row.waiting.at < GONE_AFTER
    ]
    return (*kept, *new.values())


def with_told(
    rows: Sequence[IntakeRow], which: IntakeRow, told: str, *, done: bool
) -> tuple[IntakeRow, ...]:
    """After something was done with one of them."""
    return tuple(
        msgspec.structs.replace(row, told=told, done=done) if row.key == which.key else row
        for row in rows
    )
