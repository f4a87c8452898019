"""One small value per user command: name, key, help, what it does, and why it may not run now.

Footer, help and palette are made from these; what the `:` line understands is `line_commands`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import msgspec
from textual.binding import Binding

Screen = Any
"""The screen a command belongs to; each command knows its own."""


def always(_screen: Screen) -> str:
    """No reason against it."""
    return ""


class Command(msgspec.Struct, frozen=True):
    """Something the user can do on a screen."""

    name: str
    key: str
    label: str
    help: str
    run: Callable[[Screen], Awaitable[None] | None]
    reason: Callable[[Screen], str] = always
    """Why it cannot run now, in one sentence; empty when it can."""
    show: bool = True
    key_display: str | None = None
    priority: bool = False
    only_when_possible: bool = False
    """Footer, help and palette leave it out while there is a reason against it."""
    dangerous: bool = False
    """It changes something on the cluster, or what becomes of what is recorded."""

    def offered(self, screen: Screen) -> bool:
        """Whether the screen tells of it now."""
        return not self.only_when_possible or not self.reason(screen)

    @property
    def binding(self) -> Binding:
        """The key, rebindable by its id."""
        return Binding(
            self.key,
            f"command({self.name!r})",
            self.label,
            show=self.show,
            key_display=self.key_display,
            priority=self.priority,
            tooltip=self.help,
            id=f"console.{self.name}",
        )


def bindings(commands: Iterable[Command]) -> list[Any]:
    """Textual's bindings of these commands, in the footer's order."""
    return [command.binding for command in commands]


def find(commands: Iterable[Command], name: str) -> Command | None:
    """A command by its name."""
    return next((command for command in commands if command.name == name), None)
