"""The namespaces of the cluster: one is chosen, or all. What may not be listed is known here."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Any

from textual.binding import Binding
from textual.widget import Widget

from console.errors import ConsoleError
from console.presentation.context_lines import (
    KnownNamespace,
    namespace_cells,
    namespace_columns,
    namespace_matches,
)
from console.presentation.tones import Line, Tone, text
from console.presentation.wrapping import wrapped
from console.tui.commands import Command, bindings
from console.tui.screens.contexts import BACK
from console.tui.screens.filtered_list import FILTER, Detail, FilteredListScreen
from console.tui.widgets.line_table import LineTable
from console.tui.widgets.ordered_input import OrderedInput

ASKING = "Asking the cluster for all that there are …"


def _go(screen: NamespacesScreen) -> None:
    row = screen.table.selected
    if row is not None:
        screen.host.action_namespaces(row.name or "all")


ALL = Command(
    "all_namespaces",
    "0",
    "All namespaces",
    "All namespaces; 1 to 9: those chosen before, by their numbers in :ns",
    lambda screen: screen.host.action_namespaces("all"),
    show=False,
)
DIGITS = [
    Binding(str(digit), f"app.namespace_by_digit({digit})", show=False) for digit in range(1, 10)
]
"""No commands: what each does is told by its number in the list of namespaces."""


def with_digits(commands: Iterable[Command]) -> list[Any]:
    """The bindings of a screen on which they go to the namespaces of their numbers."""
    return [*bindings(commands), *DIGITS]


GO = Command("go_there", "enter", "Go there", "Show the submissions of that namespace", _go)


class NamespacesScreen(FilteredListScreen):
    """All first, then those with a key, then the rest by name."""

    TITLE_WORD = "Namespaces"
    commands = (GO, FILTER, BACK, ALL)
    BINDINGS = with_digits(commands)

    def __init__(self) -> None:
        super().__init__()
        self._told: tuple[str, ...] = ()
        """By the cluster."""
        self._known: tuple[str, ...] = ()
        """By this machine: of contexts on this cluster, and of the rows of the list."""
        self._recent: tuple[str, ...] = ()
        """Chosen before: they lie in a file."""
        self._note, self._lists_all = ASKING, True
        self._listed: tuple[object, ...] = ()

    def body(self) -> Iterable[Widget]:
        yield LineTable(namespace_columns, namespace_cells, key=lambda row: row.name)
        yield OrderedInput(placeholder="filter: part of a name", compact=True)
        yield Detail()

    def on_mount(self) -> None:
        self.run_worker(self._ask(), name="namespaces", exit_on_error=False)

    async def _ask(self) -> None:
        self._recent = await asyncio.to_thread(self.host.recent_namespaces)
        self._known = await asyncio.to_thread(self._known_here)
        notes = []
        try:
            self._told = await self.backend.namespaces()
        except ConsoleError as error:
            notes.append(f"These are known here. {error.what}")
        with contextlib.suppress(ConsoleError):  # nobody can tell: going there will
            self._lists_all = await self.backend.may_list_all()
        if not self._lists_all:
            notes.append("This account may not list the submissions of all namespaces.")
        self._note = " ".join(notes)
        self.tick()

    def _known_here(self) -> tuple[str, ...]:
        where, contexts = self.backend.connection().description, self.host.contexts
        listed = {row.namespace for row in self.backend.fleet().rows}
        if where is None or contexts is None:
            return tuple(sorted(listed))
        try:
            known = contexts.known()
        except ConsoleError:
            known = ()
        named = {each.namespace or "default" for each in known if each.server == where.server}
        return tuple(sorted(listed | named | {where.namespace}))

    def _rows(self) -> list[KnownNamespace]:
        link, recent = self.backend.connection(), self._recent
        where = "" if link.everywhere or link.description is None else link.description.namespace
        others = sorted({*self._told, *self._known} - {*recent})
        keys = {name: str(number) for number, name in enumerate(recent, 1)}
        rows = [KnownNamespace("", "0", here=link.everywhere)] if self._lists_all else []
        for name in (*recent, *others):
            told = name in self._told or not self._told
            rows.append(KnownNamespace(name, keys.get(name, ""), name == where, told))
        return rows

    def tick(self) -> None:
        listed = (self._told, self._known, self._recent, self._note, self.wanted)
        if listed != self._listed:
            self._listed = listed
            self.table.show([row for row in self._rows() if namespace_matches(row, self.wanted)])
            self.tell_selected()

    def tell_selected(self) -> None:
        told: Line = text((self._note or "0 shows all, 1 to 9 those chosen before.", Tone.MUTED))
        self.query_one(Detail).show(lambda width: wrapped(told, width))
