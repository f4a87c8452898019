"""The table of commands, flags and choices as it was generated; `tests/completion_grammar.py` does.

A command is its words, joined by spaces; the program itself is the empty text.
"""

from __future__ import annotations

# As in `loading`: importing `typing` takes longer than reading the table.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypedDict

    class Flag(TypedDict):
        """`value`: its choices, or what kind of text it takes; None: it stands alone."""

        names: list[str]
        value: list[str] | str | None
        again: bool
        """It may be given more than once."""
        several: bool
        """It takes all values up to the next flag."""
        help: str

    class CommandWords(TypedDict):
        flags: list[Flag]
        words: dict[str, str]
        """The commands below it and a line on each, without aliases."""
        places: list[list[str] | str]
        """Its arguments, each as a flag's value."""
        endless: bool
        """The last of them may be given any number of times."""

    Grammar = dict[str, CommandWords]


def load() -> Grammar:
    """The table that comes with this version."""
    import json
    import os

    with open(os.path.join(os.path.dirname(__file__), "grammar.json"), encoding="utf-8") as file:
        found: Grammar = json.load(file)
    return found
