"""YAML text as toned lines: keys, values and comments told apart. No parser, one look a line."""

from __future__ import annotations

import re

from console.presentation.tones import Line, Tone, text

_KEY = re.compile(r"^(\s*(?:- )*)([\w./$\"'-]+)(:)( .*|)$")
_ITEM = re.compile(r"^(\s*(?:- )+)(.*)$")


def highlighted(document: str) -> list[Line]:
    """One line each."""
    return [_line(line) for line in document.splitlines()]


def _line(line: str) -> Line:
    if line.lstrip().startswith("#"):
        return text((line, Tone.MUTED))
    if match := _KEY.match(line):
        indent, key, colon, value = match.groups()
        return text((indent, Tone.MUTED), (key, Tone.ACCENT), (colon, Tone.MUTED), value)
    if match := _ITEM.match(line):
        return text((match[1], Tone.MUTED), match[2])
    return text(line)
