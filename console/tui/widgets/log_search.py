"""A search over one log: collects hits in a thread while the screen goes on. Knows no widget."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable

from console.operations.ports.recorder import LogView

MOST_HITS = 200_000
"""Enough to step through; a search that matches every line must not fill the memory."""


class LogSearch:
    """One pattern over one log. `collect` runs in a thread; the rest in the UI loop."""

    def __init__(self, pattern: str) -> None:
        try:
            self.pattern = re.compile(pattern, re.IGNORECASE)
        except re.error:
            self.pattern = re.compile(re.escape(pattern), re.IGNORECASE)
        self.hits: list[int] = []
        self.complete = False
        self.searched = 0
        """Lines that there were when it began."""
        self.cut_short = False
        """There are more hits than are kept."""

    def collect(self, view: LogView, cancelled: Callable[[], bool]) -> None:
        """Fill `hits` in ascending order until all is searched or it is cancelled."""
        self.searched = view.line_count()
        for number in view.search(self.pattern.pattern):
            self.cut_short = len(self.hits) >= MOST_HITS
            if cancelled() or self.cut_short:
                break
            self.hits.append(number)
        self.complete = True

    def after(self, line: int) -> int | None:
        """The first hit below a line; from the top again when there is none."""
        if not self.hits:
            return None
        index = bisect_right(self.hits, line)
        return self.hits[index if index < len(self.hits) else 0]

    def before(self, line: int) -> int | None:
        """The last hit above a line; from the bottom again when there is none."""
        if not self.hits:
            return None
        return self.hits[bisect_left(self.hits, line) - 1]

    def position(self, line: int | None, lines: int) -> str:
        """`3/127`; `–/127+` while not all of the `lines` are searched; `3 of the first 200,000`."""
        index = bisect_left(self.hits, line) if line is not None else len(self.hits)
        found = index < len(self.hits) and self.hits[index] == line
        place = f"{index + 1 if found else '–'}"
        if self.cut_short:
            return f"{place} of the first {len(self.hits):,}; there are more"
        return f"{place}/{len(self.hits)}{'' if self.complete and lines <= self.searched else '+'}"
