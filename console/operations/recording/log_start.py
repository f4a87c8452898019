"""From where on the log of a container is read: whole, or from what somebody wants to see first.

Owns how the first stream is asked for; what comes after it is `reader`'s.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec.structs import replace

from console.domain.facts import ContainerFacts
from console.errors import ConsoleError, NotFound
from console.operations.ports.cluster import ALL_OF_A_TIME, LogRequest, ResumePoint
from console.operations.recording.draining import drained
from console.operations.services import Services


class LogStart(msgspec.Struct, frozen=True):
    """Of the first run that is read; every later one is read whole."""

    present: bool = False
    """The run that there is, and none before it."""
    since: datetime | None = None
    tail: int | None = None
    fails_on: tuple[type[ConsoleError], ...] = ()
    """What ends the reading; anything else is tried again."""

    def run_of(self, facts: ContainerFacts) -> int:
        """The number of the run to begin with."""
        # A kubelet keeps one earlier run of a container, and no more.
        return facts.restart_count if self.present else max(facts.restart_count - 1, 0)


WHOLE = LogStart()
"""From the oldest line that the cluster still has."""


async def newest_point(services: Services, request: LogRequest) -> ResumePoint | None:
    """Where the log ends as yet: who wants no line of before asks for what follows this one.

    To ask for no line at all would lose what is said between a stream that breaks and the next.
    """
    newest = b""
    try:
        async for block in drained(services, replace(request, follow=False, tail=1)):
            newest = block
    except NotFound:
        return None
    at, _, _ = newest.rpartition(b"\n")[0].rpartition(b"\n")[2].partition(b" ")
    return ResumePoint(at.decode("ascii", "replace"), ALL_OF_A_TIME) if at else None
