"""A log of any length over a `LogView`: reads only the lines on screen. Never sees a socket.

Unwrapped, a row is a line. Wrapped, a row of the scroll bar is still a line: the pane draws from
the first visible line downwards, or, while it follows, from the last line upwards. A long log shows
its end until it is counted.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from rich.style import Style
from rich.text import Text
from textual.color import Color
from textual.geometry import Size
from textual.reactive import reactive
from textual.strip import Strip
from textual.worker import get_current_worker

from console.operations.ports.recorder import LogLine, LogView
from console.operations.recording.log_times import NEIGHBOURS, Times, newest_day
from console.operations.recording.merged_log import from_time
from console.presentation.tones import Tone
from console.tui.textual_views import grow, show_from
from console.tui.widgets.line_face import LineFace, LineSources
from console.tui.widgets.log_end import LogEnd
from console.tui.widgets.log_rows import LogRows, rows_of
from console.tui.widgets.log_text import highlight, painted, plain
from console.tui.widgets.searched_pane import WIDEST, SearchedPane
from console.tui.widgets.sought_place import cells_before, rows_passed_over


class LogPane(SearchedPane, can_focus=True):
    """Follow, pause, wrap, timestamps, search. Call `tick()` to take in new lines."""

    times: reactive[Times] = reactive(Times.NONE)

    def __init__(self, view: LogView | None = None, *, id: str | None = None) -> None:
        super().__init__(view, id=id)
        self.face = LineFace(self.tone)
        self._count = 0
        self._end: LogEnd | None = None
        """Where the pane is while the lines are being counted."""
        self._paused_at = 0
        self.mark: int | None = None
        """The line from which a range is saved."""
        self._rows = LogRows()
        self._columns = (0, 0)
        """The first that is shown, and the one after the last."""

    def open(self, view: LogView | None, sources: LineSources | None = None) -> None:
        """Show another log from its end."""
        self.face.open(sources or LineSources({} if view is None else {"": view}))
        self._view, self._count = view, 0
        self._end = None if view is None else LogEnd()
        self.search = self.hit = self.mark = None
        self.scroll_to(0, 0, animate=False)
        self.following = True
        self.refresh()
        if view is not None:
            self.in_thread("count", partial(self._first_count, view, self.face.asked_later()))

    def _first_count(self, view: LogView, ask_begins: Callable[[], None]) -> None:
        """A big log takes a while to be counted for the first time: keys do not wait for it."""
        worker = get_current_worker()
        for so_far in view.counting():
            if worker.is_cancelled:
                return
            if self._end is not None:
                self._end.counted = so_far
        ask_begins()
        self.app.call_from_thread(self.take_in, view)

    def take_in(self, view: LogView) -> None:
        end = self._end
        if view is not self._view or not self.is_mounted or end is None:
            return
        self._end, first = None, self.first_line
        self.face.counted = True
        self.tick()
        if not self.following:
            self._paused_at = self._count
            self.move(end.place(first, self._count))

    @property
    def counted(self) -> bool:
        """Whether `line_count` is known yet."""
        return self._end is None and self._view is not None

    @property
    def counted_so_far(self) -> int:
        """Lines that there are at the least."""
        return self._count if self._end is None else self._end.counted

    @property
    def line_count(self) -> int:
        """Lines at the last tick."""
        return self._count

    @property
    def unseen(self) -> int:
        """Lines since following stopped that have not been on the screen since."""
        return 0 if self.following else max(self._count - self._paused_at, 0)

    def tick(self) -> None:
        """Take in what was appended; repaints only when that can be seen."""
        if self._end is not None:
            if self.following:
                self.refresh()
            return
        count = self._view.line_count() if self._view else 0
        if count == self._count:
            return
        self._count = count
        self.resize_rows()
        if self.following:
            self._to_end()

    def on_resize(self) -> None:
        self.resize_rows()
        if self.following:
            self._to_end()

    def resize_rows(self) -> None:
        """The last line can be the first row while lines are wrapped."""
        extra = max(self.size.height - 1, 0) if self.wrap else 0
        known = max(self._rows.widest, self.virtual_size.width)
        width = 0 if self.wrap else min(known, WIDEST)
        grow(self, Size(width, self._count + extra), self._last_top if self.following else None)

    @property
    def _last_top(self) -> int:
        return max(self._count - self.scrollable_content_region.height, 0)

    def _to_end(self) -> None:
        show_from(self, self._last_top)

    # --- drawing

    def ground(self) -> tuple[Style, Color]:
        return self._base, self.background

    def paint_all(self) -> None:
        """Read the visible lines once, whatever part of them is painted."""
        region = self.scrollable_content_region
        left = 0 if self.wrap else int(self.scroll_offset.x)
        self._columns = (left, left + region.width)
        if self._view is None or not region.height:
            self._rows = LogRows()
        else:
            self._show(*self._visible(self._view, region.height), region.width, region.height)

    def _visible(self, view: LogView, height: int) -> tuple[int, list[LogLine]]:
        """The number of the first line on screen, and the lines."""
        if self._end is not None:
            return self._end.visible(view, height)
        if self.wrap and self.following:
            first = max(self._count - height, 0)
        else:
            first = min(self.scroll_offset.y, max(self._count - 1, 0))
        return first, view.lines(first, min(first + height, self._count))

    def _show(self, first: int, lines: list[LogLine], width: int, height: int) -> None:
        texts = [
            self.text_of(number, line, width) for number, line in enumerate(lines, start=first)
        ]
        to_end, wrap_at = self.wrap and self.following, width if self.wrap else None
        hit_on_top = self.wrap and first == self.hit and texts
        place = cells_before(texts[0], self.pattern) if hit_on_top else 0
        above = rows_passed_over(place, width, height)
        numbered = enumerate(texts, start=first)
        self._rows = rows_of(numbered, wrap_at, height, to_end=to_end, left_out=above)
        if not self.following and (last := self._rows.last) is not None:
            self._paused_at = max(self._paused_at, last + 1)
        if not self.wrap and self._rows.widest > self.virtual_size.width:
            # Not in the midst of a paint, for another size asks for one.
            self.call_later(self._widen)

    def _widen(self) -> None:
        """A bar may appear beneath for it: it takes the row in which the end was."""
        self.resize_rows()
        self.call_after_refresh(self._stay_at_end)

    def _stay_at_end(self) -> None:
        if self.following:
            self._to_end()

    def text_of(self, number: int, line: LogLine, width: int) -> Text:
        """As it is painted, before it is wrapped."""
        text = self.face.text(line, width, self.pattern if number == self.hit else None)
        return highlight(text, self.pattern, self.tone(Tone.MATCH))

    def render_line(self, y: int) -> Strip:
        if y >= len(self._rows.pieces):
            return Strip.blank(self._columns[1] - self._columns[0], self._base)
        number, text = self._rows.pieces[y]
        base = self._base + self._cursor if number == self.hit else self._base
        # Which colours a terminal has for its own numbers, only it knows.
        palette = None if self.app.native_ansi_color else self.app.ansi_theme
        return painted(text, base, self.app.console, self._columns, palette)

    # --- moving

    @property
    def first_line(self) -> int:
        """The number of the line in the first row."""
        return self._rows.first or 0

    def move(self, to: int) -> None:
        if self.search is None:
            self.hit = None
        if self._end is not None:
            self.following = self._end.move(to, self.scrollable_content_region.height)
            self.refresh()
            return
        start = self.first_line
        self.stop_following()
        self.resize_rows()
        self.scroll_to(y=max(to, 0), animate=False, immediate=True, force=True)
        if to > start and to >= self._last_top and not self.wrap:
            self.action_follow()
        self.refresh()

    def action_top(self) -> None:
        if self._end is not None:
            self._end.ask_for_top()
            self.following = False
        else:
            self.move(0)

    def action_follow(self) -> None:
        self.following = True
        self.hit = None
        self._to_end()

    def go_to_time(self, at: str) -> None:
        """The first line at or after that UTC time of day, on the day of the newest line."""
        if self._view is not None and self._count:
            self.move(from_time(self._view, self._count, f"{newest_day(self._view)}T{at}Z"))

    def toggle_mark(self) -> None:
        """Mark the first visible line, or forget the mark."""
        self.mark = self.first_line if self.mark is None else None

    @property
    def marked(self) -> tuple[int, int] | None:
        """First line and the one after the last of what is marked: up to the last visible line."""
        last = self._rows.last
        if self.mark is None or last is None:
            return None
        ends = sorted((self.mark, last))
        return ends[0], ends[1] + 1

    def toggle_follow(self) -> None:
        """Stop where the pane is, or go back to the end."""
        if self.following:
            self.stop_following()
        else:
            self.action_follow()

    def stop_following(self) -> None:
        """What comes from here on is counted."""
        if self.following:
            self._paused_at = self._count
        self.following = False

    def watch_wrap(self) -> None:
        first = self.first_line
        self.resize_rows()
        self.scroll_to(x=0, y=first, animate=False, immediate=True, force=True)
        if self.search is not None and self.hit is not None:
            self.go_to(self.hit)
        self.refresh()

    def watch_times(self) -> None:
        self.face.times = self.times
        self.refresh()

    @property
    def moment(self) -> str:
        """The time of that line; empty while the end is followed, or nothing has a time."""
        if self.following or self._view is None or not self.counted:
            return ""
        lines = self._view.lines(self.here, self.here + NEIGHBOURS)
        return next((line.at for line in lines if line.at), "")

    def copied(self, most: int) -> str:
        """What is marked, so many lines at the most, else the current line."""
        if self.marked is None or self._view is None:
            return self.current_line()
        first, stop = self.marked
        return "\n".join(map(plain, self._view.lines(first, min(stop, first + most))))

    def current_line(self) -> str:
        """The hit under search, else the last visible line, as plain text."""
        number = self._rows.last if self.hit is None else self.hit
        if number is None or self._view is None:
            return ""
        return "".join(plain(line) for line in self._view.lines(number, number + 1))

    @property
    def rows(self) -> list[str]:
        """Painted last, as plain text."""
        return self._rows.plain
