"""A table of routes with an order and a filter, and a pane beside it. Knows no result.

What results and a comparison have in common: the keys, the layout, the ways out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual.containers import Container
from textual.widget import Widget
from textual.widgets import Input

from console.presentation.route_order import AS_THEY_COME, RouteOrder
from console.tui.commands import Command, Screen
from console.tui.screens.about import SubmissionScreen
from console.tui.screens.filtered_list import FILTER
from console.tui.widgets.line_pane import LinePane
from console.tui.widgets.line_table import LineTable
from console.tui.widgets.ordered_input import OrderedInput


def _back(screen: RouteTableScreen) -> None:
    """esc ends the filter first, then leaves."""
    if screen.wanted:
        screen.query_one(Input).value = ""
        screen.close_filter()
    else:
        screen.dismiss()


def _legend(screen: Screen) -> None:
    from console.tui.screens.legend import LegendScreen

    screen.app.push_screen(LegendScreen(screen.leaderboard))


LEGEND = Command(
    "legend", "m", "Marks", "What each sign, colour and pair of letters means", _legend
)
ORDERING = (
    Command("sort", "s", "Sort", "Sort the routes by the next column",
            lambda screen: screen.sort_by(screen.following())),
    Command("turn", "S", "Turn", "Sort the other way round",
            lambda screen: screen.sort_by(screen.order.turned), show=False),
    FILTER,
    LEGEND,
)  # fmt: skip
END = Command("back", "escape,q", "Back", "End the filter, then go back", _back, key_display="esc")


class RouteTableScreen(SubmissionScreen):
    """Subclasses give the table, `following` and `tick`."""

    DEFAULT_CSS = """
    RouteTableScreen #split { layout: horizontal; height: 1fr; width: 100%; }
    RouteTableScreen LineTable { width: 1fr; height: 1fr; }
    RouteTableScreen LinePane { width: 46; height: 1fr; padding: 0 1; }
    RouteTableScreen LinePane { border-left: vkey $border-blurred; }
    RouteTableScreen.-narrow #split { layout: vertical; }
    RouteTableScreen.-narrow LinePane { width: 1fr; height: 7; border-left: none; }
    RouteTableScreen.-narrow LinePane { border-top: hkey $border-blurred; }
    RouteTableScreen Input { display: none; }
    RouteTableScreen Input.open { display: block; }
    """
    AUTO_FOCUS = "LineTable"
    order: RouteOrder = AS_THEY_COME

    def on_mount(self) -> None:
        """Textual runs this besides the `on_mount` of a subclass."""
        self.watch(self.table, "cursor", self.look_anew, init=False)

    def split(self, table: LineTable[Any]) -> Iterable[Widget]:
        """The table with its filter and the pane."""
        yield Container(table, LinePane(), id="split")
        told = "filter: route, status, infraction, letters; !x hides them"
        yield OrderedInput(placeholder=told, compact=True)

    @property
    def table(self) -> LineTable[Any]:
        return self.query_one(LineTable)

    @property
    def wanted(self) -> str:
        """What stands in the filter."""
        return self.query_one(Input).value

    @property
    def leaderboard(self) -> str:
        """Whose marks a legend explains."""
        return self.board().leaderboard

    def following(self) -> RouteOrder:
        """The order by the next column."""
        raise NotImplementedError

    def sort_by(self, order: RouteOrder) -> None:
        """Another order; the cursor stays on its route."""
        self.order = order
        self.look_anew()

    def look_anew(self) -> None:
        """Show again what depends on the order, the filter or the cursor."""
        raise NotImplementedError

    def close_filter(self) -> None:
        """Back to the table; an empty filter disappears."""
        field = self.query_one(Input)
        field.set_class(bool(field.value), "open")
        self.table.focus()
        self.look_anew()

    def on_input_changed(self) -> None:
        self.look_anew()

    def on_input_submitted(self) -> None:
        self.close_filter()
