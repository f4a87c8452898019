"""The logs that an inspection reads: recorded ones, else what the pod's node still has.

Of a container that was restarted again and again a node keeps two runs; a recording has them all.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import suppress

import msgspec

from console.domain.board import BoardSnapshot
from console.domain.facts import PodFacts
from console.errors import ConsoleError, NotFound
from console.operations.inspecting.attempt_lines import LINES, LogOf
from console.operations.ports.cluster import LogRequest
from console.operations.ports.recorder import LogLine, LogView, Recording
from console.operations.recording.draining import drained
from console.operations.recording.log_view import containers_of
from console.operations.services import Services
from console.operations.watching.lookup import Known

NOTHING_RECORDED = (
    "nothing of its logs is recorded here: of a container that was restarted the node keeps its "
    "last two runs at most"
)


class LogsAtHand(msgspec.Struct, frozen=True):
    """Where the logs come from, and what a reader must know of that."""

    of: LogOf
    remark: str = ""


async def logs_at_hand(services: Services, told: Known) -> LogsAtHand:
    """Of what was looked up, wherever its logs are."""
    recording = told.found.recording if told.found else _recording(services, told.board)
    if recording is not None:
        there = await asyncio.to_thread(services.recorder.containers, recording)
        if there:
            return LogsAtHand(_recorded(services, recording, frozenset(there)))
    if told.recorded or told.board.pod is None or told.board.pod_gone:
        return LogsAtHand(lambda container: None, "nothing of its logs is recorded here")
    return await _of_nodes(services, told.board, containers_of(told.board))


def _recording(services: Services, board: BoardSnapshot) -> Recording | None:
    return services.recording_of(board.job) if board.job is not None else None


def _recorded(services: Services, recording: Recording, there: frozenset[str]) -> LogOf:
    def view(container: str) -> LogView | None:
        return services.recorder.log(recording, container) if container in there else None

    return view


async def _of_nodes(services: Services, board: BoardSnapshot, names: tuple[str, ...]) -> LogsAtHand:
    """What cannot be read, as without the right to, is said: a verdict without it is another."""
    read = await asyncio.gather(
        *(_read(services, board.pod_of(name), name) for name in names), return_exceptions=True
    )
    failed = [each for each in read if isinstance(each, BaseException)]
    for each in failed:
        if not isinstance(each, ConsoleError):
            raise each
    unread = f"; not all of it can be read: {failed[0]}" if failed else ""
    logs = {name: each for name, each in zip(names, read, strict=True) if each not in failed}

    def view(container: str) -> LogView | None:
        found = logs.get(container)
        return found if isinstance(found, LinesInMemory) else None

    return LogsAtHand(view, f"{NOTHING_RECORDED}{unread}")


async def _read(services: Services, pod: PodFacts | None, container: str) -> LinesInMemory | None:
    """The end of the run before and of the present one; None where the node has neither."""
    if pod is None:
        return None
    lines: list[LogLine] = []
    present = pod.container(container)
    restarts = present.restart_count if present is not None else 0
    asked = present.asked if present is not None else container
    for previous in (True, False):
        request = LogRequest(pod.namespace, pod.name, asked, previous=previous, tail=LINES)
        # Most containers were never restarted: there is no run before.
        with suppress(NotFound):
            async for block in drained(services, request):
                lines += (_line(raw, pod.key, restarts - previous) for raw in block.splitlines())
    return LinesInMemory(tuple(lines)) if lines else None


def _line(raw: bytes, pod: str, restarts: int) -> LogLine:
    at, _, content = raw.partition(b" ")
    text = content.decode(errors="replace")
    return LogLine(at.decode("ascii", "replace"), text, restarts=restarts, pod=pod)


class LinesInMemory(msgspec.Struct, frozen=True):
    """Some lines as a log view; nobody adds to them."""

    held: tuple[LogLine, ...]

    def line_count(self) -> int:
        return len(self.held)

    def counting(self) -> Iterator[int]:
        yield len(self.held)

    def lines(self, start: int, stop: int) -> list[LogLine]:
        return list(self.held[start:stop])

    def newest(self, wanted: int) -> list[LogLine]:
        return list(self.held[-wanted:]) if wanted else []

    def search(self, pattern: str, *, ignore_case: bool = True) -> Iterator[list[int]]:
        wanted = re.compile(pattern, re.IGNORECASE if ignore_case else 0)
        yield [number for number, line in enumerate(self.held) if wanted.search(line.text)]
