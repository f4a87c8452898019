"""A table of routes with an order and a filter, and a pane beside it. Knows no result.

What results and a comparison have in common: the keys, the layout, the ways out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec.structs import replace
from textual.containers import Container
from textual.widget import Widget

from console.presentation.fleet_columns import with_arrow
from console.presentation.table import ListColumn
from console.tui.commands import Command, Screen
from console.tui.screens.about import SubmissionScreen
from console.tui.screens.filtered_list import FILTER, FilteredListScreen
from console.tui.screens.list_keys import SORTING
from console.tui.widgets.line_pane import LinePane
from console.tui.widgets.line_table import LineTable
from console.tui.widgets.ordered_input import OrderedInput


def _legend(screen: Screen) -> None:
    from console.tui.screens.legend import LegendScreen

    screen.app.push_screen(LegendScreen(screen.leaderboard))


LEGEND = Command(
    "legend", "m", "Marks", "What each sign, colour and pair of letters means", _legend
)
_OF_LISTS = {each.name: each for each in SORTING}
ORDERING = (
    replace(_OF_LISTS["sort_next"], key="s,shift+right", show=True, label="Sort", key_display="s"),
    *(_OF_LISTS[name] for name in ("sort_previous", "sort_turn", "sort_name", "sort_status")),
    FILTER,
    LEGEND,
)


class RouteTableScreen(SubmissionScreen, FilteredListScreen):
    """Subclasses give the table, its titles and their natural order, and `tick`."""

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

    def split(self, table: LineTable[Any]) -> Iterable[Widget]:
        """The table with its filter and the pane."""
        yield Container(table, LinePane(), id="split")
        told = "filter: route, status, infraction, letters; !x hides them"
        yield OrderedInput(placeholder=told, compact=True)

    def arrowed(self, columns: Sequence[ListColumn]) -> Sequence[ListColumn]:
        """The columns with an arrow at the one that the routes are sorted by."""
        order = self.order
        return with_arrow(columns, order.title, falling=order.falling) if order else columns

    @property
    def leaderboard(self) -> str:
        """Whose marks a legend explains."""
        return self.board().leaderboard

    def tell_selected(self) -> None:
        """The pane tells of it."""
        self.tick()
