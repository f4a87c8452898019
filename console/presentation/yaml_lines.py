"""YAML text as toned lines: keys, values and comments told apart. No parser, one look a line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from textwrap import wrap

from console.presentation.tones import Line, Tone, text

_NOTE_WIDTH = 60
"""Characters: they have to be read beside a form too."""
_KEY = re.compile(r"^(\s*(?:- )*)([\w./$\"'-]+)(:)( .*|)$")
_ITEM = re.compile(r"^(\s*(?:- )+)(.*)$")


def highlighted(document: str) -> list[Line]:
    """One line each."""
    return [_line(line) for line in document.splitlines()]


def commented(notes: Iterable[str]) -> str:
    """What a document cannot say, as comments beneath it."""
    lines = (line for note in notes for line in ("", *wrap(note, _NOTE_WIDTH)))
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)


def _line(line: str) -> Line:
    if line.lstrip().startswith("#"):
        return text((line, Tone.MUTED))
    if match := _KEY.match(line):
        indent, key, colon, value = match.groups()
        return text((indent, Tone.MUTED), (key, Tone.ACCENT), (colon, Tone.MUTED), value)
    if match := _ITEM.match(line):
        return text((match[1], Tone.MUTED), match[2])
    return text(line)
