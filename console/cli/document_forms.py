"""A document as YAML, as CSV, or as what a JSONPath finds in it; and rows in the order of a key.

Text from a cluster is made harmless where a terminal reads it, and in a sheet always: a program
that opens one takes a cell that begins as a formula for a formula.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from console.domain.hostile_text import has_control, neutralise
from console.errors import InvalidInput
from console.presentation.plain_tables import harmless

if TYPE_CHECKING:
    from console.presentation.number_keys import NumberKey

JSONPATH = "jsonpath="
NONE = "<none>"
"""As kubectl has it, in a column that finds nothing."""


def text_of(told: Any, form: str) -> str:
    """The document in that form. Raises InvalidInput for a path that is none of it."""
    # Every form is of what the JSON holds, which knows no tuples and no enumerations.
    plain = json.dumps(told, ensure_ascii=False)
    told = json.loads(plain)
    if form == "yaml":
        import yaml

        # What reorders a line stands as an escape then, and so does all that is not ASCII.
        unicode = not has_control(plain)
        return str(yaml.safe_dump(told, sort_keys=False, allow_unicode=unicode, width=100))
    if form == "csv":
        return sheet(told)
    from console.cli.jsonpath.finding import found

    text = found(form.removeprefix(JSONPATH), told)
    return "\n".join(map(neutralise, text.split("\n"))) if sys.stdout.isatty() else text


def sheet(rows: Iterable[Mapping[str, Any]]) -> str:
    """CSV: a column a key, those of inner mappings as `routes.done`; what is unknown is empty."""
    import csv
    import io

    flat = [dict(_flat(row)) for row in rows]
    titles = list(dict.fromkeys(title for row in flat for title in row))
    out = io.StringIO()
    table = csv.DictWriter(out, titles, lineterminator="\n")
    table.writeheader()
    table.writerows({title: _cell(value) for title, value in row.items()} for row in flat)
    return out.getvalue() if titles else ""


def _flat(row: Mapping[str, Any], before: str = "") -> Iterable[tuple[str, Any]]:
    for key, value in row.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        elif not isinstance(value, list):
            yield f"{before}{key}", value


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return value
    return harmless(neutralise(value))


def custom_columns(
    documents: Iterable[Mapping[str, Any]], wanted: str
) -> tuple[list[str], list[list[str]]]:
    """`NAME:.name,DONE:.routes.done` as titles and cells. Raises InvalidInput for anything else."""
    from console.cli.jsonpath.finding import words
    from console.cli.jsonpath.parsing import path
    from console.cli.jsonpath.steps import refuse_misspelt

    listed = [json.loads(json.dumps(each)) for each in documents]
    titles, paths = [], []
    for column in re.split(r",(?![^\[(]*[\])])", wanted):
        title, colon, way = column.partition(":")
        if not (title and colon and way.strip()):
            raise InvalidInput(
                f"-o custom-columns: {column[:60]!r} is no column.",
                fix="Write TITLE:.key of each, with commas between: NAME:.name,DONE:.routes.done",
            )
        refuse_misspelt(path(way), listed)
        titles.append(title)
        paths.append(path(way))
    return titles, [[words(way, each) or NONE for way in paths] for each in listed]


def by_key(
    documents: Iterable[Mapping[str, Any]], key: str, titles: Mapping[str, str]
) -> list[int]:
    """The places of the documents in the order of a key, or of a column's title.

    What nobody knows comes last. Raises InvalidInput where none of them has the key.
    """
    from console.cli.jsonpath.finding import first
    from console.cli.jsonpath.parsing import path
    from console.cli.jsonpath.steps import refuse_misspelt
    from console.presentation.number_keys import number_key

    listed = list(documents)
    asked = titles.get(key.upper(), key)
    if not key.strip():
        raise InvalidInput("--sort-by is empty.", fix=f"Choose: {', '.join(titles)}")
    refuse_misspelt(path(asked), listed)
    values = [first(asked, each) for each in listed]
    if any(isinstance(each, dict | list) for each in values):
        raise InvalidInput(f"--sort-by {key}: that is not one value.", fix="Name a key below it.")
    return sorted(range(len(listed)), key=lambda place: _rank(values[place], number_key))


def _rank(value: Any, key_of: Callable[[str], NumberKey]) -> tuple[bool, float, NumberKey]:
    if value is None or value == "":
        return True, 0.0, ()
    if isinstance(value, int | float):
        return False, float(value), ()
    return False, 0.0, key_of(str(value))
