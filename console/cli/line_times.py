"""What stands before a line for its time: the cluster's, or how long after something it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from console.cli.log_lines import PrintedLine, moment
from console.domain.spans import stopwatch
from console.operations.recording.log_times import Times

Began = Callable[[PrintedLine], datetime | None]
"""When a line's attempt began; None where nobody knows."""


class LineTimes:
    """`began` is asked once an attempt; what it does not know began with its first line here."""

    def __init__(self, shown: Times, began: Began = lambda line: None) -> None:
        self._shown, self._began = shown, began
        self._origins: dict[tuple[str, str, int] | None, datetime] = {}

    def __bool__(self) -> bool:
        return self._shown is not Times.NONE

    @property
    def computed(self) -> bool:
        """A time is shown that the cluster does not send."""
        return self._shown in (Times.RELATIVE, Times.ATTEMPT)

    def before(self, line: PrintedLine) -> str:
        """With a space behind it; empty where the line has no time, or none is shown."""
        if self._shown is Times.NONE or not line.at:
            return ""
        if self._shown is Times.ABSOLUTE:
            return f"{line.at} "
        at = moment(line.at)
        return "" if at is None else f"{stopwatch((at - self._origin(line, at)).total_seconds())} "

    def _origin(self, line: PrintedLine, at: datetime) -> datetime:
        own = self._shown is Times.ATTEMPT
        key = (line.container, line.pod, line.restarts) if own else None
        if key not in self._origins:
            self._origins[key] = (self._began(line) if own else None) or at
        return self._origins[key]
