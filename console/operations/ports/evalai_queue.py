"""What waits in EvalAI's queue, and how a user has its phases launched. No HTTP and no token here.

One call is one request. Who takes a message hides it from everybody for the queue's visibility
time; then it comes back, unless it was acknowledged. So one that is only looked at is never lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec

from console.operations.ports.evalai import RemoteSubmission


class PhaseRule(msgspec.Struct, frozen=True):
    """As what the submissions of one phase are launched; empty: as is usual."""

    leaderboard: str
    """The version."""
    track: str
    profile: str = ""
    preset: str = ""


class IntakeSettings(msgspec.Struct, frozen=True):
    """What a user has set of submissions that come from EvalAI."""

    queue: str = ""
    """The challenge's at EvalAI; empty where nothing is taken from one."""
    phases: Mapping[int, PhaseRule] = msgspec.field(default_factory=dict)
    """By their numbers at EvalAI."""


class TakenMessage(msgspec.Struct, frozen=True):
    """A message of the queue, which nobody else sees for a while."""

    body: bytes
    """JSON, as EvalAI wrote it."""
    receipt: str
    """By which it is acknowledged. It ends with the visibility time: each take gives another."""


class EvalAiQueue(Protocol):
    """One server's queues, by one user's token. Raises only EvalAiError."""

    async def submission(self, number: int) -> RemoteSubmission:
        """As it is now."""
        ...

    async def say_running(self, challenge: int, submission: int, job: str) -> None:
        """That a Job of that name runs for it: one more in its list of Jobs, and its status.
        Whatever that was: EvalAI checks none."""
        ...

    async def next_message(self, queue: str) -> TakenMessage | None:
        """The next one that nobody has taken; None where none waits."""
        ...

    async def acknowledge(self, queue: str, receipt: str) -> None:
        """It never comes back. A receipt that has ended may be refused, or taken to no effect."""
        ...
