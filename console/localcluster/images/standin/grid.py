"""Tables with double outer lines, as the evaluator prints them. Knows nothing of their content."""

import re
from typing import List, Sequence

_COLOUR = re.compile("\x1b\\[[0-9;]*m")


def grid(rows: Sequence[Sequence[str]]) -> str:
    """The rows as text without a final newline; colour codes take no width."""
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    between = "\n" + _rule(widths, "├─┼┤") + "\n"
    body = between.join(_row(widths, row) for row in rows)
    return "\n".join([_rule(widths, "╒═╤╕"), body, _rule(widths, "╘═╧╛")])


def _width(text: str) -> int:
    return len(_COLOUR.sub("", text))


def _rule(widths: List[int], corners: str) -> str:
    left, line, cross, right = tuple(corners)
    return left + cross.join(line * (width + 2) for width in widths) + right


def _row(widths: List[int], row: Sequence[str]) -> str:
    cells = [" " + text + " " * (width - _width(text)) + " " for width, text in zip(widths, row)]
    return "│" + "│".join(cells) + "│"
