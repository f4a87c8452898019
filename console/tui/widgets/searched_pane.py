"""A pane of lines in which one searches, and goes from hit to hit. Paints nothing itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from rich.text import Text
from textual.geometry import Size
from textual.reactive import reactive
from textual.worker import get_current_worker

from console.operations.ports.recorder import LogLine, LogView
from console.tui.textual_views import Undecorated, grow
from console.tui.widgets.log_search import LogSearch
from console.tui.widgets.log_text import LONGEST
from console.tui.widgets.moved_by_keys import MovedByKeys
from console.tui.widgets.sought_place import cells_before, first_column

WIDEST = LONGEST + 100
"""Cells to which one can go sideways: a line as it is shown, with its time and its container."""


class SearchedPane(MovedByKeys, Undecorated):
    """`hit` is the line that stands out, whether it was sought or gone to."""

    following: reactive[bool] = reactive(True)
    wrap: reactive[bool] = reactive(False)

    def __init__(self, view: LogView | None = None, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._view = view
        self.search: LogSearch | None = None
        self.hit: int | None = None

    # --- what a pane of lines does

    def take_in(self, view: LogView) -> None:
        """That log is counted now."""
        raise NotImplementedError

    def resize_rows(self) -> None:
        """As high and wide as the lines that there are."""
        raise NotImplementedError

    def stop_following(self) -> None:
        """Stay where the pane is."""
        raise NotImplementedError

    def text_of(self, number: int, line: LogLine, width: int) -> Text:
        """As it is painted, before it is wrapped."""
        raise NotImplementedError

    # --- searching

    def in_thread(self, group: str, work: Callable[[], None]) -> None:
        """The newest of a group only."""
        self.screen.run_worker(work, group=group, exclusive=True, thread=True, exit_on_error=False)

    @property
    def pattern(self) -> re.Pattern[str] | None:
        """What is sought."""
        return self.search.pattern if self.search else None

    def find(self, pattern: str) -> None:
        """Start a search; an empty pattern ends it. The first hit upwards is shown at once."""
        self.search = LogSearch(pattern) if pattern else None
        self.hit = None
        if self.search:
            self.in_thread("search", partial(self._collect, self.search))
        else:
            self.screen.workers.cancel_group(self.screen, "search")
        self.refresh()

    def _collect(self, search: LogSearch) -> None:
        worker = get_current_worker()
        if self._view is not None:
            search.collect(self._view, lambda: worker.is_cancelled)
        if not worker.is_cancelled:
            self.app.call_from_thread(self._found, search)

    def _found(self, search: LogSearch) -> None:
        if self._view is not None:
            self.take_in(self._view)
        if search is self.search and self.hit is None:
            self.next_hit(-1)

    def next_hit(self, direction: int) -> None:
        """Go to the next hit (1) or the previous one (-1), around the ends."""
        if self.search is None:
            return
        here = self.hit if self.hit is not None else self.first_line + self.size.height
        to = self.search.after(here) if direction > 0 else self.search.before(here)
        if to is not None:
            self.go_to(to)

    def go_to(self, line: int) -> None:
        """Show that line, a third down the screen, and let it stand out."""
        self.hit = line
        self.stop_following()
        self.resize_rows()
        x = None if self.wrap else self._column_for(line)
        y = line if self.wrap else max(line - self.size.height // 3, 0)
        self.scroll_to(x=x, y=y, animate=False, immediate=True, force=True)
        self.refresh()

    def _column_for(self, line: int) -> int:
        """The first one on screen with which what is sought there is seen."""
        width, size = self.scrollable_content_region.width, self.virtual_size
        left, place = int(self.scroll_offset.x), 0
        if self._view is not None and self.search is not None:
            for read in self._view.lines(line, line + 1):
                place = cells_before(self.text_of(line, read, width), self.pattern)
        column = first_column(place, left, width)
        grow(self, Size(min(max(column + width, size.width), WIDEST), size.height))
        return column

    @property
    def here(self) -> int:
        """The line that stands out, else the first one on screen."""
        return self.first_line if self.hit is None else self.hit
