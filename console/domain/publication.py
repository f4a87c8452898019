"""What has become of a submission's results at EvalAI, as one small value for lists. Pure.

Knows neither the ledger from which it is made nor what EvalAI answers. Where nobody knows there is
no such value; that nothing is to be published is one.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec


class PublishedAs(StrEnum):
    """How far it is, in the words of the list, of filters and of documents."""

    NOWHERE = "nowhere"
    """Nothing of it is to be published."""
    WAITING = "waiting"
    """Nothing of it is there, or what is there is to be replaced and cannot be yet."""
    PARTIAL = "partial"
    """What was finished is there, and it goes on."""
    FINISHED = "finished"
    """EvalAI has the final result; so for the two that follow."""
    FAILED = "failed"
    CANCELLED = "cancelled"
    THERE = "there"
    """All that there will ever be is there; as what it ended nobody can tell."""
    CANCELLED_THERE = "cancelled there"
    """Somebody has cancelled it at EvalAI; it ends here, and then there."""
    REFUSED = "refused"
    HELD = "held"
    """Nothing is sent before a person has changed something, here or there."""
    RESUME = "resume asked"
    """EvalAI has its final result, and somebody wants it resumed there."""


_NEEDS_SOMEBODY = (PublishedAs.REFUSED, PublishedAs.HELD, PublishedAs.RESUME)
_FINAL = (
    *(PublishedAs.FINISHED, PublishedAs.FAILED, PublishedAs.CANCELLED),
    PublishedAs.THERE,
)


class Published(msgspec.Struct, frozen=True, gc=False):
    """As the user's ledger has it now."""

    state: PublishedAs
    at: datetime | None = None
    """When EvalAI took what it has; None before the first, and where that is not the point."""
    words: str = ""
    """What happened last, or is waited for, in one sentence; safe to show."""
    where: str = ""
    """The place or the table; empty for EvalAI."""
    changed: datetime | None = None
    """Since when it is so; by this one refusal is told from a later one."""

    @property
    def needs_somebody(self) -> bool:
        """It does not go on by itself."""
        return self.state in _NEEDS_SOMEBODY

    @property
    def final(self) -> bool:
        """EvalAI has its final result, and nobody has asked for more."""
        return self.state in _FINAL

    @property
    def dated(self) -> bool:
        """What is there is what the state tells of, so that the time tells since when."""
        return self.final or self.state is PublishedAs.PARTIAL


NOWHERE = Published(PublishedAs.NOWHERE)
