"""The question before anything is lost. Without a terminal it needs --yes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

from console.cli import narration
from console.errors import ConsoleError, InvalidInput


def add_yes_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")


def confirm(options: argparse.Namespace, consequences: Iterable[str], question: str) -> None:
    """Say what will be lost; go on only after a yes. Raises ConsoleError otherwise."""
    for sentence in consequences:
        narration.say(f"- {sentence}")
    if options.yes:
        return
    if not sys.stdin.isatty():
        raise InvalidInput(
            "Nothing was changed: there is no terminal to ask on.", fix="Repeat with --yes."
        )
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise ConsoleError("Nothing was changed.")
