"""Tables as text for other programs: CSV, and Markdown. Pure; knows nothing of what they tell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from console.domain.hostile_text import neutralise

Cell = str | float | None
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would run instead of showing it."""


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A header, and a line a row; what nobody knows is empty."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(header)
    table.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def harmless(cell: Cell) -> Cell:
    """As a cell of a sheet that is shown and not run."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> list[str]:
    """The lines of it, numbers at the right. An empty header cell is a column without a title."""
    told = [[_escaped(cell) for cell in row] for row in rows]
    numbers = [all(_is_number(row[place]) for row in told) for place in range(len(header))]
    rule = [" --: " if right and told else " --- " for right in numbers]
    return [_line(header), "|" + "|".join(rule) + "|", *map(_line, told)]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _escaped(cell: Cell) -> str:
    text = neutralise("" if cell is None else str(cell))
    for sign in "\\|`*<_":
        text = text.replace(sign, "\\" + sign)
    return text


def _is_number(cell: str) -> bool:
    return not cell or cell.lstrip("+-±").replace(".", "", 1).isdigit()
