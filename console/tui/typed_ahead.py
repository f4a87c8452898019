"""What was typed before the line that it is meant for was there: it belongs into that line.

A slow link delivers `:events` or `/demo` at once. All of it has been handed to the table before the
first key has opened the line, and comes back from there one by one; what stands behind `:theme` and
Enter is meant for the choice that this opens. Knows no line's meaning.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.screen import Screen, ScreenResultType
from textual.widgets import Input

from console.tui.widgets.ordered_input import OrderedInput, give


def is_text(event: events.Key) -> bool:
    """Whether a line of text takes it, whenever it comes."""
    return event.is_printable or event.key in ("enter", "backspace")


class BeforePanes:
    """A screen some of whose letters come before those of its panes: in their turn, and not, as by
    Textual's own priority, ahead of a line that is being opened."""

    letters_first: ClassVar[frozenset[str]] = frozenset()
    """By the ids of their bindings."""


class TakesEarly(Screen[ScreenResultType]):
    """A screen for the sake of one line of text; its first keys may come before the line does."""

    _early: tuple[events.Key, ...] = ()

    @property
    def line(self) -> Input | None:
        """Once it has the focus."""
        return self.focused if isinstance(self.focused, Input) else None

    def on_mount(self) -> None:
        """Focused first: a line may select what stands in it when the focus comes."""
        line = self.query_one(Input)
        self.set_focus(line)
        early, self._early = self._early, ()
        for event in early:
            give(line, event)

    def take(self, event: events.Key) -> None:
        """A key that was typed when the line was not there yet."""
        if self.line is not None:
            give(self.line, event)
        else:
            self._early = (*self._early, event)


def goes_into_a_line(event: events.Key, top: Screen[object], typed_on: Screen[object]) -> bool:
    """Whether a key that came back from where it was typed was given to a line that is there now.

    From a focused line of ours no key comes back that it could use.
    """
    if isinstance(top, TakesEarly):
        if typed_on is not top:
            top.take(event)
            return True
        return isinstance(top.line, OrderedInput)
    if typed_on is top and isinstance(top.focused, OrderedInput):
        give(top.focused, event)
        return True
    return False
