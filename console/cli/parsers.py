"""A parser of flags that measures the terminal only where it prints, and then tells examples too.
Knows no flag; the examples stand in `examples.txt`.

argparse measures it for each flag that is added, with `shutil`, which brings every compression of
the standard library along: more than it takes to read all flags.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from functools import partial

# A type checker alone knows `typing` here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

_UNMEASURED = 80
_UNKNOWN = "unrecognized arguments:"
"""As argparse says it."""

# argparse has each of its own words looked up in catalogues of translations, on the disk. There is
# none of them, and the looking takes longer than to read all flags.
argparse._ = lambda text: text  # type: ignore[attr-defined]


EXAMPLES = os.path.join(os.path.dirname(__file__), "examples.txt")


def examples_of(program: str) -> str:
    """The end of that command's help; empty where there is no example of it."""
    with open(EXAMPLES, encoding="utf-8") as file:
        _, found, rest = file.read().partition(f"\n[{program}]\n")
    lines = rest.partition("\n\n")[0].splitlines()
    told = [line if line.startswith(" ") else f"  # {line}" for line in lines]
    return "\nexamples:\n{}\n".format("\n".join(told)) if found else ""


def begin_otherwise(parser: argparse.ArgumentParser, beginnings: Mapping[str, str]) -> None:
    """A word that begins with a key is read as if it began with its value: argparse knows no flag
    that may have a value behind `=` and else takes none."""
    if isinstance(parser, LateParser):
        parser.beginnings = beginnings


class LateParser(argparse.ArgumentParser):
    """Its help and its usage are those of any other."""

    def __init__(
        self,
        *,
        formatter_class: type[argparse.HelpFormatter] = argparse.HelpFormatter,
        **named: Any,
    ) -> None:
        self._printed = formatter_class
        # A later flag would give a shortened one another meaning; kubectl has none either.
        named.setdefault("allow_abbrev", False)
        self.beginnings: Mapping[str, str] = {}
        self._words: list[str] = []
        while_made = partial(formatter_class, width=_UNMEASURED)
        super().__init__(formatter_class=while_made, **named)

    def parse_known_args(  # type: ignore[override]  # of any namespace, as argparse itself asks
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[Any, list[str]]:
        """What is written as for another program is read as for this one; not behind `--`."""
        if args is not None:
            end = args.index("--") if "--" in args else len(args)
            args = [*map(self._as_here, self._switched(args[:end])), *args[end:]]
        self._words = list(args or ())
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """With what may have been meant; of a command's flag that command tells it."""
        from console.cli.unknown_words import first_unknown, flag_of, is_flag, told

        taken = self._commands()
        flags, commands = self._option_string_actions, list(taken.choices) if taken else []
        made = taken._name_parser_map if taken else {}
        chosen = next((made[word] for word in self._words if word in made), None)
        if chosen is not None and message.startswith(_UNKNOWN):
            chosen.error(message)
        unknown = first_unknown(self._words, flags, commands)
        if unknown and not message.startswith(_UNKNOWN):
            message = f"{_UNKNOWN} {unknown}"
        words = message.removeprefix(_UNKNOWN).split() if message.startswith(_UNKNOWN) else []
        hints = [told(flag_of(word), flags) for word in words if is_flag(word)]
        if not unknown and self._words and not is_flag(self._words[0]):
            hints.append(told(self._words[0], commands))
        super().error("\n".join([message, *(f"next: {hint}" for hint in hints if hint)]))

    def _commands(self) -> Any:
        """What takes the words for commands, in a parser that has some; else None."""
        group = self._subparsers
        return group._group_actions[0] if group is not None else None

    def _switched(self, words: Sequence[str]) -> list[str]:
        """kubectl and stern let a flag without a value have `=true` or `=false`."""
        kept = []
        for word in words:
            flag, _, value = word.partition("=")
            action = self._option_string_actions.get(flag)
            if action is None or action.nargs != 0 or value not in ("true", "false"):
                kept.append(word)
            elif value == "true":
                kept.append(flag)
        return kept

    def _as_here(self, word: str) -> str:
        for theirs, ours in self.beginnings.items():
            if word.startswith(theirs):
                return ours + word.removeprefix(theirs)
        return word

    def format_help(self) -> str:
        """In the width of this terminal."""
        self.formatter_class = self._printed
        return super().format_help() + examples_of(self.prog)

    def format_usage(self) -> str:
        """In the width of this terminal."""
        self.formatter_class = self._printed
        return super().format_usage()
