"""Without a command: the console itself. Imports Textual only when it runs."""

from __future__ import annotations

import argparse
import os
import sys

from console import wiring
from console.cli.connection import wanted
from console.cli.refusing import refuse_together
from console.errors import ConsoleError

BROWSER = "textual.drivers.web_driver:WebDriver"
"""What `web` tells a console to draw for."""


def run(options: argparse.Namespace) -> int:
    """Open the console on the chosen cluster."""
    refuse_without_terminal()
    refuse_together(options, "--namespace", "--all-namespaces")
    return wiring.open_console(
        wanted(options),
        theme=options.theme,
        mouse=not options.no_mouse,
        ascii_alone=options.ascii,
        first_line=options.view or "",
    )


def refuse_without_terminal() -> None:
    """Raises ConsoleError where no screen can be shown."""
    if os.environ.get("TEXTUAL_DRIVER") == BROWSER:
        return
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise ConsoleError(
            "The console needs a terminal.",
            why="stdin, stdout or stderr is not one.",
            fix="Every screen is also a command: carla-console --help. `make demo` runs headless.",
        )
