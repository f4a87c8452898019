"""When lines of a log count as rotated away, and when an empty file proves nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

from fakes.following import followed, line, recorded_texts, until

from console.domain.events import Event, StreamState
from console.operations.ports.cluster import ResumePoint
from console.operations.ports.recorder import SpoolWriter
from console.operations.recording.rotation import Rotation
from console.operations.recording.told_stream import ToldStream
from console.operations.submitting.launch import launch
from console.specs.validation import Judged

AT = ResumePoint("2026-11-22T10:00:01.000000000Z")
LOST = f"lines of attempt 1 after {AT.at} were rotated away before they could be read"

UNKNOWN = (
    f"the log was rotated after {AT.at}: whether lines of attempt 1 are missing, nobody can tell"
)


class Gaps:
    """A spool of which only the gaps are looked at."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def gap(self, text: str, *, at: str = "") -> None:
        self.told.append(text)


def told_of(*lines_come: bool) -> list[str]:
    """What is told of streams that follow a first one, each of a log without the line it went to."""
    gaps, events = Gaps(), list[Event]()
    told = ToldStream("agent-1", "pod-1", events.append, lambda: datetime.now(UTC))
    rotation, spool = Rotation(told), cast("SpoolWriter", gaps)
    rotation.begins()
    rotation.goes_on(0, spool)
    rotation.ends(0, spool)
    for comes in lines_come:
        rotation.begins()
        rotation.doubts(AT)
        if comes:
            rotation.goes_on(0, spool)
            rotation.goes_on(0, spool)
        rotation.ends(0, spool)
    return gaps.told


def test_a_later_line_proves_that_those_between_are_gone() -> None:
    assert told_of(True) == [LOST]
    assert told_of(True, True) == [LOST]


def test_of_an_empty_file_nobody_can_tell_and_that_is_said_once() -> None:
    assert told_of(False, False) == [UNKNOWN]


async def test_a_log_that_was_rotated_behind_its_last_line_is_not_called_whole(
    services: Any, cluster: Any, composed: Any, pod_of: Any
) -> None:
    """A flood may have filled a file that nobody read."""
    job = (await launch(services, Judged(composed).valid)).job
    log = cluster.logs["pod-1", "agent-1", 0]
    async with followed(services) as follower:
        cluster.put(pod_of(agent_1=("running", 0)))
        log.lines = [line(1, "read")]
        await until(lambda: recorded_texts(services, job, "agent-1") == ["read"])
        log.ended, log.lines = True, []
        cluster.put(pod_of("Succeeded", agent_1=("ended", 0)))
        lost = ("agent-1", StreamState.LOST, UNKNOWN)
        await until(lambda: lost in follower.board.streams)
    assert recorded_texts(services, job, "agent-1") == ["read", UNKNOWN]
