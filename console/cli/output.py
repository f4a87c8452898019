"""Everything on stdout: JSON, YAML and aligned columns. Formats values, fetches none."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from console.cli.interruptions import blocking
from console.domain.hostile_text import neutralise


def as_json(document: Any) -> None:
    """One JSON document, indented; plain characters as far as stdout has them."""
    print(json.dumps(document, indent=2, ensure_ascii=_no_utf8()))


def as_json_line(document: Any) -> None:
    """One JSON document on one line, for streams of documents."""
    text(json.dumps(document, ensure_ascii=_no_utf8()))


def _no_utf8() -> bool:
    return codecs.lookup(sys.stdout.encoding or "ascii").name != "utf-8"


def text(block: str) -> None:
    """A block of text that we made ourselves."""
    with blocking():
        sys.stdout.write(block if block.endswith("\n") else block + "\n")
        sys.stdout.flush()


def columns(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as kubectl prints them: three blanks apart, header in capitals."""
    lines = [header, *map(_harmless, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = "   ".join(f"{{:<{width}}}" for width in widths).format
    text("\n".join([padded(*line).rstrip() for line in lines]))


def _harmless(row: Sequence[str]) -> Sequence[str]:
    """Each cell as `neutralise` has it: that changes nothing where a whole row is printable."""
    return row if "".join(row).isprintable() else [neutralise(cell) for cell in row]
