"""A question whose yes changes something: it counts only once the question could be read."""

from __future__ import annotations

import math
from time import monotonic

from textual import events
from textual.screen import ModalScreen
from textual.widgets import Button

from console.tui.textual_internals import backlogged

LOOK_AGAIN = 0.02
SAME_PRESS = 0.5
"""Seconds. A key that is held down repeats itself sooner; who reads a question answers it later."""
YES = ("y", "enter", "space")


class SeenFirst(ModalScreen[bool]):
    """Hears a yes that was typed when it stood on the terminal, and one for each press of a key."""

    _seen: float = math.inf

    def is_painted(self) -> None:
        """Whole, or a part of it. A slow terminal may still have to take what was drawn before."""
        if self._seen < math.inf or not any(each.size for each in self.query(Button)):
            return
        if backlogged(self.app):
            self.set_timer(LOOK_AGAIN, self.is_painted)
        else:
            self._seen = monotonic()

    def hears(self, event: events.Event) -> bool:
        """Whether it counts here; a no always does."""
        if isinstance(event, events.Key) and event.key not in YES:
            return True
        if isinstance(event, events.MouseMove | events.MouseScrollDown | events.MouseScrollUp):
            return True
        return event.time >= self._seen


def says_yes(event: events.Event) -> bool:
    """Whether it may be held down, and so come again for the next question."""
    return isinstance(event, events.Key) and event.key == "y"
