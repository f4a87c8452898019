"""The app's `:` line: asked for, understood, run. What the words are is not known here."""

from __future__ import annotations

from console.domain.hostile_text import neutralise
from console.tui.line_commands import Understood, completed, understood
from console.tui.meant_input import MeantInput
from console.tui.named_submissions import NamedSubmissions
from console.tui.user_files.added import NO_FILES, UserFiles


class TypedWords(MeantInput, NamedSubmissions):
    """An app with a `:` line; hot keys and aliases come this way too."""

    user_files: UserFiles = NO_FILES
    first_line = ""
    """What is done of itself, once."""

    @property
    def offered_themes(self) -> list[str]:
        """The names that may follow `:theme`."""
        raise NotImplementedError

    def action_line(self) -> None:
        from console.tui.screens.dialogs import CommandLine

        themes = self.offered_themes

        def complete(begun: str) -> str | None:
            return completed(begun, self.user_files.aliases, themes, self.typed_names)

        self.push_screen(CommandLine(complete), self._typed)

    async def _typed(self, text: str | None) -> None:
        try:
            if text and text.strip(" :"):
                await self.say(text)
        finally:
            self.hand_on()

    def say_first(self) -> None:
        """Once what it may be about is there: a view of one submission is of the list's."""
        line, self.first_line = self.first_line, ""
        if line.strip(" :"):
            self.call_later(self.say, line)

    async def say(self, line: str) -> None:
        """Do what that line means, or tell why it means nothing."""
        found = understood(line, self.user_files.aliases)
        if not isinstance(found, Understood):
            self.notify(neutralise(found.told), severity="warning")
        elif found.argument and found.command.about:
            self.go_to_named(found.command.about, found.argument)
        elif found.argument:
            # As a value: what was typed is no part of an expression.
            await self.run_action(("", found.command.action, (found.argument,)))
        else:
            await self.run_action(found.command.action)
