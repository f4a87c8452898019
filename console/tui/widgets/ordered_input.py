"""A line of text in which keys act in the order in which they were typed. Knows no meaning.

Textual lets a letter act at once, and a key that is bound (backspace, an arrow, delete) when it has
passed everything around the line: of keys that come in a burst the letters would go first, and what
was typed after a deletion would be deleted.
"""

from __future__ import annotations

from textual import events
from textual.widgets import Input


class OrderedInput(Input):
    """Its own bindings act where a letter does; Alt and a letter are none."""

    async def _on_key(self, event: events.Key) -> None:
        # A terminal tells Alt and a letter as it tells Escape and that letter at once: neither is
        # a letter of the text, though Textual takes it for one.
        if event.is_printable and event.key.startswith("alt+"):
            event.stop()
            event.prevent_default()
            return
        if not event.is_printable:
            for bound in self._bindings.key_to_bindings.get(event.key, ()):
                if await self.app.run_action(bound.action, self):
                    event.stop()
                    event.prevent_default()
                    return
        await super()._on_key(event)

    def take(self, event: events.Key) -> None:
        """A key that was typed for it before it had the focus, in its turn."""
        self._forward_event(events.Key(event.key, event.character))
