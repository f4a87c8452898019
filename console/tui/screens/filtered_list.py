"""A table of many rows with a filter and what there is to say about the selected one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from textual.widgets import Input

from console.presentation.table import Order
from console.presentation.tones import Line
from console.tui import kept_choices
from console.tui.commands import Command
from console.tui.screens.screen import ConsoleScreen
from console.tui.widgets.canvas import Canvas
from console.tui.widgets.line_table import LineTable


def _filter(screen: FilteredListScreen) -> None:
    # At once: what a slow link delivers together with the slash stands in the filter.
    screen.set_focus(screen.query_one(Input).add_class("open"))


def _end(screen: FilteredListScreen) -> None:
    if screen.wanted:
        screen.query_one(Input).value = ""
        screen.close_filter()
    else:
        screen.dismiss()


FILTER = Command(
    "filter", "slash", "Filter", "Show matching rows; !x hides them", _filter, key_display="/"
)
END = Command("back", "escape,q", "Back", "End the filter, then go back", _end, key_display="esc")


class Detail(Canvas):
    """What there is to say about the selected row, or what to do in an empty list."""

    DEFAULT_CSS = "Detail { padding: 0 1; background: $surface; }"
    MOST_ROWS = 4
    _told: Callable[[int], list[Line]] = staticmethod(lambda _width: [])

    def draw(self, width: int, height: int) -> list[Line]:
        return self._told(width)

    def show(self, told: Callable[[int], list[Line]]) -> None:
        """As high as what there is to say at the present width."""
        self._told = told
        width = self.scrollable_content_region.width
        rows = len(told(width)) if width else 1
        if self.styles.height is None or self.styles.height.value != rows:
            self.styles.height = rows
        self.redraw()

    def on_resize(self) -> None:
        """Textual runs that of the canvas as well."""
        self.show(self._told)


class FilteredListScreen(ConsoleScreen):
    """Subclasses give a body of a `LineTable`, an `Input` and a `Detail`.

    The order and the width that a user chose are found again the next time, under `KEPT_AS`.
    """

    KEPT_AS: ClassVar[str] = ""
    SORTED_BY: ClassVar[Mapping[str, str]] = {}
    """The titles of the columns that have keys of their own: `name`, `age` and `status`."""
    UNSORTED: ClassVar[Order | None] = None
    """How the rows stand before somebody sorts them; None for an order that no column has."""

    DEFAULT_CSS = """
    FilteredListScreen LineTable { height: 1fr; padding: 0; }
    FilteredListScreen Input { display: none; }
    FilteredListScreen Input.open { display: block; }
    """
    AUTO_FOCUS = "LineTable"

    def __init__(self, *about: Any) -> None:
        """`about`: what the next of its bases takes. It stands first: Textual gives a screen the
        styles of its first base alone, and of those that this one has."""
        super().__init__(*about)
        kept = kept_choices.recall().lists.get(self.KEPT_AS, kept_choices.ListLook())
        self.order: Order | None = Order(kept.title, kept.falling) if kept.title else self.UNSORTED
        self.wide = kept.wide
        self.used = False
        """Somebody has sorted it, filtered it or changed its width."""

    def on_mount(self) -> None:
        """Textual runs this besides the `on_mount` of a subclass."""
        self.watch(self.table, "cursor", self.tell_selected, init=False)

    def tell_selected(self) -> None:
        """Say in the `Detail` what there is to say about the selected row."""
        raise NotImplementedError

    @property
    def table(self) -> LineTable[Any]:
        return self.query_one(LineTable)

    @property
    def wanted(self) -> str:
        """What stands in the filter."""
        return self.query_one(Input).value

    def titles(self) -> Sequence[str]:
        """Of the columns that are shown, from left to right; none where they do not sort."""
        return ()

    def natural(self, title: str) -> Order:
        """By that column, in the direction in which it is most often wanted."""
        raise NotImplementedError

    def sort_by_column(self, title: str) -> None:
        """By that column; where the rows are sorted by it already, the other way round."""
        order = self.order
        self.sort(order.turned if order and order.title == title else self.natural(title))

    def sort(self, order: Order | None) -> None:
        """Another order; the cursor stays on its row, where somebody has chosen one."""
        self.order = order
        self.keep_look()
        self.tick()
        if not self.table.chosen:
            self.table.cursor = 0

    def keep_look(self) -> None:
        """For the next time. As it is when its turn comes: of two threads the older may be last."""
        self.used = True

        def change(before: kept_choices.Choices) -> kept_choices.Choices:
            order = self.order or Order("", falling=False)
            look = kept_choices.ListLook(order.title, order.falling, self.wide)
            return before.listed(self.KEPT_AS, look)

        keep = partial(kept_choices.keep, change)
        self.run_worker(keep, name="keep look", thread=True, exit_on_error=False)

    def on_line_table_title_clicked(self, event: LineTable.TitleClicked) -> None:
        titles = self.titles()
        if event.number < len(titles):
            self.sort_by_column(titles[event.number])

    def close_filter(self) -> None:
        """Back to the table; an empty filter disappears."""
        field = self.query_one(Input)
        field.set_class(bool(field.value), "open")
        self.table.focus()
        self.tick()

    def on_input_changed(self) -> None:
        self.used = True
        self.tick()

    def on_input_submitted(self) -> None:
        self.close_filter()
