"""Lines of containers on stdout: as they are into a file or pipe, harmless on a terminal."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from console.cli.interruptions import blocking
from console.cli.line_filter import LineFilter, Patterns
from console.cli.line_times import LineTimes
from console.cli.log_lines import PrintedLine, lines_of
from console.domain.hostile_text import left_standing, neutralise
from console.operations.recording.log_times import Times

if TYPE_CHECKING:
    from console.cli.line_forms import LineForm

_STYLE = re.compile(r"\x1b\[([0-9;:]*)m")
_PLAIN = "\x1b[0m"
_MARK = "\x1b[1;7m"
_COLOURS = (36, 33, 96, 93, 34, 35, 94, 95, 32, 92)
"""Of the containers, in the Job's order: the halves of a pair have neighbours."""
AT_ONCE = 500
"""Lines of a recording in one write: each by itself would be most of the time."""


class Colour(StrEnum):
    """What `--color` says; a terminal is asked only where it is `auto`."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"

    @property
    def dresses(self) -> bool:
        """Lines are made for a reader's eyes: harmless, in their last state."""
        return self is Colour.ALWAYS or sys.stdout.isatty()

    @property
    def paints(self) -> bool:
        if self is Colour.AUTO:
            return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        return self is Colour.ALWAYS


class LineWriter(msgspec.Struct, frozen=True):
    """What of a log is shown, and what stands before a line."""

    prefix: bool = False
    times: LineTimes = msgspec.field(default_factory=lambda: LineTimes(Times.NONE))
    patterns: Patterns = Patterns()
    containers: tuple[str, ...] = ()
    """Whose lines are told apart by a colour, too."""
    colour: Colour = Colour.AUTO
    form: LineForm | None = None
    """None: the container and the time as they are asked for, and the line."""
    submission: str = ""
    """Before the container, where there are several submissions."""
    _filters: dict[str, LineFilter] = msgspec.field(default_factory=dict)

    def write(self, lines: Iterable[PrintedLine]) -> None:
        """Some at a time; where lines are missing, words that say so."""
        ready: list[bytes] = []
        try:
            for line in LineFilter(self.patterns).of(lines):
                ready.append(self._line(line))
                if len(ready) >= AT_ONCE:
                    full, ready = ready, []
                    _put(b"".join(full))
        finally:
            # What was read before it failed is told before the failure is.
            _put(b"".join(ready))

    def write_block(self, container: str, block: bytes, pod: str = "", restarts: int = 0) -> None:
        """Whole lines as the cluster sends them, each with its time, in one write."""
        plain = not (self.patterns.choose or self.times.computed or self.form)
        if not plain or self.colour.dresses:
            chosen = self._filters.setdefault(container, LineFilter(self.patterns))
            lines_told = chosen.of(lines_of(container, block, pod, restarts))
            _put(b"".join(map(self._line, lines_told)))
            return
        head = self._whose(container).encode() if self.prefix else b""
        lines = block.split(b"\n")[:-1]
        if not self.times:
            lines = [line.partition(b" ")[2] for line in lines]
        _put(b"".join([head, (b"\n" + head).join(lines), b"\n"]) if lines else b"")

    def write_between(self, line: PrintedLine) -> None:
        """What is no line of the container, amid the blocks of it."""
        chosen = self._filters.setdefault(line.container, LineFilter(self.patterns))
        _put(b"".join(map(self._line, chosen.of([line]))))

    def _line(self, line: PrintedLine) -> bytes:
        time = self.times.before(line)
        content = _gap(line.content) if line.gap else line.content
        if self.form is not None:
            return self._formed(self.form, line, content, time.strip())
        whose = self._whose(line.container) if self.prefix and line.container else ""
        if not self.colour.dresses:
            return f"{whose}{time}".encode() + content + b"\n"
        head = self._coloured(line.container, neutralise(whose)) + neutralise(time)
        return f"{head}{self._shown(content)}\n".encode()

    def _formed(self, form: LineForm, line: PrintedLine, content: bytes, time: str) -> bytes:
        from console.cli.line_forms import ShownLine

        dressed = self.colour.dresses
        message = self._shown(content) if dressed else content.decode(errors="surrogateescape")
        colour = self._colour_of(line.container)
        told = form.of(line, ShownLine(message, time, colour, dressed, self.colour.paints))
        return b"" if told is None else f"{told}\n".encode(errors="surrogateescape")

    def _whose(self, container: str) -> str:
        return f"{self.submission} {container} " if self.submission else f"{container} "

    def _colour_of(self, container: str) -> str:
        if container not in self.containers:
            return ""
        return str(_COLOURS[self.containers.index(container) % len(_COLOURS)])

    def _coloured(self, container: str, whose: str) -> str:
        colour = self._colour_of(container)
        if not whose or not colour or not self.colour.paints:
            return whose
        return f"\x1b[{colour}m{whose}{_PLAIN}"

    def _shown(self, content: bytes) -> str:
        text = left_standing(content.decode(errors="replace"))
        marked = self.patterns.marked
        if marked and self.colour.paints and any(each.search(neutralise(text)) for each in marked):
            # Its own colours would end those of what is sought.
            return _standing_out(neutralise(text), marked)
        tame = neutralise(text, keep_colours=self.colour is not Colour.NEVER)
        return f"{tame}{_PLAIN if leaves_style_open(tame) else ''}"


def _standing_out(text: str, marked: tuple[re.Pattern[str], ...]) -> str:
    cells = bytearray(len(text))
    for pattern in marked:
        for match in pattern.finditer(text):
            cells[match.start() : match.end()] = b"\1" * (match.end() - match.start())
    parts, start = [], 0
    for run in re.finditer(rb"\x01+", bytes(cells)):
        parts += [text[start : run.start()], _MARK, text[run.start() : run.end()], _PLAIN]
        start = run.end()
    return "".join([*parts, text[start:]])


def _put(told: bytes) -> None:
    if told:
        with blocking():
            sys.stdout.flush()
            sys.stdout.buffer.write(told)
            sys.stdout.buffer.flush()


def _gap(told: bytes) -> bytes:
    """As the screens draw it."""
    return "── {} ──".format(told.decode(errors="replace")).encode()


def leaves_style_open(text: str) -> bool:
    """Whether colour, concealment or the like would run on into the next line."""
    last = next(reversed(_STYLE.findall(text)), "")
    return last.strip("0;:") != ""
