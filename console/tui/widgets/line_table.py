"""A table that formats only the rows on screen. Rows are any values; cells come from a function.

The table that ships with Textual renders every visible cell again for each changed one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from console.presentation.submissions import Column
from console.presentation.tones import Line, Tone, cut, width_of
from console.tui.widgets.painting import Painter

Row = TypeVar("Row")
GAP = 2


class LineTable(Painter, Generic[Row], can_focus=True):
    """One header row, then the rows; a cursor that stays on its row's key when rows change."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", show=False),
        Binding("up,k", "move(-1)", show=False),
        Binding("pagedown,ctrl+f", "page(1)", show=False),
        Binding("pageup,ctrl+b", "page(-1)", show=False),
        Binding("home,g", "go(0)", show=False),
        Binding("end,G", "go(-1)", show=False),
    ]

    cursor: reactive[int] = reactive(0)

    class Chosen(Message):
        """A click on the row under the cursor."""

    class Moved(Message):
        """The cursor is on another row."""

    def __init__(
        self,
        columns: Callable[[int], Sequence[Column]],
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
        self.chosen = False
        """The user has put the cursor somewhere."""

    def show(self, rows: Sequence[Row]) -> None:
        """Replace the rows. Formatting happens when they are drawn."""
        kept = self._key(self.selected) if self.selected is not None else None
        self._rows = rows
        self.virtual_size = Size(0, len(rows) + 1)
        keys = [self._key(row) for row in rows] if kept is not None else []
        wanted = keys.index(kept) if kept in keys else self.cursor
        self.cursor = max(0, min(wanted, len(rows) - 1))
        self.refresh()

    @property
    def selected(self) -> Row | None:
        """The row under the cursor, None in an empty table."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    @property
    def rows(self) -> list[str]:
        """The rows as plain text."""
        return [" ".join(_plain(cell) for cell in self._cells(row)) for row in self._rows]

    def widths(self, width: int) -> list[int]:
        """Cells of every column for a table of that width."""
        columns = self._columns(width)
        fixed = sum(column.width for column in columns) + GAP * (len(columns) - 1) + 2
        free = max(width - fixed, 8)
        return [column.width or free for column in columns]

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        if y == 0:
            return self.paint(self._header(width), width)
        index = self.scroll_offset.y + y - 1
        if index >= len(self._rows):
            return self.paint((), width)
        return self.paint(self._row(index, width), width, cursor=index == self.cursor)

    def _header(self, width: int) -> Line:
        columns = self._columns(width)
        titles: list[Line] = [((column.title, Tone.MUTED),) for column in columns]
        return self._laid_out(titles, width, " ")

    def _row(self, index: int, width: int) -> Line:
        mark = "▌" if index == self.cursor and self.has_focus else " "
        return self._laid_out(self._cells(self._rows[index]), width, mark)

    def _laid_out(self, cells: Sequence[Line], width: int, mark: str) -> Line:
        out: list[tuple[str, Tone]] = [(mark, Tone.ACCENT)]
        columns = self._columns(width)
        for cell, column, room in zip(cells, columns, self.widths(width), strict=True):
            fitted = cut(cell, room)
            pad = (" " * (room - width_of(fitted)), Tone.TEXT)
            out += [pad, *fitted] if column.right else [*fitted, pad]
            out.append((" " * GAP, Tone.TEXT))
        out.pop()
        return tuple(out)

    def watch_cursor(self) -> None:
        self.scroll_to_region(Region(0, self.cursor, 1, 2), animate=False, force=True)
        self.refresh()
        self.post_message(self.Moved())

    def action_move(self, step: int) -> None:
        self.chosen = True
        self.cursor = max(0, min(self.cursor + step, len(self._rows) - 1))

    def action_page(self, direction: int) -> None:
        self.action_move(direction * max(self.scrollable_content_region.height - 2, 1))

    def action_go(self, index: int) -> None:
        self.chosen = True
        self.cursor = index if index >= 0 else max(len(self._rows) - 1, 0)

    def on_click(self, event: events.Click) -> None:
        index = self.scroll_offset.y + event.y - 1
        if event.y > 0 and index < len(self._rows):
            self.chosen = True
            again = index == self.cursor
            self.cursor = index
            if again:
                self.post_message(self.Chosen())


def _plain(cell: Line) -> str:
    return "".join(span for span, _ in cell)
