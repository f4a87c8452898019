"""A search over one log: collects hits in a thread while the screen goes on. Knows no widget."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable

from console.operations.ports.recorder import LogView

MOST_HITS = 4_000_000
"""Kept to step through, in 32 MB; those beyond are counted."""


class LogSearch:
    """One pattern over one log. `collect` runs in a thread; the rest in the UI loop."""

    def __init__(self, pattern: str) -> None:
        self.typed = pattern
        try:
            self.pattern = re.compile(pattern, re.IGNORECASE)
        except re.error:
            # What is no expression is looked for as it stands: `[` is typed more often than meant.
            self.pattern = re.compile(re.escape(pattern), re.IGNORECASE)
        # No list: a common word in a log of ten million lines has millions of hits.
        self.hits: array[int] = array("Q")
        self.found = 0
        """All hits, those that are not kept too."""
        self.complete = False
        self.searched = 0
        """Lines that there were when it began."""

    def collect(self, view: LogView, cancelled: Callable[[], bool]) -> None:
        """Fill `hits` in ascending order until all is searched or it is cancelled."""
        self.searched = view.line_count()
        for some in view.search(self.pattern.pattern):
            if cancelled():
                return
            self.hits.extend(some[: MOST_HITS - len(self.hits)])
            self.found += len(some)
        self.complete = True

    def forget_from(self, count: int) -> None:
        """The log ends there now: hits that are kept beyond it are none any more."""
        kept = bisect_left(self.hits, count)
        self.found -= len(self.hits) - kept
        del self.hits[kept:]
        self.searched = min(self.searched, count)

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
        """`3/127`; `–/127+` while not all of the `lines` are searched.

        Where more were found than are kept: `3 of the first 4,000,000 of 5,120,044`.
        """
        index = bisect_left(self.hits, line) if line is not None else len(self.hits)
        found = index < len(self.hits) and self.hits[index] == line
        place = f"{index + 1 if found else '–'}"
        more = "" if self.complete and lines <= self.searched else "+"
        if self.found > len(self.hits):
            return f"{place} of the first {len(self.hits):,} of {self.found:,}{more}"
        return f"{place}/{len(self.hits)}{more}"
