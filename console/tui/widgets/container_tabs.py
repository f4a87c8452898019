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

_ROOM = 17


def _fitted(container: str) -> str:
    return container if len(container) <= _ROOM else f"{container[: _ROOM - 1]}…"


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

    def draw(self, width: int, height: int) -> list[Line]:
        if height == 1:
            return [self._row()]
        return [self._entry(container, width) for container in self.containers]

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
            spans += [(f" {word} ", tone), (" ", Tone.TEXT)]
        return tuple(spans)

    def _entry(self, container: str, width: int) -> Line:
        facts = self._facts(container)
        there = container == self.chosen or container in self.beside
        mark = ("▌", Tone.ACCENT) if there else (" ", Tone.TEXT)
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
        if self.size.height > 1 and event.y < len(self.containers):
            self.post_message(self.Picked(self.containers[event.y]))
            return
        position = 1
        for container, word in self._in_row().items():
            position += _width(word)
            if event.x < position:
                self.post_message(self.Picked(container))
                return
