"""What is known of one failure, flattened: facts and log lines, each with who says so. Values only.

All text comes from outside and is hostile; lines are those of one attempt, oldest first.
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum, StrEnum

import msgspec


class Witness(IntEnum):
    """Who says it; the higher, the more it proves."""

    AGENT = 0
    """Whatever prints in a team's container, also in the words of others."""
    RECORD = 1
    """The evaluator's record: written in the team's container, checked by the merge."""
    PLATFORM_LOG = 2
    """A log of a container that no team writes: simulator, logcopy, init."""
    SUPERVISOR = 3
    """What the pair supervisors and logcopy noted, in words of their own."""
    CLUSTER = 4
    """Kubernetes: the kubelet, the scheduler, the controllers; and what this console did."""


LOST = "Lost"
"""What a fact of a pod is about that another one has followed."""


class FactKind(StrEnum):
    """What a fact is about; the fields that say more are those of `Fact`."""

    EXIT = "exit"
    """A run of a container that ended. `reason` is the kubelet's, `text` its message."""
    WAITING = "waiting"
    """A container that does not run. `reason`, `text`: why."""
    RUNNING = "running"
    """A container that runs."""
    ENDING = "ending"
    """How a half ended an attempt; `reason` in its supervisor's word, `text` the kubelet's."""
    EVENT = "event"
    """A Kubernetes event."""
    CONDITION = "condition"
    """A condition of the Job that is true: `about` is its type."""
    POD = "pod"
    """A pod's `reason` and message; `about` is its phase."""
    PROBLEM = "problem"
    """What logcopy says: `reason` is its kind."""
    RECORD = "record"
    """A finished route: `text` is its status."""
    ACTION = "action"
    """What an operator did on a console: `reason` is the verb."""
    STATUS = "status"
    """The submission's status as the board has it in `reason`, and why."""
    BUDGET = "budget"
    """A restart budget that is spent: `text` is who spent how much of it."""
    REPEATED = "repeated"
    """A half that ended `count` attempts at one route, which is its `text`."""
    SILENCE = "silence"
    """A running half that has written nothing for `seconds`."""


class Fact(msgspec.Struct, frozen=True, gc=False):
    """One thing that is known; what it does not tell is empty or None."""

    kind: FactKind
    witness: Witness
    reason: str = ""
    text: str = ""
    about: str = ""
    """A container's name, `pod`, `job`, or what the kind says."""
    pair: int | None = None
    attempt: int | None = None
    at: datetime | None = None
    exit_code: int | None = None
    signal: int | None = None
    count: int = 1
    seconds: float | None = None


class SeenLine(msgspec.Struct, frozen=True, gc=False):
    """One line of a container's log."""

    container: str
    text: str
    """As it is shown: of a line that was rewritten only the last state, no control sequence."""
    at: datetime | None = None
    number: int | None = None
    """Its place in the recorded log, from 0; None where it is not recorded."""

    @property
    def witness(self) -> Witness:
        """Nobody but the team answers for what its container prints."""
        return Witness.AGENT if half_of(self.container) == "agent" else Witness.PLATFORM_LOG


class Scene(msgspec.Struct, frozen=True, gc=False):
    """What is known of one attempt of a pair, or of a submission as a whole."""

    facts: tuple[Fact, ...] = ()
    lines: tuple[SeenLine, ...] = ()
    pair: int | None = None
    """None: the submission as a whole."""
    attempt: int | None = None
    died_first: str = ""
    """`simulator` or `agent`; empty where that is not known."""
    route: str = ""
    ended_at: datetime | None = None
    """When the attempt ended; None while it goes on, and where that is not known."""


def half_of(container: str) -> str:
    """`simulator`, `agent`, `logcopy` ...: a container's name without its pair."""
    stem, dash, number = container.rpartition("-")
    return stem if dash and number.isdigit() else container


def pair_of(container: str) -> int | None:
    """The pair of a half; None for what belongs to none."""
    _, dash, number = container.rpartition("-")
    return int(number) if dash and number.isdigit() else None
