"""How the palette tells of a command: its group, its name, its key; in the order of the groups."""

from __future__ import annotations

from textual.command import DiscoveryHit, Hits
from textual.markup import escape
from textual.system_commands import SystemCommandsProvider

from console.tui.command_groups import Group
from console.tui.commands import Command
from console.tui.keyed_screens import shown_keys

_GROUP, _LABEL = 12, 26


def palette_row(group: Group, command: Command) -> str:
    """`Submission  Cancel                    ^k`."""
    row = f"{group.value:<{_GROUP}}{command.label:<{_LABEL}}{shown_keys(command)}".rstrip()
    # Of a user's plugin it may hold what would be markup.
    return escape(row)


def palette_word(word: str) -> str:
    """A word of the `:` line among them."""
    return f"{Group.GO_TO.value:<{_GROUP}}:{word}"


class InOrder(SystemCommandsProvider):
    """Textual's own sorts by the alphabet."""

    async def discover(self) -> Hits:
        for name, told, run, shown in self.app.get_system_commands(self.screen):
            if shown:
                yield DiscoveryHit(name, run, help=told)
