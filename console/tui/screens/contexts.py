"""The contexts of the kubeconfig, and the embedded cluster: one is chosen, and gone to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.widget import Widget

from console.presentation import context_lines as shown
from console.presentation.tones import Line
from console.tui.commands import Command, bindings
from console.tui.screens.filtered_list import FILTER, Detail, FilteredListScreen
from console.tui.whereabouts import EMBEDDED, Whereabouts
from console.tui.widgets.line_table import LineTable
from console.tui.widgets.ordered_input import OrderedInput

if TYPE_CHECKING:
    from console.operations.ports.cluster import KnownContext


def _go(screen: ContextsScreen) -> None:
    row = screen.table.selected
    if row is not None:
        local = row.name == EMBEDDED and row.cluster == shown.EMBEDDED_CLUSTER
        screen.host.move(Whereabouts(local=True) if local else Whereabouts(row.name))


def _nothing(screen: ContextsScreen) -> str:
    return "" if screen.table.selected else "The kubeconfig names no context."


def _back(screen: FilteredListScreen) -> None:
    screen.dismiss()


GO = Command("go_there", "enter", "Go there", "Show the submissions of that context", _go, _nothing)
BACK = Command("back", "escape,q", "Back", "Stay where the console is", _back, key_display="esc")


class ContextsScreen(FilteredListScreen):
    """Nobody asks their clusters: that is done by going there."""

    TITLE_WORD = "Contexts"
    commands = (GO, FILTER, BACK)
    BINDINGS = bindings(commands)

    def __init__(self) -> None:
        super().__init__()
        self._known: tuple[KnownContext, ...] = ()
        self._listed: tuple[object, ...] = ()

    def body(self) -> Iterable[Widget]:
        def row_cells(row: KnownContext) -> tuple[Line, ...]:
            return shown.cells(row, self.size.width, here=self._here)

        yield LineTable(
            lambda width: shown.columns(self.size.width), row_cells, key=lambda row: row.name
        )
        yield OrderedInput(placeholder="filter: part of a name, cluster or user", compact=True)
        yield Detail()

    @property
    def _here(self) -> str:
        where = self.backend.connection().description
        return where.context if where else ""

    def on_mount(self) -> None:
        self.run_worker(self._read(), name="contexts", exit_on_error=False)

    async def _read(self) -> None:
        """A kubeconfig may lie on a slow disk. What is wrong with it is told by the app."""
        contexts = self.host.contexts
        try:
            known = await asyncio.to_thread(contexts.known) if contexts else ()
        finally:
            self._known = self._embedded()
        self._known = (*known, *self._embedded({each.name for each in known}))
        self.tick()
        names = [each.name for each in self._known]
        if self._here in names and not self.wanted and not self.table.chosen:
            self.table.cursor = names.index(self._here)

    def _embedded(self, taken: set[str] = frozenset()) -> tuple[KnownContext, ...]:  # type: ignore[assignment]
        if not self.backend.connection().local_offered or EMBEDDED in taken:
            return ()
        # Late: the list of submissions shares keys with this screen, and opens without the ports.
        from console.operations.ports.cluster import KnownContext

        return (KnownContext(EMBEDDED, shown.EMBEDDED_CLUSTER, "", "", "default"),)

    def tick(self) -> None:
        listed = (self._known, self.wanted, self._here)
        if listed != self._listed:
            self._listed = listed
            self.table.show([row for row in self._known if shown.matches(row, self.wanted)])
            self.tell_selected()

    def tell_selected(self) -> None:
        row = self.table.selected
        self.query_one(Detail).show(lambda width: shown.detail(row, width))
