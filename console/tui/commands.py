"""One small value per user command: name, key, help, what it does, and why it may not run now.

Footer, help, palette and the `:` line are all made from these.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import msgspec
from textual.binding import Binding

from console.tui.places import Place

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
    """It changes something on the cluster, or destroys what is recorded."""

    def offered(self, screen: Screen) -> bool:
        """Whether the screen tells of it now."""
        return not self.only_when_possible or not self.reason(screen)

    @property
    def binding(self) -> Binding:
        """The key, rebindable by its id."""
        return Binding(
            self.key,
            f"command('{self.name}')",
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


class LineCommand(msgspec.Struct, frozen=True):
    """What the `:` line understands everywhere."""

    names: tuple[str, ...]
    action: str
    """An app action."""
    help: str
    takes: str = ""
    """What may follow the word: `NAME`."""


def _to(place: Place) -> str:
    return f"go('{place}')"


LINE_COMMANDS = (
    LineCommand(("submissions", "job", "jobs"), _to(Place.SUBMISSIONS), "the list of submissions"),
    LineCommand(("history", "recorded"), _to(Place.HISTORY), "all submissions, recorded ones too"),
    LineCommand(
        ("compose", "new", "launch"), _to(Place.COMPOSE), "compose and launch a submission"
    ),
    LineCommand(("monitor", "watch"), _to(Place.MONITOR), "watch the selected submission"),
    LineCommand(("logs", "log"), _to(Place.LOGS), "its logs"),
    LineCommand(("results", "score"), _to(Place.RESULTS), "its results"),
    LineCommand(("versus", "compare", "diff"), _to(Place.COMPARISON), "it against other results"),
    LineCommand(("plots",), _to(Place.PLOTS), "plots of its results"),
    LineCommand(("inspect", "why"), _to(Place.INSPECT), "why it failed: timeline and both logs"),
    LineCommand(("events", "ev"), _to(Place.EVENTS), "its conditions and events"),
    LineCommand(("manifest", "yaml"), _to(Place.MANIFEST), "its Job as YAML"),
    LineCommand(
        ("ctx", "context", "contexts"), "contexts", "the contexts of the kubeconfig", "NAME"
    ),
    LineCommand(
        ("ns", "namespace", "namespaces"),
        "namespaces",
        "the namespaces, or all of them",
        "NAME|all",
    ),
    LineCommand(("theme",), "change_theme", "choose the colours"),
    LineCommand(("help",), "help", "the keys of this screen"),
    LineCommand(("quit", "q", "q!"), "leave", "close the console"),
)


def line_command(text: str) -> LineCommand | None:
    """The command that a typed word or its beginning names."""
    word = text.strip().lower().lstrip(":")
    for command in LINE_COMMANDS:
        if word in command.names:
            return command
    begun = [c for c in LINE_COMMANDS if any(word and n.startswith(word) for n in c.names)]
    return begun[0] if len(begun) == 1 else None
