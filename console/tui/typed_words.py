"""The app's `:` line: asked for, understood, run. What the words are is not known here."""

from __future__ import annotations

from textual.app import App

from console.domain.hostile_text import neutralise
from console.tui.line_commands import Understood, understood, words
from console.tui.user_files.added import NO_FILES, UserFiles


class TypedWords(App[None]):
    """An app with a `:` line; hot keys and aliases come this way too."""

    user_files: UserFiles = NO_FILES

    def action_line(self) -> None:
        from console.tui.screens.dialogs import CommandLine

        self.push_screen(CommandLine(words(self.user_files.aliases)), self._typed)

    async def _typed(self, text: str | None) -> None:
        if text and text.strip(" :"):
            await self.say(text)

    async def say(self, line: str) -> None:
        """Do what that line means, or tell why it means nothing."""
        found = understood(line, self.user_files.aliases)
        if not isinstance(found, Understood):
            self.notify(neutralise(found.told), severity="warning")
        elif found.argument:
            # As a value: what was typed is no part of an expression.
            await self.run_action(("", found.command.action, (found.argument,)))
        else:
            await self.run_action(found.command.action)
