"""The app as far as it answers a key that means nothing on its screen.

What is said to which key is decided in `console.tui.habits`.
"""

from __future__ import annotations

from textual import events
from textual.app import App
from textual.widgets import Input

from console.tui.commands import find
from console.tui.habits import answer
from console.tui.screens.screen import ConsoleScreen
from console.tui.textual_keys import run_bound


class UnboundKeys(App[None]):
    """Runs what a key is bound to, as Textual does, and knows when that is nothing."""

    async def _on_key(self, event: events.Key) -> None:
        event.prevent_default()
        if not await run_bound(self, event.key):
            self._answer(event.key)

    def _answer(self, key: str) -> None:
        screen = self.screen
        if not isinstance(screen, ConsoleScreen) or isinstance(self.focused, Input):
            return

        def ours(name: str) -> str:
            command = find(screen.present_commands(), name)
            return screen.key_of(command) if command is not None else ""

        word = screen.TITLE_WORD.lower()
        read_only = bool(screen.backend.connection().read_only)
        if told := answer(key, word, ours, read_only=read_only):
            self.notify(told)
