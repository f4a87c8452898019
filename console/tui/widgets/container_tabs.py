"""Which container is shown: a column in a wide terminal, a row in a small one."""

from __future__ import annotations

from textual import events
from textual.message import Message

from console.domain.board import BoardSnapshot
from console.domain.events import StreamState
from console.domain.facts import ContainerFacts
from console.presentation.containers import all_containers, short_names
from console.presentation.endings import container_state, restart_count
from console.presentation.tones import Line, Span, Tone, spread, text
from console.tui.widgets.canvas import Canvas
from console.tui.widgets.line_table import MARK

_ROOM = 17
_LEAST = 3
"""Rows below which there is room for containers alone."""


def _fitted(container: str) -> str:
    return container if len(container) <= _ROOM else f"{container[: _ROOM - 1]}…"


def _others(sign: str, count: int) -> Line:
    return text((f" {sign} {count} more", Tone.MUTED))


def _width(word: str) -> int:
    """Columns of it in a row, with the room around it."""
    return len(word) + 3


class ContainerTabs(Canvas):
    """Shows the choice and sends a message when another one is clicked."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    ContainerTabs { width: 34; height: 1fr; padding: 0 1; border-right: vkey $border-blurred; }
    .-narrow ContainerTabs { width: 1fr; height: 1; border-right: none; }
    """

    class Picked(Message):
        """A container was clicked."""

        def __init__(self, container: str) -> None:
            super().__init__()
            self.container = container

    def __init__(self) -> None:
        super().__init__()
        self.board = BoardSnapshot("", "")
        self.chosen = ""
        self.beside: tuple[str, ...] = ()
        """Those that are shown, with the chosen one."""
        self.marked: tuple[str, ...] = ()
        """Those that were picked to be shown as one."""

    def draw(self, width: int, height: int) -> list[Line]:
        if height == 1:
            return [self._row()]
        shown, known = self._in_column(height), self.containers
        lines = [self._entry(container, width) for container in known[shown.start : shown.stop]]
        if shown.start:
            lines.insert(0, _others("▲", shown.start))
        if below := len(known) - shown.stop:
            lines.append(_others("▼", below))
        return lines

    def _in_column(self, height: int) -> range:
        """Their places: all, or where there is no room those around the chosen one.

        The first row, and the last, then say how many others there are.
        """
        known = self.containers
        count = len(known)
        if count <= height or height < _LEAST:
            return range(min(count, height))
        here = known.index(self.chosen) if self.chosen in known else 0
        first = min(max(here - height // 2, 0), count - height)
        above, below = first > 0, first + height < count
        return range(first + above, first + height - below)

    @property
    def containers(self) -> tuple[str, ...]:
        """Everything that has a log here."""
        return all_containers(self.board)

    def _in_row(self) -> dict[str, str]:
        """Their words, from the first, or from as far on as the chosen one needs to be seen."""
        names, room = short_names(self.board), self.size.width - 2
        known, wide = [*names], [*map(_width, names.values())]
        end = known.index(self.chosen) + 1 if self.chosen in known else 0
        first = 0
        while first < end - 1 and sum(wide[first:end]) > room:
            first += 1
        return {each: names[each] for each in known[first:]}

    def _row(self) -> Line:
        spans: list[Span] = []
        for container, word in self._in_row().items():
            other = Tone.STRONG if container in self.beside else Tone.MUTED
            tone = Tone.MATCH if container == self.chosen else other
            mark = MARK if container in self.marked else " "
            spans += [(f"{mark}{word} ", tone), (" ", Tone.TEXT)]
        return tuple(spans)

    def _entry(self, container: str, width: int) -> Line:
        facts = self._facts(container)
        there = container == self.chosen or container in self.beside
        sign = MARK if container in self.marked else "▌" if there else " "
        mark = (sign, Tone.ACCENT)
        tone = Tone.STRONG if container == self.chosen else Tone.TEXT
        count = restart_count(facts)
        left = text(mark, (f"{_fitted(container):<17}", tone), *container_state(facts))
        return spread(left, count, width)

    def _facts(self, container: str) -> ContainerFacts | None:
        return self.board.pod.container(container) if self.board.pod else None

    def stream(self) -> tuple[StreamState | None, str]:
        """State of the chosen container's log stream and its known gap."""
        return next(
            ((state, gap) for name, state, gap in self.board.streams if name == self.chosen),
            (None, ""),
        )

    def on_click(self, event: events.Click) -> None:
        if self.size.height > 1:
            shown, known = self._in_column(self.size.height), self.containers
            # Of the rows that count the others, the next of those.
            place = shown.start + event.y - (shown.start > 0)
            if place < len(known):
                self.post_message(self.Picked(known[place]))
            return
        position = 1
        for container, word in self._in_row().items():
            position += _width(word)
            if event.x < position:
                self.post_message(self.Picked(container))
                return
