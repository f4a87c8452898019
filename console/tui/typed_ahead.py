"""What was typed before the line that it is meant for was there: it belongs into that line.

A slow link delivers `:events` or `/demo` at once. All of it has been handed to the table before the
first key has opened the line, and comes back from there one by one. Knows no line's meaning.
"""

from __future__ import annotations

from textual import events
from textual.screen import ModalScreen, Screen

from console.tui.widgets.ordered_input import OrderedInput


class LineScreen(ModalScreen[str]):
    """A screen that is one line of text; its first keys may come before the line does."""

    def __init__(self) -> None:
        super().__init__()
        self._early: list[events.Key] = []

    def on_mount(self) -> None:
        """Focused first: a line may select what stands in it when the focus comes."""
        line = self.query_one(OrderedInput)
        self.set_focus(line)
        for event in self._early:
            line.take(event)
        self._early.clear()

    def take(self, event: events.Key) -> None:
        """A key that was typed when the screen beneath was still on top."""
        line = self.focused
        if isinstance(line, OrderedInput):
            line.take(event)
        else:
            self._early.append(event)


def goes_into_a_line(event: events.Key, top: Screen[object], typed_on: Screen[object]) -> bool:
    """Whether a key that came back from where it was typed was given to a line that is there now.

    From a focused line itself no key comes back that it could use.
    """
    if not (event.is_printable or event.key in ("enter", "backspace")):
        return False
    if isinstance(top, LineScreen):
        if typed_on is not top:
            top.take(event)
        return True
    if typed_on is top and isinstance(top.focused, OrderedInput):
        top.focused.take(event)
        return True
    return False
