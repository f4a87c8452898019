"""The keys and the wheel that move through a pane of numbered lines. Knows no log."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from console.tui.widgets.painting import Painter

SIDEWAYS = 16
WHEEL = 3


class MovedByKeys(Painter):
    """A pane whose `first_line` is moved."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "rows(1)", show=False),
        Binding("up,k", "rows(-1)", show=False),
        Binding("pagedown,space,ctrl+f", "pages(1)", show=False),
        Binding("pageup,ctrl+b", "pages(-1)", show=False),
        Binding("ctrl+d", "half_pages(1)", show=False),
        Binding("ctrl+u", "half_pages(-1)", show=False),
        Binding("g,home", "top", show=False),
        Binding("G,end", "follow", show=False),
        Binding("left,h", "sideways(-1)", show=False),
        Binding("right", "sideways(1)", show=False),
    ]

    @property
    def first_line(self) -> int:
        """The number of the line in the first row."""
        raise NotImplementedError

    def move(self, to: int) -> None:
        """Have that line in the first row."""
        raise NotImplementedError

    def action_follow(self) -> None:
        raise NotImplementedError

    def action_top(self) -> None:
        raise NotImplementedError

    def action_rows(self, step: int) -> None:
        self.move(self.first_line + step)

    def action_pages(self, direction: int) -> None:
        self.move(self.first_line + direction * max(self.size.height - 2, 1))

    def action_half_pages(self, direction: int) -> None:
        self.move(self.first_line + direction * max(self.size.height // 2, 1))

    def action_sideways(self, direction: int) -> None:
        self.scroll_relative(x=direction * SIDEWAYS, animate=False)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop().prevent_default()
        self.action_rows(-WHEEL)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop().prevent_default()
        self.action_rows(WHEEL)
