"""The rows of a file: CSV with a header, a YAML or JSON list, or a plain list of images. Pure.

Every cell is text as it is written, whatever YAML would take it for; an empty one says nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
import yaml

from console.errors import InvalidInput
from console.specs.many.columns import IMAGE, canonical
from console.specs.mistakes import Mistake, SpecRejected

MOST_ROWS = 1000
MOST_CELLS = 100
"""Of one row; a template asks for some thirty values."""
_TABLES, _IMAGES = (".csv", ".tsv"), (".txt",)
_DELIMITERS = ",;\t"
_NULL = "tag:yaml.org,2002:null"


class FileRow(msgspec.Struct, frozen=True):
    """One submission as a line of a file asks for it."""

    place: int
    """From 1, in the file's order."""
    at: str
    """`teams.csv, line 3`, for messages."""
    cells: Mapping[str, str]
    """Column -> text; only what is filled in. Columns with a value's path are called by it."""
    written: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Column -> as the file calls it."""

    def called(self, column: str) -> str:
        """The column in the words of the file."""
        return self.written.get(column, column)


def holds_rows(text: str, source: str) -> bool:
    """Whether this is a list of submissions, and not values for one."""
    if source.endswith((*_TABLES, *_IMAGES)):
        return True
    first = next(_meaningful(text), "")
    if first.startswith(("- ", "[")) or first == "-":
        return True
    if source.endswith((".yaml", ".yml", ".json")):
        return False
    return bool(first) and not (": " in first or first.endswith(":") or first.startswith("{"))


def read_rows(text: str, source: str) -> tuple[FileRow, ...]:
    """All rows. Raises InvalidInput where the file as a whole cannot be read as such."""
    rows = tuple(_rows(text, source))
    if not rows:
        raise InvalidInput(f"{source} holds no submission.", fix="Write one a line.")
    if len(rows) > MOST_ROWS:
        raise InvalidInput(f"{source} holds more than {MOST_ROWS} submissions.")
    return rows


def _rows(text: str, source: str) -> Iterator[FileRow]:
    first = next(_meaningful(text), "")
    if source.endswith(_TABLES):
        return _of_table(text, source)
    if first.startswith(("- ", "[")) or first == "-":
        return _of_yaml(text, source)
    if source.endswith(_IMAGES) or not any(sign in first for sign in _DELIMITERS):
        return _of_images(text, source)
    return _of_table(text, source)


def _meaningful(text: str) -> Iterator[str]:
    lines = (line.strip() for line in text.splitlines())
    return (line for line in lines if line and line != "---" and not line.startswith("#"))


def _of_images(text: str, source: str) -> Iterator[FileRow]:
    place = 0
    for number, line in enumerate(text.splitlines(), 1):
        image = line.partition(" #")[0].strip()
        if image and not image.startswith("#"):
            place += 1
            yield FileRow(place, f"{source}, line {number}", {IMAGE: image}, {IMAGE: "image"})


def _of_table(text: str, source: str) -> Iterator[FileRow]:
    header: list[str] | None = None
    delimiter = max(_DELIMITERS, key=next(_meaningful(text), "").count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    place = 0
    try:
        for cells in lines:
            at = f"{source}, line {lines.line_num}"
            if not any(each.strip() for each in cells):
                continue
            if header is None:
                header = [each.strip() for each in cells]
                _demand_names(header, at)
                continue
            if any(each.strip() for each in cells[len(header) :]):
                raise InvalidInput(
                    f"{at}: there are {len(cells)} cells under {len(header)} columns.",
                    fix='Put a cell that holds the delimiter into "quotes".',
                )
            place += 1
            yield _row(place, at, zip(header, cells, strict=False))
    except csv.Error as error:
        raise InvalidInput(f"{source}, line {lines.line_num}: {error}.") from error


def _demand_names(header: list[str], at: str) -> None:
    if empty := [str(number) for number, name in enumerate(header, 1) if not name]:
        raise InvalidInput(f"{at}: column {', '.join(empty)} has no name.")


def _of_yaml(text: str, source: str) -> Iterator[FileRow]:
    try:
        node = yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{source}, line {mark.line + 1}" if mark else source
        raise InvalidInput(f"{where}: {error.problem or error.context}.") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise InvalidInput(f"{source} is not YAML.", why=str(error)[:300]) from error
    if not isinstance(node, yaml.SequenceNode):
        raise InvalidInput(f"{source}: a list of submissions is wanted here.")
    for place, each in enumerate(node.value, 1):
        at = f"{source}, line {each.start_mark.line + 1}"
        yield _row(place, at, _yaml_cells(each, at))


def _yaml_cells(node: yaml.Node, at: str) -> list[tuple[str, str]]:
    """A mapping of columns, which may be one of sections as in a values file; or an image."""
    if isinstance(node, yaml.ScalarNode):
        return [("image", node.value)]
    if not isinstance(node, yaml.MappingNode):
        raise InvalidInput(f"{at}: a mapping of columns is wanted here, or an image.")
    cells: list[tuple[str, str]] = []
    for key, value in node.value:
        inner = value.value if isinstance(value, yaml.MappingNode) else [(None, value)]
        cells += [_yaml_cell(key, below, each, at) for below, each in inner]
        if len(cells) > MOST_CELLS:
            raise InvalidInput(f"{at}: there are more than {MOST_CELLS} values.")
    return cells


def _yaml_cell(key: Any, below: Any, value: Any, at: str) -> tuple[str, str]:
    path = ".".join(str(each.value) for each in (key, below) if each is not None)
    if not isinstance(value, yaml.ScalarNode):
        raise InvalidInput(f"{at}: {path} is no plain value.")
    return path, "" if value.tag == _NULL else str(value.value)


def _row(place: int, at: str, cells: Iterable[tuple[str, str]]) -> FileRow:
    found: dict[str, str] = {}
    written: dict[str, str] = {}
    for name, text in cells:
        column = canonical(name)
        if column in written:
            what = f"{at}: {written[column]} and {name} are one column, told twice."
            raise SpecRejected(at, [Mistake(what, column)])
        written[column] = name
        if text.strip():
            found[column] = text.strip()
    return FileRow(place, at, found, written)
