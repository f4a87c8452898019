"""What stands before a line for its time: the cluster's, or how long after something it was."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from console.cli.log_lines import PrintedLine, moment
from console.domain.spans import stopwatch
from console.operations.recording.log_times import Times

Began = Callable[[PrintedLine], datetime | None]
"""When a line's attempt began; None where nobody knows."""


Zone = Callable[[datetime], datetime]
"""The same moment as the clocks of some place show it."""
_FRACTION = re.compile(r"\.\d+")


class LineTimes:
    """`began` is asked once an attempt; what it does not know began with its first line here."""

    def __init__(
        self,
        shown: Times,
        began: Began = lambda line: None,
        zone: Zone | None = None,
        *,
        short: bool = False,
    ) -> None:
        self._shown, self._began, self._zone, self._short = shown, began, zone, short
        self._origins: dict[tuple[str, str, int] | None, datetime] = {}

    def __bool__(self) -> bool:
        return self._shown is not Times.NONE

    @property
    def computed(self) -> bool:
        """A time is shown that the cluster does not send."""
        of_a_clock = self._shown in (Times.NONE, Times.ABSOLUTE)
        return not of_a_clock or self._zone is not None or self._short

    def before(self, line: PrintedLine) -> str:
        """With a space behind it; empty where the line has no time, or none is shown."""
        if self._shown is Times.NONE or not line.at:
            return ""
        if self._shown is Times.ABSOLUTE:
            return f"{self._placed(line.at)} "
        at = moment(line.at)
        return "" if at is None else f"{stopwatch((at - self._origin(line, at)).total_seconds())} "

    def _placed(self, at: str) -> str:
        """In the zone that was asked for, to the nanosecond that the cluster sent, or short."""
        found = moment(at) if self._zone is not None or self._short else None
        if found is None:
            return at
        there = found if self._zone is None else self._zone(found)
        if self._short:
            return f"{there:%m-%d %H:%M:%S}"
        whole = there.replace(microsecond=0).isoformat()
        fraction = _FRACTION.search(at)
        return f"{whole[:19]}{fraction.group() if fraction else ''}{whole[19:]}"

    def _origin(self, line: PrintedLine, at: datetime) -> datetime:
        own = self._shown is Times.ATTEMPT
        key = (line.container, line.pod, line.restarts) if own else None
        if key not in self._origins:
            self._origins[key] = (self._began(line) if own else None) or at
        return self._origins[key]
