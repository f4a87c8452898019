"""Which lines of a log are shown: those with a pattern, without another, and some around them.

A line is looked at as a reader sees it: its last state, no colours. Knows no source and no output.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator

import msgspec

from console.cli.log_lines import PrintedLine
from console.domain.hostile_text import left_standing, neutralise

OMITTED = PrintedLine("", "", b"...", gap=True)
"""Between lines that do not follow each other, where lines around a hit are shown."""


class Patterns(msgspec.Struct, frozen=True):
    """What was asked for; nothing of it shows every line."""

    grep: re.Pattern[str] | None = None
    invert: re.Pattern[str] | None = None
    highlight: re.Pattern[str] | None = None
    context: int = 0

    @property
    def choose(self) -> bool:
        """Not every line is shown."""
        return self.grep is not None or self.invert is not None

    @property
    def marked(self) -> tuple[re.Pattern[str], ...]:
        """What stands out in a line that is shown."""
        return tuple(each for each in (self.grep, self.highlight) if each is not None)

    def fit(self, line: PrintedLine) -> bool:
        """Whether the line is asked for."""
        text = reading(line.content)
        if self.invert is not None and self.invert.search(text):
            return False
        return self.grep is None or self.grep.search(text) is not None


def reading(content: bytes) -> str:
    """What a reader sees of it."""
    return neutralise(left_standing(content.decode(errors="replace")))


class LineFilter:
    """One log's, or a merged one's: it remembers what was before."""

    def __init__(self, patterns: Patterns) -> None:
        self._patterns = patterns
        self._before: deque[PrintedLine] = deque(maxlen=patterns.context)
        self._rulers: dict[str, PrintedLine] = {}
        self._after = 0
        """So many more lines are shown, whatever they are."""
        self._left_out = self._shown = False

    def of(self, lines: Iterable[PrintedLine]) -> Iterator[PrintedLine]:
        """The next lines of the log, those that are shown."""
        if not self._patterns.choose:
            yield from lines
            return
        for line in lines:
            yield from self._next(line)

    def _next(self, line: PrintedLine) -> Iterator[PrintedLine]:
        if line.gap:
            # Between which runs something was said is told with the next line that is shown.
            self._rulers[line.container] = line
        elif self._patterns.fit(line):
            yield from self._hit(line)
        elif self._after:
            self._after -= 1
            yield line
        else:
            self._left_out |= len(self._before) == self._before.maxlen
            self._before.append(line)

    def _hit(self, line: PrintedLine) -> Iterator[PrintedLine]:
        if self._patterns.context and self._left_out and self._shown:
            yield OMITTED
        if line.container in self._rulers:
            yield self._rulers.pop(line.container)
        yield from self._before
        yield line
        self._before.clear()
        self._after, self._left_out, self._shown = self._patterns.context, False, True
