"""How a line of a log looks: its time, whose it is, how grave it is. Knows no widget.

What a time is counted from is asked of the logs themselves, once for each attempt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec
from rich.style import Style
from rich.text import Text

from console.domain.spans import stopwatch
from console.operations.ports.recorder import LogLine, LogView
from console.operations.recording.log_runs import began, run_of, runs_of
from console.operations.recording.log_times import NEIGHBOURS, Times
from console.operations.recording.tail import moment_of
from console.presentation.severity import severity
from console.presentation.tones import Tone
from console.tui.widgets.log_text import clock, ruler, shown

COLOURS = (6, 3, 14, 11, 4, 5, 12, 13, 2, 10)
"""Of a terminal's own colours, one for each source; red is for errors."""
_ROOM = 15
"""`+10:00:00.500` and what is between it and the line."""


_Begins = dict[tuple[str, str, int] | None, datetime | None]
"""Of each attempt of a container; of all logs together under None."""


class LineSources(msgspec.Struct, frozen=True):
    """Whose lines there are, by the name that each line has; one log alone has the name ``."""

    logs: Mapping[str, LogView] = {}
    words: Mapping[str, str] = {}
    """What stands before its lines; nothing where it is missing."""


class LineFace:
    """`tone` gives the style of a tone; it may change with the theme."""

    def __init__(self, tone: Callable[[Tone], Style]) -> None:
        self._tone = tone
        self.times = Times.NONE
        self.counted = False
        """Whether the logs may be asked when they began: of an uncounted one that takes a while."""
        self._sources = LineSources()
        self._begins: _Begins = {}

    def open(self, sources: LineSources) -> None:
        """Lines of other logs."""
        self._sources, self._begins, self.counted = sources, {}, False

    def text(self, line: LogLine, width: int, sought: re.Pattern[str] | None = None) -> Text:
        """One row, however wide it is; `sought`: what has to be seen of a line of any length."""
        if line.gap:
            whose = self._whose(line)
            return whose.append(ruler(line, width - len(whose.plain)), self._tone(Tone.WARN))
        body = shown(line, sought)
        if (grave := severity(body.plain)) is not None:
            body.stylize_before(self._tone(grave))
        if self.times is Times.NONE and not self._sources.words:
            return body
        return Text(self._time(line), end="").append_text(self._whose(line)).append_text(body)

    def _whose(self, line: LogLine) -> Text:
        word = self._sources.words.get(line.container, "")
        if not word:
            return Text(end="")
        place = [*self._sources.words].index(line.container)
        width = max(map(len, self._sources.words.values()))
        return Text(f"{word:<{width}} ", Style(color=f"color({COLOURS[place % 10]})"), end="")

    def _time(self, line: LogLine) -> str:
        if self.times is Times.NONE:
            return ""
        if self.times is Times.ABSOLUTE:
            return f"{clock(line.at)}  "
        at, begin = moment_of(line.at), self._begin(line)
        told = stopwatch((at - begin).total_seconds()) if at and begin else ""
        return f"{told:>{_ROOM - 2}}  "

    def _begin(self, line: LogLine) -> datetime | None:
        if not self.counted:
            return None
        key = (line.container, *run_of(line)) if self.times is Times.ATTEMPT else None
        if key not in self._begins:
            logs, self._begins[key] = self._sources.logs, None
            if key is None:
                self._begins[key] = _first(logs)
            else:
                self._begins.update(_attempts({line.container: logs[line.container]}))
        return self._begins[key]

    def asked_later(self) -> Callable[[], None]:
        """For another thread: when the attempts of the present logs began, where all are counted.

        Of nine logs that takes a tenth of a second: a key does not wait for it. One log is asked
        when it is shown.
        """
        logs, begins = self._sources.logs, self._begins
        return lambda: begins.update(_attempts(logs) if len(logs) > 1 else {})


def _attempts(logs: Mapping[str, LogView]) -> _Begins:
    return {
        (name, run.pod, run.restarts): at
        for name, view in logs.items()
        for run in runs_of(view)
        if (at := moment_of(began(view, run)))
    }


def _first(logs: Mapping[str, LogView]) -> datetime | None:
    """Of all of them."""
    firsts = (view.lines(0, NEIGHBOURS) for view in logs.values())
    times = (next((line.at for line in lines if line.at), "") for lines in firsts)
    return min((at for each in times if (at := moment_of(each))), default=None)
