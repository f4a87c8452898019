"""What a reader sees of toned lines: their words, without their tones."""

from __future__ import annotations

from collections.abc import Iterable

from console.presentation.tones import Line, Tone


def said(line: Line) -> str:
    """The words of one line."""
    return "".join(span for span, _ in line)


def all_said(lines: Iterable[Line]) -> str:
    """The words of many, a line each."""
    return "\n".join(map(said, lines))


def toned(line: Line, tone: Tone) -> str:
    """The words of a line that have that meaning."""
    return "".join(span for span, meant in line if meant is tone)
