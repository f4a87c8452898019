"""Everything on stdout: JSON, YAML and aligned columns. Formats values, fetches none."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from console.cli.interruptions import blocking
from console.domain.hostile_text import escaped_json, neutralise

MOST_COLUMNS = 120
"""A longer bar tells no more."""


CUSTOM_COLUMNS = "custom-columns="


def as_json(document: Any) -> None:
    """One JSON document, indented; plain characters as far as stdout has them."""
    print(escaped_json(json.dumps(document, indent=2, ensure_ascii=_no_utf8())))


def as_json_line(document: Any) -> None:
    """One JSON document on one line, for streams of documents."""
    text(escaped_json(json.dumps(document, ensure_ascii=_no_utf8())))


def is_document(form: str) -> bool:
    """Whether that form of -o is one document, and no words or table."""
    return form in ("json", "yaml") or form.startswith("jsonpath=")


def document(told: Any, form: str) -> None:
    """One document in the form that -o named, and that is no table: JSON, YAML, what a path finds,
    or CSV of a list of mappings."""
    if form == "json":
        as_json(told)
        return
    # Late: a list in columns brings none of these.
    from console.cli import document_forms

    if made := document_forms.text_of(told, form):
        as_it_is(made)


def documents(told: list[Any], form: str, *, headless: bool) -> None:
    """A list of documents: in columns of the user's own, or as one document."""
    if not form.startswith(CUSTOM_COLUMNS):
        document(told, form)
        return
    from console.cli.document_forms import custom_columns

    titles, rows = custom_columns(told, form.removeprefix(CUSTOM_COLUMNS))
    columns(titles, rows, headless=headless, bare=True)


def in_stream(told: Any, form: str) -> None:
    """One of many documents: JSON on a line, YAML behind a rule, a path's text as it is."""
    if form == "json":
        as_json_line(told)
        return
    if form == "yaml":
        text("---")
    document(told, form)


def _no_utf8() -> bool:
    return codecs.lookup(sys.stdout.encoding or "ascii").name != "utf-8"


def text(block: str) -> None:
    """A block of text, with words from anywhere in it: none of them controls a terminal."""
    as_it_is("\n".join(map(neutralise, block.split("\n"))))


def as_it_is(block: str) -> None:
    """The same of what a program reads, and is harmless where a terminal does."""
    with blocking():
        sys.stdout.write(block if block.endswith("\n") else block + "\n")
        sys.stdout.flush()


def lines(toned: Iterable[Sequence[tuple[str, str]]]) -> None:
    """Lines of a screen without their tones."""
    text("\n".join("".join(span for span, _ in line).rstrip() for line in toned))


def width() -> int:
    """Columns of the terminal, or usual ones where there is none."""
    import shutil

    return min(shutil.get_terminal_size().columns, MOST_COLUMNS)


def columns(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    headless: bool = False,
    bare: bool = False,
) -> None:
    """Columns as kubectl prints them: three blanks apart, header in capitals.

    Without a row there is nothing on stdout; `bare`: the header is, as of columns of one's own.
    """
    told = [*map(_harmless, rows)]
    lines = told if headless or not (told or bare) else [header, *told]
    if not lines:
        return
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = "   ".join(f"{{:<{width}}}" for width in widths).format
    text("\n".join([padded(*line).rstrip() for line in lines]))


def _harmless(row: Sequence[str]) -> Sequence[str]:
    """Each cell as `neutralise` has it: that changes nothing where a whole row is printable."""
    return row if "".join(row).isprintable() else [neutralise(cell) for cell in row]
