"""Writes console/cli/completion/grammar.json from the parsers themselves: `make completion`.

A Tab may not import a command, which brings an event loop and a YAML reader for its work; so what
the parsers know is written down. A test holds the file against what this makes.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli import loading
from console.cli.main import parser
from console.domain.submission import INIT, LOGCOPY, USUAL_PAIRS, PairPlan

if TYPE_CHECKING:
    from console.cli.completion.grammar import CommandWords, Flag, Grammar


def _halves(number: int) -> tuple[str, str]:
    pair = PairPlan.usual(number)
    return pair.simulator, pair.agent


FILE = Path(__file__).resolve().parents[1] / "console" / "cli" / "completion" / "grammar.json"
FILES = {"kubeconfig", "routes", "spec", "values", "file_paths", "endpoint"}
Commands = argparse._SubParsersAction
NAMED = {
    "profile": "profile or file",
    "preset": "preset or file",
    **{name: name for name in ("context", "namespace", "submission", "theme")},
    "timezone": "time zone",
    "name": "submission",
    "meant": "submission",
    "results": "submission",
}
"""An argument by its destination -> the kind of names it takes."""
CONTAINERS = [
    *(name for number in range(1, USUAL_PAIRS + 1) for name in _halves(number)),
    *(LOGCOPY, INIT),
]
"""Of our own Jobs."""


def made() -> Grammar:
    """The whole command line, in the order of its help."""
    return dict(_commands("", _loaded()))


def all_parsers() -> dict[str, argparse.ArgumentParser]:
    """A command's words -> its parser, the program's own as the empty text; each once."""
    found: dict[str, argparse.ArgumentParser] = {}
    left = [("", _loaded())]
    while left:
        words, one = left.pop(0)
        if one not in found.values():
            found[words] = one
            below = next((each for each in one._actions if isinstance(each, Commands)), None)
            named = below._name_parser_map.items() if below else ()
            left = [*((f"{words} {word}".strip(), each) for word, each in named), *left]
    return found


def _loaded() -> argparse.ArgumentParser:
    """The program's parser, with every command's part of it."""
    top = parser()
    for name in loading.MODULES:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
            top.parse_args([name, "--help"])
    return top


def text_of(grammar: Grammar) -> str:
    """One line a command's flag, so that a change is one line too."""
    return json.dumps(grammar, indent=1, ensure_ascii=False) + "\n"


def _commands(name: str, known: argparse.ArgumentParser) -> Iterator[tuple[str, CommandWords]]:
    below = next((each for each in known._actions if isinstance(each, Commands)), None)
    words = {each.dest: each.help or "" for each in below._get_subactions()} if below else {}
    if isinstance(below, loading.LazyCommands):
        words = {word: line for word, (_, line) in loading.COMMANDS.items()}
    places = [_kind(each) for each in known._actions if each is not below and _is_place(each)]
    flags = [_flag(each, name) for each in known._actions if _is_told(each)]
    endless = any(each.nargs in ("+", "*") for each in known._actions if _is_place(each))
    yield name, {"flags": flags, "words": words, "places": places, "endless": endless}
    for word, each in below._name_parser_map.items() if below else ():
        yield from _commands(f"{name} {word}".strip(), each)


def _is_place(action: argparse.Action) -> bool:
    return not action.option_strings


def _is_told(action: argparse.Action) -> bool:
    """A flag of the help: one that only this program gives itself is not offered."""
    return bool(action.option_strings) and action.help != argparse.SUPPRESS


def _flag(action: argparse.Action, command: str) -> Flag:
    value = None if action.nargs == 0 else _value(action, command)
    return {
        "names": list(action.option_strings),
        "value": value,
        "again": isinstance(action, argparse._AppendAction),
        "several": action.nargs == "+",
        "help": action.help or "",
    }


def _value(action: argparse.Action, command: str) -> list[str] | str:
    """A new name is none that there is; an order is by a column of that command's table."""
    if action.dest == "sort_by":
        module = import_module(f"console.cli.commands.{loading.MODULES[command]}")
        return list(module.SORTED_BY)
    return "text" if action.dest == "name" else _kind(action)


def _kind(action: argparse.Action) -> list[str] | str:
    if action.choices is not None:
        return [str(getattr(each, "value", each)) for each in action.choices]
    if action.dest == "container":
        return CONTAINERS
    return "file" if action.dest in FILES else NAMED.get(action.dest, "text")


if __name__ == "__main__":
    FILE.write_text(text_of(made()), encoding="utf-8")
