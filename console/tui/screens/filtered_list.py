"""A table of many rows with a filter and what there is to say about the selected one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.widgets import Input

from console.presentation.tones import Line
from console.tui.commands import Command
from console.tui.screens.screen import ConsoleScreen
from console.tui.widgets.canvas import Canvas
from console.tui.widgets.line_table import LineTable


def _filter(screen: FilteredListScreen) -> None:
    screen.query_one(Input).add_class("open").focus()


def _clear(screen: FilteredListScreen) -> None:
    screen.query_one(Input).value = ""
    screen.close_filter()


FILTER = Command(
    "filter", "slash", "Filter", "Show matching rows; !x hides them", _filter, key_display="/"
)
CLEAR = Command("clear", "escape", "Clear", "Clear the filter", _clear, show=False)


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
    """Subclasses give a body of a `LineTable`, an `Input` and a `Detail`."""

    DEFAULT_CSS = """
    FilteredListScreen LineTable { height: 1fr; padding: 0; }
    FilteredListScreen Input { display: none; }
    FilteredListScreen Input.open { display: block; }
    """
    AUTO_FOCUS = "LineTable"

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

    def close_filter(self) -> None:
        """Back to the table; an empty filter disappears."""
        field = self.query_one(Input)
        field.set_class(bool(field.value), "open")
        self.table.focus()
        self.tick()

    def on_input_changed(self) -> None:
        self.tick()

    def on_input_submitted(self) -> None:
        self.close_filter()
