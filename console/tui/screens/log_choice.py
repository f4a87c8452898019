"""Which logs are read as one on the screen, and which of their lines. Knows no widget."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.errors import ConsoleError
from console.operations.ports.recorder import LogView
from console.operations.recording.filtered_log import FilteredLog
from console.operations.recording.merged_log import MergedLog
from console.operations.recording.timed_log import CHUNK, SPARSE
from console.presentation.containers import all_containers, pairs_of, short_names
from console.tui.widgets.line_face import LineSources


class Together(StrEnum):
    """How many logs are one."""

    ALONE = "alone"
    PAIR = "pair"
    MARKED = "marked"
    ALL = "all"


_FEW = 3
"""Marked ones that are told by their names."""


class LogChoice(msgspec.Struct, frozen=True):
    """What is shown beside or instead of the chosen container."""

    together: Together = Together.ALONE
    marked: tuple[str, ...] = ()
    """Containers that were picked to be one log, in the order of their marks."""
    keep: str = ""
    """Only lines with this regular expression."""
    drop: str = ""
    """No line with this one."""

    def further(self, board: BoardSnapshot, container: str) -> LogChoice:
        """One log, both of its pair, those marked, all, and one again; each where there is one."""
        order = [*Together]
        if len(self._pair(board, container)) < 2:
            order.remove(Together.PAIR)
        if len(self.marked) < 2:
            order.remove(Together.MARKED)
        here = order.index(self.together) if self.together in order else 0
        return replace(self, together=order[(here + 1) % len(order)])

    def with_mark(self, container: str) -> LogChoice:
        """That one is marked, or no longer; from two on, what is marked is what is shown."""
        if container in self.marked:
            marked = tuple(each for each in self.marked if each != container)
        else:
            marked = (*self.marked, container)
        if len(marked) > 1:
            return replace(self, marked=marked, together=Together.MARKED)
        alone = self.together is Together.MARKED
        return replace(self, marked=marked, together=Together.ALONE if alone else self.together)

    def containers(self, board: BoardSnapshot, container: str) -> tuple[str, ...]:
        """Whose logs are one."""
        if self.together is Together.ALL:
            return all_containers(board)
        if self.together is Together.MARKED:
            return tuple(each for each in all_containers(board) if each in self.marked)
        return self._pair(board, container) if self.together is Together.PAIR else (container,)

    def _pair(self, board: BoardSnapshot, container: str) -> tuple[str, ...]:
        halves = ((each.simulator, each.agent) for each in pairs_of(board))
        return next((both for both in halves if container in both), (container,))

    def title(self, container: str) -> str:
        """What the line below calls it."""
        if self.together is Together.ALONE:
            return container
        if self.together is Together.ALL:
            return "all by time"
        if self.together is Together.PAIR:
            return f"{container} + partner by time"
        few = len(self.marked) <= _FEW
        return f"{' + '.join(self.marked) if few else f'{len(self.marked)} marked'} by time"

    def filtered(self, typed: str) -> LogChoice:
        """With another filter: `!` is in front of what is not to be shown; empty shows all."""
        if not typed:
            return replace(self, keep="", drop="")
        if typed.startswith("!"):
            return replace(self, drop=typed[1:])
        return replace(self, keep=typed)

    @property
    def filters(self) -> bool:
        """Not every line is shown."""
        return bool(self.keep or self.drop)


class ShownLog(msgspec.Struct, frozen=True):
    """A choice that has become a log."""

    view: LogView
    sources: LineSources
    whole: Mapping[str, LogView]
    """Of each container, unfiltered."""


def log_of(
    choice: LogChoice, board: BoardSnapshot, container: str, log: Callable[[str], LogView]
) -> ShownLog:
    """Of several containers those that have a log; raises ConsoleError where none has."""
    whole: dict[str, LogView] = {}
    refused: ConsoleError | None = None
    for name in choice.containers(board, container):
        try:
            whole[name] = log(name)
        except ConsoleError as error:
            refused = error
    if not whole:
        assert refused is not None
        raise refused
    parts = {name: _filtered(choice, view) for name, view in whole.items()}
    if choice.together is Together.ALONE:
        return ShownLog(parts[container], LineSources({"": whole[container]}), whole)
    merged = MergedLog(parts, SPARSE if choice.keep else CHUNK)
    names = short_names(board)
    words = {name: names.get(name, name) for name in whole}
    return ShownLog(merged, LineSources(whole, words), whole)


def _filtered(choice: LogChoice, view: LogView) -> LogView:
    if not choice.filters:
        return view
    return FilteredLog(view, expression(choice.keep), expression(choice.drop))


def expression(typed: str) -> str:
    """What is no regular expression is meant as it stands."""
    try:
        re.compile(typed)
    except re.error:
        return re.escape(typed)
    return typed
