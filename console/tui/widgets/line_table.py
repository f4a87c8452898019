"""A table that formats only the rows on screen. Rows are any values; cells come from a function.

The table that ships with Textual renders every visible cell again for each changed one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from console.presentation import table
from console.presentation.table import GroupHeading, ListColumn
from console.presentation.tones import Line
from console.tui.textual_views import grow
from console.tui.widgets.opened import Opened
from console.tui.widgets.painting import Painter

Row = TypeVar("Row")
MARK = "◆"
"""Before a row that is marked."""
MOST_LAID_OUT = 1000
"""Rows kept as they were laid out: what a few pages up and down show."""


class LineTable(Painter, Generic[Row], can_focus=True):
    """One header row, then the rows; a cursor that stays on its row's key when rows change.

    Headings stand between rows and cost no key. Marks are of keys: they outlive a filter.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", show=False),
        Binding("up,k", "move(-1)", show=False),
        Binding("pagedown,ctrl+f", "page(1)", show=False),
        Binding("pageup,ctrl+b", "page(-1)", show=False),
        Binding("home,g", "go(0)", show=False),
        Binding("end,G", "go(-1)", show=False),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)
    """For a screen to `watch`: what it says of the row is then painted with it, in one frame."""

    class TitleClicked(Message):
        """A click on the header row, above that column."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number
            """Of the column, from the left."""

    def __init__(
        self,
        columns: Callable[[int], Sequence[ListColumn]],
        cells: Callable[[Row], Sequence[Line]],
        key: Callable[[Row], Hashable],
        *,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._columns = columns
        self._cells = cells
        self._key = key
        self._rows: Sequence[Row] = ()
        self._headings: Sequence[GroupHeading] = ()
        self.marks: frozenset[Hashable] = frozenset()
        """The keys of the rows that are marked."""
        self._marked_last: Hashable = None
        self._drawn: dict[int, tuple[Line, bool]] = {}
        self._laid: dict[tuple[Hashable, str], tuple[Sequence[Line], int, Line]] = {}
        self.chosen = False
        """The user has put the cursor somewhere."""

    def show(self, rows: Sequence[Row], headings: Sequence[GroupHeading] = ()) -> None:
        """Replace the rows. Only those on screen are formatted, and those that differ painted."""
        kept = self.selected
        self._rows, self._headings = rows, headings
        grow(self, Size(0, len(rows) + len(headings) + 1))
        wanted = self.cursor if kept is None else self._place_of(self._key(kept))
        self.cursor = max(0, min(wanted, len(rows) - 1))
        self.redraw()

    def _place_of(self, key: Hashable) -> int:
        """Where the row of that key is now: most often where it was, or not far from there."""
        rows, here = self._rows, self.cursor
        for step in range(max(here + 1, len(rows) - here)):
            for index in (here - step, here + step):
                if 0 <= index < len(rows) and self._key(rows[index]) == key:
                    return index
        return here

    def _line_of(self, index: int) -> int:
        """The line of that row, from 0, beneath the header."""
        return index + sum(heading.above <= index for heading in self._headings)

    def _at(self, line: int) -> int | GroupHeading:
        """The number of the row in that line, or what heads those beneath."""
        for before, heading in enumerate(self._headings):
            if heading.above + before == line:
                return heading
            if heading.above + before > line:
                return line - before
        return line - len(self._headings)

    def redraw(self) -> None:
        """Paint the rows on screen whose cells differ from what is drawn."""
        width, height = self.scrollable_content_region.size
        changed = [y for y in range(height) if self._drawn.get(y) != self._looks(y, width)]
        self._repaint(changed)

    def _repaint(self, rows: Sequence[int]) -> None:
        """Of the widget, counted from its top."""
        if rows:
            width = self.scrollable_content_region.width
            self.refresh(*(Region(0, y, width, 1) for y in rows))

    @property
    def room(self) -> int:
        """The width that columns are asked for: without the scroll bar, which long tables have."""
        return self.scrollable_content_region.width

    @property
    def selected(self) -> Row | None:
        """The row under the cursor, None in an empty table."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    @property
    def rows_in_sight(self) -> Sequence[Row]:
        """The rows that there is room for at the present place."""
        top = self.scroll_offset.y
        lines = range(top, top + max(self.scrollable_content_region.height - 1, 0))
        found = [at for line in lines if isinstance(at := self._at(line), int)]
        return self._rows[found[0] : found[-1] + 1] if found else ()

    @property
    def rows(self) -> list[str]:
        """The rows as plain text."""
        return [" ".join(_plain(cell) for cell in self._cells(row)) for row in self._rows]

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        self._drawn[y] = line, cursor = self._looks(y, width)
        return self.paint(line, width, cursor=cursor)

    def _looks(self, y: int, width: int) -> tuple[Line, bool]:
        """What stands in that row of the widget, and whether the cursor is on it."""
        if y == 0:
            return self._header(width), False
        at = self._at(self.scroll_offset.y + y - 1)
        if isinstance(at, GroupHeading):
            return table.heading(at.line, width), False
        if at >= len(self._rows):
            return (), False
        row = self._rows[at]
        mark = "▌" if at == self.cursor and self.has_focus else " "
        if self.marks and self._key(row) in self.marks:
            mark = MARK
        return self._row(row, width, mark), at == self.cursor

    def _header(self, width: int) -> Line:
        return table.titles(self._columns(width), width)

    def _row(self, row: Row, width: int, mark: str) -> Line:
        """Laid out again only if its cells are others: most rows look as they did."""
        cells, key = self._cells(row), (self._key(row), mark)
        known = self._laid.get(key)
        if known is None or known[1] != width or known[0] != cells:
            if len(self._laid) > MOST_LAID_OUT:
                self._laid.clear()
            laid = table.row(cells, self._columns(width), width, mark)
            self._laid[key] = known = (cells, width, laid)
        return known[2]

    def watch_cursor(self, left: int, entered: int) -> None:
        line = self._line_of(self.cursor)
        headed = line > 0 and isinstance(self._at(line - 1), GroupHeading)
        place = Region(0, line - headed, 1, 2 + headed)
        self.scroll_to_region(place, animate=False, force=True)
        top, height = self.scroll_offset.y - 1, self.scrollable_content_region.height
        lines = (self._line_of(index) - top for index in (left, entered))
        self._repaint([y for y in lines if 0 < y < height])

    def choose(self, wanted: Callable[[Row], bool]) -> bool:
        """Put the cursor on the first such row; False where there is none."""
        found = next((at for at, row in enumerate(self._rows) if wanted(row)), None)
        if found is not None:
            self.action_go(found)
        return found is not None

    def action_move(self, step: int) -> None:
        self.chosen = True
        self.cursor = max(0, min(self.cursor + step, len(self._rows) - 1))

    def action_page(self, direction: int) -> None:
        self.action_move(direction * max(self.scrollable_content_region.height - 2, 1))

    def action_go(self, index: int) -> None:
        self.chosen = True
        self.cursor = index if index >= 0 else max(len(self._rows) - 1, 0)

    @property
    def key(self) -> Hashable:
        """Of the row under the cursor; None in an empty table."""
        row = self.selected
        return None if row is None else self._key(row)

    def mark(self) -> None:
        """Mark the row under the cursor, or take its mark back, and go on to the next."""
        key = self.key
        if key is None:
            return
        self._marked_last = None if key in self.marks else key
        self.marks = self.marks ^ {key}
        self.action_move(1)
        self.redraw()

    def mark_range(self) -> None:
        """Mark all rows from the one that was marked last to the cursor."""
        if self.selected is None:
            return
        keys = [self._key(row) for row in self._rows]
        from_last = self._marked_last in self.marks and self._marked_last in keys
        first = keys.index(self._marked_last) if from_last else self.cursor
        low, high = sorted((first, self.cursor))
        self._marked_last = keys[self.cursor]
        self.keep_marks(self.marks.union(keys[low : high + 1]))

    def keep_marks(self, marks: Collection[Hashable]) -> None:
        """These are marked, and no others."""
        kept = frozenset(marks)
        if kept != self.marks:
            self.marks = kept
            self.redraw()

    def on_click(self, event: events.Click) -> None:
        if event.y == 0:
            width = self.scrollable_content_region.width
            number = table.column_at(self._columns(width), width, event.x)
            if number is not None:
                self.post_message(self.TitleClicked(number))
            return
        index = self._at(self.scroll_offset.y + event.y - 1)
        if isinstance(index, int) and index < len(self._rows):
            self.chosen = True
            again = index == self.cursor
            self.cursor = index
            if again:
                self.post_message(Opened())


def _plain(cell: Line) -> str:
    return "".join(span for span, _ in cell)
