"""Which input counts: what was typed on a screen acts on that screen, or not at all.

Keys arrive in bursts: a held key, a slow link that delivers a second of typing at once. What
follows the key that closed a screen was meant for it, and must not act on what lies beneath.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from textual import events
from textual.screen import Screen

Input = (events.InputEvent, events.Paste)
"""Keys, the mouse, and what a terminal pastes."""


class InputGate:
    """Closed from the moment a screen leaves until the one beneath has been drawn.

    What counts is when something was typed, not when its turn comes: a loop that was busy meanwhile
    drops no key of somebody who could see the screen. Times are `time.monotonic()`, as in events.
    """

    def __init__(self) -> None:
        self._given: WeakKeyDictionary[events.Event, tuple[Screen[object], int]]
        # Weak: an event that no widget hands back would be remembered for ever.
        self._given = WeakKeyDictionary()
        self._left = 0
        """How many screens have left: what was typed before one of them did, and came back since,
        was meant for that one."""
        self._seen = 0
        """After how many of these what lay beneath has been drawn."""
        self._drawn = 0.0
        self._shut = False

    @property
    def is_open(self) -> bool:
        """Whether the screen on top can be seen, so that what is typed now acts on it."""
        return self._seen == self._left and not self._shut

    @property
    def left(self) -> int:
        """How many screens have left."""
        return self._left

    def close(self) -> None:
        """A screen leaves."""
        self._left += 1

    def open(self, left: int, now: float) -> None:
        """What lies beneath can be seen from now on, unless it has left too: `left` counts the
        screens that had when it was asked to tell. One that leaves undrawn tells nothing."""
        if left == self._left:
            self._seen, self._drawn = left, now

    def shut(self) -> None:
        """The console itself leaves: nothing counts any more."""
        self._shut = True

    def typed_on(self, event: events.Event) -> Screen[object] | None:
        """The screen that was on top when it came; None for what has not come yet."""
        given = self._given.get(event)
        return given[0] if given else None

    def admits(self, event: events.Event, top: Screen[object]) -> bool:
        """Whether input at the app may act; it comes there twice, first and after its widget."""
        if self._shut:
            return False
        if event.is_forwarded:
            given = self._given.get(event)
            return given is None or (given[0] is top and given[1] == self._left)
        self._given[event] = (top, self._left)
        return self.is_open and event.time >= self._drawn
