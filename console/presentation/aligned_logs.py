"""The logs of both halves of a pair beside each other, aligned by time, around one moment. Pure.

What was said within a tenth of a second stands in the same rows. Where there is no room for two
columns both are one, each line with its half's name before it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import groupby, zip_longest

import msgspec

from console.diagnosis.scene import SeenLine, half_of
from console.domain.spans import in_utc
from console.presentation.tones import BLANK, Line, Span, Tone, cut
from console.presentation.wrapping import cells_of

EVIDENCE = "▶"
"""Before a line that tells the cause."""
BESIDE = 100
"""Columns from which both have one of their own."""
_CLOCK = 9
_TAB = 4
_INSTANT = 100_000
"""Microseconds."""
_SHORT = {"simulator": "sim", "agent": "agt"}

Place = tuple[str, int | None]
"""A container, and the number of a line in its log."""


class Aligned(msgspec.Struct, frozen=True):
    """Rows, and the one of the moment itself."""

    rows: tuple[Line, ...] = ()
    ruler: int = 0

    @property
    def hits(self) -> list[int]:
        """The rows with a line that was marked."""
        return [n for n, row in enumerate(self.rows) if any(t is Tone.MATCH for _, t in row)]


def aligned(
    simulator: Sequence[SeenLine],
    agent: Sequence[SeenLine],
    moment: tuple[datetime, str],
    width: int,
    marked: Collection[Place] = (),
) -> Aligned:
    """`moment`: the time before which lines stand above the ruler, and its words."""
    at, told = moment
    put = _beside if width >= BESIDE else _merged
    lines = [*_timed(simulator), *_timed(agent)]
    above = [each for each in lines if each[0] < at]
    below = [each for each in lines if each[0] >= at]
    upper = list(put(above, width, marked))
    ruler: Line = ((f"── {told} ".ljust(width, "─"), Tone.ACCENT),)
    return Aligned((*upper, cut(ruler, width), *put(below, width, marked)), len(upper))


_Timed = tuple[datetime, SeenLine]


def _timed(lines: Sequence[SeenLine]) -> Iterator[_Timed]:
    """A line without a time is of that of the one before it."""
    at = next((each.at for each in lines if each.at is not None), None)
    for each in lines:
        at = each.at or at
        if at is not None:
            yield at, each


def _beside(lines: list[_Timed], width: int, marked: Collection[Place]) -> Iterator[Line]:
    column = (width - _CLOCK - 1) // 2
    for instant, same in groupby(sorted(lines, key=_of_instant), _of_instant):
        both: dict[str, list[SeenLine]] = {"simulator": [], "agent": []}
        for _, line in same:
            both[half_of(line.container)].append(line)
        for left, right in zip_longest(both["simulator"], both["agent"]):
            yield (
                (f"{instant:%H:%M:%S}".ljust(_CLOCK), Tone.MUTED),
                *_padded(_line(left, marked), column),
                ("│", Tone.RULE),
                *cut(_line(right, marked), column),
            )


def _merged(lines: list[_Timed], width: int, marked: Collection[Place]) -> Iterator[Line]:
    for at, line in sorted(lines, key=lambda each: each[0]):
        clock = f"{in_utc(at):%H:%M:%S}"
        half = half_of(line.container)
        name: Span = (f"{_SHORT[half]} ", Tone.ACCENT if half == "agent" else Tone.OK)
        yield cut(((f"{clock:<{_CLOCK}}", Tone.MUTED), name, *_line(line, marked)), width)


def _of_instant(timed: _Timed) -> datetime:
    at = in_utc(timed[0])
    return at.replace(microsecond=at.microsecond // _INSTANT * _INSTANT)


def _line(line: SeenLine | None, marked: Collection[Place]) -> Line:
    if line is None:
        return BLANK
    said = line.text.expandtabs(_TAB)
    if (line.container, line.number) in marked:
        return ((f"{EVIDENCE} {said}", Tone.MATCH),)
    return ((f"  {said}", Tone.TEXT),)


def _padded(line: Line, width: int) -> Line:
    shown = cut(line, width)
    wide = sum(cells_of(each) - 1 for text, _ in shown for each in text if not each.isascii())
    if wide:
        # Each of two columns takes the place of two narrow ones.
        shown = cut(line, max(width - wide, 0))
    taken = sum(cells_of(each) for text, _ in shown for each in text)
    return (*shown, (" " * max(width - taken, 0), Tone.TEXT))
