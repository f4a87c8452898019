"""Into which queues of Kueue a launch in a namespace may go, as far as that is known. Pure."""

from __future__ import annotations

import msgspec

NO_QUEUE = "(none)"
"""No queue can have that name."""
DEFAULT = "default"
"""Kueue puts what names no queue into the one of that name, where a namespace has it."""


class QueuesOffered(msgspec.Struct, frozen=True, gc=False):
    """Those of one namespace."""

    names: tuple[str, ...] = ()
    kueue: bool | None = None
    """Whether the cluster has one; None where that, or its queues, may not be read."""
    stopped: tuple[str, ...] = ()
    """Which of them admit nothing at present, and why, in sentences."""

    def choices(self, named: str) -> tuple[str, ...]:
        """What there is to choose from where `named` is meant so far; nothing where no queue is."""
        there = self.names if named in ("", *self.names) else (*self.names, named)
        if not there or DEFAULT in there:
            return there
        return (NO_QUEUE, *there)

    def usual(self, named: str) -> str:
        """What is chosen at first."""
        return named or (DEFAULT if DEFAULT in self.names else NO_QUEUE)

    def problem(self, chosen: str) -> str:
        """Why a Job would wait there for ever, in a sentence; empty where it would not."""
        if chosen in ("", NO_QUEUE, *self.names) or self.kueue is None:
            return ""
        what = f"There is no queue {chosen} here" if self.kueue else "This cluster has no Kueue"
        return f"{what}: it would wait for ever."


def named_by(choice: str) -> str:
    """The queue that a choice names; empty for none."""
    return "" if choice == NO_QUEUE else choice
