"""Reading a recording while it grows, whoever writes it: logcopy's progress and last lines.

Knows no cluster. Where it has read to is remembered, so that each line is looked at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from console.domain.events import Event, LastLine
from console.domain.hostile_text import neutralise
from console.domain.ticks import NO_TICK, Ticked, ticked
from console.operations.ports.recorder import LogLine, LogView, Recording
from console.operations.recording.logcopies import SubmissionProgress, in_order_of_time
from console.operations.recording.recorded import PROGRESS, new_lines
from console.operations.services import Services

LAST_LINE_WIDTH = 240
LOOKED_THROUGH = 20
"""Of the newest lines of a log: one of these is shown as the last."""


class RecordingTail:
    """`tell` is given what the lines on disk say."""

    def __init__(
        self,
        services: Services,
        recording: Recording,
        progress: SubmissionProgress,
        tell: Callable[[Event], None],
    ) -> None:
        self._services, self._recording = services, recording
        self._progress, self._tell = progress, tell
        self._views: dict[str, LogView] = {}
        self._shown: dict[str, int] = {}
        self._read: dict[str, int] = {}

    async def catch_up(self, containers: Iterable[str] = ()) -> bool:
        """All progress that is new on disk, and those containers' newest lines; True if any."""
        found = await asyncio.to_thread(lambda: [*self._told(), *self._last_lines(containers)])
        for event in found:
            self._tell(event)
        return bool(found)

    def _view(self, container: str) -> LogView:
        if container not in self._views:
            self._views[container] = self._services.recorder.log(self._recording, container)
        return self._views[container]

    def _told(self) -> Iterator[Event]:
        for name, line in in_order_of_time((n, self._new(n)) for n in self._progress.containers):
            if not line.gap and line.text.startswith(PROGRESS):
                yield from self._progress.of(name).line(line.text, self._services.clock(), line.pod)

    def _new(self, name: str) -> Iterator[LogLine]:
        """Lines of that logcopy which nobody has read for its progress."""
        for line in new_lines(self._view(name), self._read.get(name, 0)):
            self._read[name] = self._read.get(name, 0) + 1
            yield line

    def _last_lines(self, containers: Iterable[str]) -> Iterator[Event]:
        for container in containers:
            view = self._view(container)
            count = view.line_count()
            if count <= self._shown.get(container, 0):
                continue
            self._shown[container] = count
            newest = view.lines(max(count - LOOKED_THROUGH, 0), count)
            if (told := last_words(container, newest, self._services.clock())) is not None:
                yield told


def last_words(container: str, newest: list[LogLine], at: datetime) -> LastLine | None:
    """The last of these lines that is neither a gap nor a report of logcopy; known since then."""
    for line in reversed(newest):
        if not line.gap and not line.text.startswith(PROGRESS):
            said_at = moment_of(line.at)
            told = shortened(line.text)
            return LastLine(at, container, told, said_at, line.pod, _ticked(container, newest))
    return None


def _ticked(container: str, newest: list[LogLine]) -> Ticked:
    """An agent may print after each tick of its route."""
    if not container.startswith("agent-"):
        return NO_TICK
    lines = (line for line in reversed(newest) if not line.gap)
    return ticked((line.text, moment_of(line.at)) for line in lines)


def moment_of(stamp: str) -> datetime | None:
    """A log line's time, to the microsecond; None for what is none, and for an end of the calendar,
    from which nothing can be reckoned further."""
    try:
        at = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return at if at.tzinfo and datetime.min.year < at.year < datetime.max.year else None


def shortened(text: str) -> str:
    """A line as the board shows it."""
    return neutralise(text[: 4 * LAST_LINE_WIDTH].rstrip())[:LAST_LINE_WIDTH]
