"""The commands' names, and their modules: one is imported when it is chosen, all for the help.

What a command is, its flags and its help, only its own module knows.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

MODULES = {
    "render": "render",
    "launch": "launch",
    "preflight": "preflight",
    "list": "list_submissions",
    "ls": "list_submissions",
    "status": "status",
    "logs": "logs",
    "events": "events",
    "results": "results",
    "cancel": "ending",
    "delete": "ending",
    "resume": "resume",
    "merge": "merge",
    "local": "local",
    "demo": "demo",
}
"""Command -> module of `console.cli.commands`, in the order of the help."""

if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    _Commands = argparse._SubParsersAction


class LazyCommands(_Commands):
    """Takes every command of the table as a choice and asks its module only when it must."""

    def __init__(self, *positional: Any, **named: Any) -> None:
        super().__init__(*positional, **named)
        self.choices = MODULES  # type: ignore[assignment]  # only the names are asked for
        self._asked: set[str] = set()

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        if values:
            self._ask(MODULES[values[0]])
        super().__call__(parser, namespace, values, option_string)

    def _ask(self, module: str) -> None:
        if module not in self._asked:
            self._asked.add(module)
            import_module(f"console.cli.commands.{module}").add(self)

    def _get_subactions(self) -> list[argparse.Action]:
        for module in dict.fromkeys(MODULES.values()):
            self._ask(module)
        return super()._get_subactions()
