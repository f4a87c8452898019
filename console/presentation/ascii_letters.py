"""Our marks, bars and borders for terminals that know ASCII alone, cell for cell. Pure.

What a container or a user wrote in other letters keeps as much of itself as ASCII has; a letter of
which nothing is left is a dot. It is never `?`, which means that nobody knows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from console.presentation.wrapping import cells_of

MARKS: Mapping[str, str] = {
    "…": ">", "✗": "x", "✓": "+", "●": "*", "◌": "o", "○": "o", "◔": "c", "◷": "t", "◑": "%",
    "⊗": "X", "⊘": "/", "∅": "0", "‖": "|", "⋯": ":", "‼": "!", "■": "#", "▣": "#", "↻": "R",
    "▸": ">", "▶": ">", "▼": "v", "▲": "^", "◆": "*", "·": ".", "•": "*", "×": "x", "–": "-",
    "→": ">", "←": "<", "↑": "^", "↓": "v", "›": ">", "‹": "<", "⏎": "<", "↵": "<", "⌫": "<",
    "≥": "~", "≠": "!", "±": "~", "Δ": "d", "⟦": "[", "⟧": "]", "▌": "|", "▐": "|",
    "━": "=", "▰": "#", "▱": "-", "╱": "/", "╲": "\\", "░": ":", "▒": "%", "▓": "#", "█": "#",
    "▔": "-", "▁": "_", "▏": "|", "▕": "|", "▊": "|", "▎": "|", "°": " ",
}  # fmt: skip
"""A cell for a cell."""
_WITH_ROOM = {" ± ": "+/-", " ≥": ">=", " ≠": "!=", " → ": "-> "}
"""Where a blank beside it gives its cell: `~4` is less than `>=4` says."""
_FOREIGN = "."


def in_ascii(text: str) -> str:
    """The same, as many cells wide."""
    if text.isascii():
        return text
    for written, plain in _WITH_ROOM.items():
        text = text.replace(written, plain)
    return "".join(map(_plain, text))


@lru_cache(4096)
def _plain(letter: str) -> str:
    if letter.isascii():
        return letter
    return MARKS.get(letter) or _drawn(letter) or _nearest(letter)


def _drawn(letter: str) -> str:
    """Lines, blocks and dots that boxes and plots are made of."""
    code = ord(letter)
    if 0x2500 <= code <= 0x257F:
        name = unicodedata.name(letter)
        return "+" if " AND " in name or "ARC" in name else "-" if "HORIZ" in name else "|"
    if 0x2580 <= code <= 0x259F:
        return "#"
    if 0x2800 <= code <= 0x28FF:
        return " .:"[min((code - 0x2800).bit_count(), 2)]
    return ""


def _nearest(letter: str) -> str:
    """`é` as `e`. What takes no cell goes, what takes two stays as wide."""
    whole = unicodedata.normalize("NFKD", letter)
    bare = "".join(each for each in whole if each.isascii() and each.isprintable())
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Cf", "Mn", "Me"):
        return ""
    cells = cells_of(letter)
    return bare if len(bare) == cells else _FOREIGN * cells
