"""One pair as one line, for a monitor with more pairs than have room for three each. Pure.

What it does, what is wrong with it or where it is, when it is done, and how far it is: of that as
much as fits, what needs a person before all else. What is not said of a pair here stands in the
three lines of `console.presentation.pairs.rows`, which the chosen one has.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from console.domain.board import KNOWN_ENDS, PairBoard, PairStatus
from console.domain.estimates import PairTime
from console.presentation import pairs
from console.presentation.pair_times import badge, ends, pace
from console.presentation.route_bars import Columns
from console.presentation.tones import (
    PAIR_MARKS,
    Line,
    Tone,
    cut,
    joined,
    spread,
    text,
    width_of,
)

_LEAST_WHY = 16
"""Characters of a cause that still say something."""


def line(
    pair: PairBoard,
    width: int,
    now: datetime | None,
    alike: str = "",
    time: PairTime | None = None,
    columns: Columns = Columns(),  # noqa: B008 - a value
) -> Line:
    """In that many cells; below those of other pairs, by the same columns."""
    for left, right in _forms(pair, width, now, alike, time, columns):
        if width_of(left) + width_of(right) < width:
            return spread(left, right, width)
    return spread(left, right, width)


def _forms(
    pair: PairBoard,
    width: int,
    now: datetime | None,
    alike: str,
    time: PairTime | None,
    columns: Columns,
) -> Iterator[tuple[Line, Line]]:
    """What can stand at the left and at the right, the fullest first."""
    wrong, counts = _wrong(pair, now, alike, time), pairs.counts(pair, columns)
    close = columns.stand_close(width, width_of(counts))
    head = joined([pairs.numbered(pair, columns, close=close), pairs.status(pair, now, time)], "  ")
    for end in (*ends(time, now), ()):
        for more in (_where(pair, time), _where(pair, None), ()):
            yield joined([head, wrong, more], "  "), joined([end, counts], "  ")
    if (room := width - width_of(head) - width_of(counts) - len("   ")) >= _LEAST_WHY:
        yield joined([head, cut(wrong, room)], "  "), counts
    brief = joined([pairs.numbered(pair, columns, close=close), _brief(pair, wrong)], "  ")
    if _is_ending(pair):
        brief = cut(brief, max(width - width_of(counts) - 2, _LEAST_WHY))
    for told in (counts, pairs.counts(pair, columns, tries=False), pairs.driven(pair)):
        yield brief, told


def _wrong(pair: PairBoard, now: datetime | None, alike: str, time: PairTime | None) -> Line:
    """Why it does not go on, or what is wrong with its time; empty where nothing is."""
    if _is_ending(pair):
        return pairs.ended_by(pair, alike)
    return badge(time, now) if time is not None and now is not None else ()


def _is_ending(pair: PairBoard) -> bool:
    """Whether that is told with a mark of its own."""
    return bool(pair.blocked) or pair.status in (PairStatus.FAILED, PairStatus.BACKING_OFF)


def _where(pair: PairBoard, time: PairTime | None) -> Line:
    """The route that it drives, and with `time` how simulated time passes there."""
    if pair.status in KNOWN_ENDS or not pair.route:
        return ()
    told = pace(time) if time is not None and time.lag is None else ""
    return text(("▸ ", Tone.MUTED), pair.route, (f"  {told}" if told else "", Tone.MUTED))


def _brief(pair: PairBoard, wrong: Line) -> Line:
    """What is wrong takes the place of the status: its mark says the rest."""
    glyph, tone = PAIR_MARKS[pair.status]
    if not wrong:
        return text((f"{glyph} {pair.status.value}", tone))
    return wrong if _is_ending(pair) else joined([text((glyph, tone)), wrong], " ")
