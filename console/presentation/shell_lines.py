"""A command in lines of a width that a shell takes as one: each but the last ends in a backslash.

Between two words where that goes, else within one, so that what is copied runs as it was. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LEAST_WIDTH = 12
"""In fewer columns nobody reads a command; it is left to the terminal to break it."""
_WORD = re.compile(r"""(?:'[^']*'|"[^"]*"|[^\s'"])+""")
_PIECE = re.compile(r"""'[^']*'|"[^"]*"|[^'"]+""")


def in_lines(command: str, width: int) -> list[str]:
    """Of what `shlex.join` has made. No line is longer than that."""
    if width < LEAST_WIDTH or len(command) <= width:
        return [command]
    room = width - 2  # a blank and the backslash
    lines = [""]
    for word in _WORD.findall(command):
        if lines[-1] and len(lines[-1]) + 1 + len(word) <= room:
            lines[-1] += f" {word}"
        else:
            # The blank of a word that was cut stands before its backslash.
            lines[-1] += " " if lines[-1] else ""
            begun = list(_cut(word, room))
            lines = [*lines, *begun] if lines[-1] else begun
    return [*(f"{line}\\" for line in lines[:-1]), lines[-1]]


def _cut(word: str, room: int) -> Iterator[str]:
    """A word in parts that are one again where nothing stands between them."""
    part = ""
    for piece in _PIECE.findall(word):
        quote, rest = ("'", piece[1:-1]) if piece.startswith("'") else ("", piece)
        # What stands in double quotes is a single one: there is nothing to cut.
        least = len(piece) if piece.startswith('"') else 1 + 2 * len(quote)
        while len(part) + len(rest) + 2 * len(quote) > room:
            free = room - len(part) - 2 * len(quote)
            if len(part) + least <= room:
                part, rest = f"{part}{quote}{rest[:free]}{quote}", rest[free:]
            yield part
            part = ""
        part += f"{quote}{rest}{quote}"
    yield part
