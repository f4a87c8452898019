"""The timelines of pairs, drawn to scale in so many columns. Pure.

A column is a piece of time, the same in every row. What it shows is what went on in its middle; a
death or an event in it is always shown. Which piece of time is looked at is `time_window`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from math import ceil, inf

import msgspec

from console.diagnosis.lanes import Lane, SpanKind, TimeSpan
from console.diagnosis.timeline import Death, DeathRole, Mark, MarkKind, PairTimeline
from console.domain.spans import EPOCH, in_utc, shifted
from console.presentation.endings import ended_how
from console.presentation.time_window import TimeWindow
from console.presentation.tones import Line, Span, Tone, cut

FILLS: dict[SpanKind, tuple[str, Tone]] = {
    SpanKind.WAITING: ("·", Tone.MUTED),
    SpanKind.BOOT: ("░", Tone.TEXT),
    SpanKind.DRIVING: ("━", Tone.OK),
    SpanKind.BACK_OFF: ("╱", Tone.WARN),
    SpanKind.IDLE: ("┄", Tone.MUTED),
    SpanKind.OVER: (" ", Tone.TEXT),
    SpanKind.UNKNOWN: ("?", Tone.MUTED),
}
"""How each kind looks but for routes, which have their names in them."""
_ROUTES = (Tone.CELL_PART, Tone.CELL_NOW)
DEATHS: dict[DeathRole, tuple[str, Tone]] = {
    DeathRole.FIRST: ("✗", Tone.ALARM),
    DeathRole.TOO: ("✗", Tone.FAIL),
    DeathRole.UNTOLD: ("✗", Tone.WARN),
    DeathRole.INDUCED: ("×", Tone.MUTED),
    DeathRole.STOPPED: ("■", Tone.MUTED),
}
"""In the order in which they count where they share a column."""
_ROLES = tuple(DEATHS)
_WIDE = 100
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400)
"""Seconds between two times on the axis."""
_FORMS = ((60, "%H:%M:%S"), (86400, "%H:%M"), (366 * 86400, "%d %b"), (inf, "%Y"))
"""How a time is told between steps of less than so many seconds."""
_APART = 12
"""Columns."""


class _Cells(msgspec.Struct):
    """One row under construction, a character and a tone a column."""

    characters: list[str]
    tones: list[Tone]

    def put(self, column: int, text: str, tone: Tone) -> None:
        for place, character in enumerate(text, start=column):
            if 0 <= place < len(self.characters):
                self.characters[place], self.tones[place] = character, tone

    @property
    def line(self) -> Line:
        pairs = zip(self.characters, self.tones, strict=True)
        groups = groupby(pairs, key=lambda each: each[1])
        return tuple(("".join(character for character, _ in own), tone) for tone, own in groups)


def _empty(width: int) -> _Cells:
    return _Cells([" "] * width, [Tone.TEXT] * width)


def gutter(width: int, pairs: int) -> int:
    """Columns of the names at the left of a picture that wide."""
    return 12 if width >= _WIDE and pairs == 1 else 6


def rows_of(pairs: int) -> int:
    """Of a picture of so many pairs."""
    return 2 * pairs + 3


def picture(
    timelines: Sequence[PairTimeline], window: TimeWindow, cursor: datetime, width: int
) -> list[Line]:
    """An axis, two rows a pair, their events, and what went on at the cursor.

    Every row has a width of its own, `width` at the most.
    """
    names = gutter(width, len(timelines))
    room = width - names
    if room < 1 or not timelines:
        return []
    rows = [("", _axis(window, cursor, room))]
    for each in timelines:
        rows += [(_name(lane, each, names), _lane(each, lane, window, cursor, room))
                 for lane in each.lanes]  # fmt: skip
    told = "events" if names > len("events") else "ev"
    rows.append((told, _events(timelines, window, cursor, room)))
    rows.append(("", _told(timelines, window, cursor, room)))
    return [((f"{name:<{names}}", Tone.MUTED), *line) for name, line in rows]


def _name(lane: Lane, of: PairTimeline, names: int) -> str:
    if names > len("simulator"):
        return lane.half
    return f"{'sim' if lane.half == 'simulator' else 'agt'} {of.number}"


# --- one row


def _lane(of: PairTimeline, lane: Lane, window: TimeWindow, cursor: datetime, width: int) -> Line:
    cells = _empty(width)
    routes = [each for each in lane.spans if each.kind is SpanKind.ROUTE]
    runs = [(span, len(list(own))) for span, own in groupby(_shown(lane, window, width))]
    names = all(len(span.route) + 2 <= length for span, length in runs if span in routes)
    column = 0
    for span, length in runs:
        if span is not None:
            tone = _ROUTES[routes.index(span) % 2] if span in routes else FILLS[span.kind][1]
            cells.put(column, _filled(span, length, whole_names=names), tone)
        column += length
    if (at := window.column(cursor, width)) is not None:
        cells.put(at, cells.characters[at], Tone.MATCH)
    deaths = [each for each in of.deaths if each.ending.half == lane.half]
    for death in sorted(deaths, key=lambda each: -_ROLES.index(each.role)):
        if (at := window.column(death.at, width)) is not None:
            cells.put(at, *DEATHS[death.role])
    return cells.line


def _shown(lane: Lane, window: TimeWindow, width: int) -> list[TimeSpan | None]:
    """What went on in the middle of each column."""
    found: list[TimeSpan | None] = []
    spans = iter(lane.spans)
    span = next(spans, None)
    for column in range(width):
        middle = window.time(column + 0.5, width)
        while span is not None and span.until <= middle:
            span = next(spans, None)
        found.append(span if span is not None and span.since <= middle else None)
    return found


def _filled(span: TimeSpan, length: int, *, whole_names: bool) -> str:
    if span.kind is SpanKind.BOOT and span.attempt is not None:
        return f"░{span.attempt}"[:length].ljust(length, "░")
    if span.kind is not SpanKind.ROUTE:
        return FILLS[span.kind][0] * length
    name = span.route if whole_names else short_route(span.route)
    return (f"▸{name}" if len(name) + 2 <= length else "▸").ljust(length, "─")


def short_route(route: str) -> str:
    """`7` of `RouteScenario_7`."""
    return route.rpartition("_")[2]


def _axis(window: TimeWindow, cursor: datetime, width: int) -> Line:
    cells = _empty(width)
    least = window.seconds * _APART / width
    days = ceil(least / _STEPS[-1]) * _STEPS[-1]
    step = next((each for each in _STEPS if each >= least), days)
    first = -(-window.since.timestamp() // step) * step
    at = window.column(cursor, width)
    form = next(form for longest, form in _FORMS if step < longest)
    for number in range(int(window.seconds // step) + 1):
        time = shifted(EPOCH, first + number * step)
        label = f"╷{time:{form}}"
        column = window.column(time, width)
        if column is None or column + len(label) > width:
            continue
        if at is None or not column <= at < column + len(label):
            cells.put(column, label, Tone.MUTED)
    if at is not None:
        cells.put(at, "▼", Tone.ACCENT)
    return cells.line


def _events(
    timelines: Sequence[PairTimeline], window: TimeWindow, cursor: datetime, width: int
) -> Line:
    """What is bad hides what is not."""
    cells = _empty(width)
    every = {mark for each in timelines for mark in each.marks}
    for mark in sorted(every, key=_loudness):
        if (at := window.column(mark.at, width)) is not None:
            cells.put(at, *_glyph(mark))
    if (at := window.column(cursor, width)) is not None and cells.characters[at] == " ":
        cells.put(at, "│", Tone.ACCENT)
    return cells.line


def _loudness(mark: Mark) -> tuple[bool, bool, datetime]:
    return mark.bad, mark.kind is MarkKind.CONSOLE, mark.at


def _glyph(mark: Mark) -> Span:
    if mark.bad:
        return "!", Tone.WARN
    return ("◆", Tone.ACCENT) if mark.kind is MarkKind.CONSOLE else ("╵", Tone.MUTED)


# --- what it says


def _told(
    timelines: Sequence[PairTimeline], window: TimeWindow, cursor: datetime, width: int
) -> Line:
    at = window.column(cursor, width)
    if at is None:
        return ()
    column = timedelta(seconds=window.seconds / width)
    time, *rest = moment(timelines, window.time(at, width), cursor, column)
    said = " · ".join(rest)
    return cut(((f"{time}  ", Tone.ACCENT), (said, Tone.TEXT)), width)


def moment(
    timelines: Sequence[PairTimeline], begin: datetime, cursor: datetime, column: timedelta
) -> list[str]:
    """The time, and what befell within the column; else what each half of a lone pair did."""
    until = shifted(begin, column)
    deaths = [(e.number, d) for e in timelines for d in e.deaths if begin <= d.at < until]
    told = [f"{in_utc(cursor):%H:%M:%S}"]
    for number, death in deaths:
        pair = f"pair {number} " if len(timelines) > 1 else ""
        told.append(f"{pair}{death_words(death)}")
    marks = dict.fromkeys(m.text for e in timelines for m in e.marks if begin <= m.at < until)
    told += marks
    if not deaths and len(timelines) == 1:
        told[1:1] = [_doing(each, cursor) for each in timelines[0].lanes if each.at(cursor)]
    return told


def death_words(death: Death) -> str:
    """`simulator crashed (SIGSEGV) first`; `agent lost its partner`."""
    first = " first" if death.role is DeathRole.FIRST else ""
    return f"{death.ending.half} {ended_how(death.ending)}{first}"


def _doing(lane: Lane, at: datetime) -> str:
    span = lane.at(at)
    assert span is not None
    what = f"drives {span.route}" if span.route else span.kind.value
    attempt = f", attempt {span.attempt}" if span.attempt and lane.half == "agent" else ""
    return f"{lane.half}: {what}{attempt}"
