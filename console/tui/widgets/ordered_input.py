"""A line of text in which keys act in the order in which they were typed. Knows no meaning.

Textual lets a letter act at once, and a key that is bound (backspace, an arrow, delete) when it has
passed everything around the line: of keys that come in a burst the letters would go first, and what
was typed after a deletion would be deleted, or written into what an Escape was to leave.
"""

from __future__ import annotations

from typing import Any

from textual import events
from textual.widgets import Input

from console.tui.textual_keys import run_bound

_LOOK_AGAIN = 0.05


def give(line: Input, event: events.Key) -> None:
    """A key that was typed for it before it had the focus, in its turn."""
    copied = events.Key(event.key, event.character)
    # What the line does not use goes up to the app, as what is typed does.
    copied.set_sender(line.app)
    line._forward_event(copied)


class OrderedInput(Input):
    """Its own bindings act where a letter does, and so does Escape; Alt and a letter are none."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        # Textual finds so as it is mounted, when each class more has all styles looked for again.
        self.set_class(True, "-valid", update=False)

    async def _on_key(self, event: events.Key) -> None:
        # Textual takes Alt and a letter for a letter of the text.
        if event.is_printable and event.key.startswith("alt+"):
            event.stop()
            event.prevent_default()
            return
        if not self._is_written_in:
            event.prevent_default()  # whoever has the focus by now hears of it
            if self._is_being_left and self._is_asked:
                event.stop()
            return
        if not event.is_printable and await self._acts(event.key):
            event.stop()
            event.prevent_default()
            return
        await super()._on_key(event)

    _is_being_left: bool = False

    @property
    def _is_written_in(self) -> bool:
        """What was typed before may have left it, or is about to."""
        if not self.is_attached or self._is_being_left:
            return False
        return self.app.screen is self.screen and self.screen.focused is self

    @property
    def _is_asked(self) -> bool:
        """Whether a command of the screen is under way; a question may be on its way."""
        return self.is_attached and bool(getattr(self.screen, "waits", False))

    def _stays(self) -> None:
        if self._is_asked:
            self.set_timer(_LOOK_AGAIN, self._stays)
        else:
            self._is_being_left = False

    async def _acts(self, key: str) -> bool:
        if key == "escape":
            # Where it moves the focus, Textual does so by a message: ours comes behind that one.
            self._is_being_left = await run_bound(self.app, key)
            self.app.call_later(self._stays)
            return self._is_being_left
        bound = self._bindings.key_to_bindings.get(key, ())
        return any([await self.app.run_action(each.action, self) for each in bound[:1]])


class LeadingLine(OrderedInput):
    """Keeps what is typed behind the Enter that answers it: that is meant for what it opens."""

    answered = False

    def answers(self) -> None:
        """That Enter has come."""
        raise NotImplementedError

    def heard_behind(self, event: events.Key) -> None:
        """A key behind it."""
        raise NotImplementedError

    async def _on_key(self, event: events.Key) -> None:
        if self.answered:
            event.stop()
            event.prevent_default()
            self.heard_behind(event)
        elif event.key == "enter":
            self.answered = True
            self.answers()
