"""What is looked for in a text on a screen: which lines have it, and how it stands out. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from console.presentation.tones import Line, Span, Tone


def pattern_of(typed: str) -> re.Pattern[str]:
    """An expression, case ignored; what is none is looked for as it stands."""
    try:
        return re.compile(typed, re.IGNORECASE)
    except re.error:
        return re.compile(re.escape(typed), re.IGNORECASE)


def lines_with(pattern: re.Pattern[str], rows: Sequence[str]) -> list[int]:
    """The numbers of those that have it."""
    return [number for number, row in enumerate(rows) if pattern.search(row)]


def next_of(found: Sequence[int], here: int, step: int) -> int:
    """The one below `here`, or above it by a `step` of -1; around the ends."""
    if step > 0:
        return next((number for number in found if number > here), found[0])
    return next((number for number in reversed(found) if number < here), found[-1])


def standing_out(line: Line, pattern: re.Pattern[str]) -> Line:
    """The same line, its hits in a tone of their own."""
    whole = "".join(span for span, _ in line)
    hits = [hit.span() for hit in pattern.finditer(whole) if hit.group()]
    return tuple(_split(line, hits)) if hits else line


def _split(line: Line, hits: Sequence[tuple[int, int]]) -> Iterator[Span]:
    edges = sorted({edge for hit in hits for edge in hit})
    at = 0
    for span, tone in line:
        inside = [edge - at for edge in edges if at < edge < at + len(span)]
        for start, stop in zip([0, *inside], [*inside, len(span)], strict=True):
            hit = any(first <= at + start < last for first, last in hits)
            yield span[start:stop], Tone.MATCH if hit else tone
        at += len(span)
