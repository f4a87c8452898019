"""Distributions, infractions by kind and by route, and one result against another, as plots. Pure.

The library draws; its text is taken apart into toned lines here, so that every theme fits, and a
number stands beside each bar. Imported only where something is plotted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise, zip_longest

import plotille

from console.domain.pairing import drive_of
from console.domain.progress import FinishedRoute
from console.operations.outcome.comparison import MEASURES, ResultComparison
from console.operations.outcome.view import ResultsView
from console.presentation.comparison_lines import letter, route_name
from console.presentation.infraction_marks import code, words
from console.presentation.tones import BLANK, Line, Tone, cut, text, width_of

TENTHS = 10
_BAR = re.compile(r"^.* \| (.*) ([0-9]+)$")
"""The frame around the bars has no number at its end."""
_LEAST_BAR, _NUMBER = 8, 6
_LARGE, _SMALL = (50, 20), (40, 10)
"""Columns and rows of a figure, so that its ticks are whole numbers; what stands around them:"""
_AROUND = 16
_INSIDE = 98.5
"""The library draws nothing on the upper edges: a score of 100 is a dot in the last cell."""
_TWO_COLUMNS, _BETWEEN = 130, 4
EMPTY_BRAILLE = "\u2800"
_MEASURED: tuple[tuple[str, Callable[[FinishedRoute], float], float], ...] = (
    ("DRIVING SCORE", lambda row: row.score_composed, 100.0),
    ("ROUTE COMPLETION", lambda row: row.score_route, 100.0),
    ("INFRACTION PENALTY", lambda row: row.score_penalty, 1.0),
)


def bars(labels: Sequence[str], counts: Sequence[int], width: int) -> list[Line]:
    """A bar for each label, and its number behind."""
    if not labels:
        return []
    longest = max(map(len, labels))
    room = max(width - longest - _NUMBER - 3, _LEAST_BAR)
    drawn = plotille.hist_aggregated(list(counts), labels=list(labels), width=room, linesep="\n")
    found = (each for each in map(_BAR.match, drawn.splitlines()) if each)
    return [
        text((f"{label:>{longest}} ", Tone.TEXT), ("│", Tone.RULE), (_solid(each[1]), Tone.ACCENT),
             (f" {each[2]}", Tone.STRONG))
        for label, each in zip(labels, found, strict=True)
    ]  # fmt: skip


def _solid(drawn: str) -> str:
    """Blanks for the empty cells that the library draws."""
    return drawn.replace(EMPTY_BRAILLE, " ").rstrip()


def distribution(values: Iterable[float], most: float, width: int) -> list[Line]:
    """How many values each tenth from zero to `most` has; the last one with its upper end."""
    counts = [0] * TENTHS
    for value in values:
        counts[max(min(int(value / most * TENTHS), TENTHS - 1), 0)] += 1
    digits = 1 if most <= 1 else 0
    ends = [f"{most * n / TENTHS:.{digits}f}" for n in range(TENTHS + 1)]
    labels = [f"{low} – {high}" for low, high in pairwise(ends)]
    return bars(labels, counts, width)


def of_result(view: ResultsView, width: int) -> list[Line]:
    """Scores, then infractions by kind and the routes on which each occurred; or side by side."""
    if not view.rows:
        return [text(("There is no finished route to plot.", Tone.MUTED))]
    if width < _TWO_COLUMNS:
        return [*_scores(view, width), *_kinds(view, width)]
    half = (width - _BETWEEN) // 2
    return side_by_side(_scores(view, half), _kinds(view, half), half)


def side_by_side(left: Sequence[Line], right: Sequence[Line], half: int) -> list[Line]:
    """Two lists as one, each in a half of that width."""
    rows = []
    for one, other in zip_longest(left, right, fillvalue=BLANK):
        fitted = cut(one, half)
        gap = (" " * (half - width_of(fitted) + _BETWEEN), Tone.TEXT)
        rows.append((*fitted, gap, *cut(other, half)))
    return rows


def _scores(view: ResultsView, width: int) -> list[Line]:
    lines: list[Line] = []
    for title, of, most in _MEASURED:
        lines += [_title(f"{title}: drives in each tenth")]
        lines += [*distribution(map(of, view.rows), most, width), BLANK]
    return lines


def _kinds(view: ResultsView, width: int) -> list[Line]:
    kinds = [each for each in view.infractions if each.count]
    if not kinds:
        return [text(("no infraction", Tone.MUTED))]
    labels = [f"{words(each.kind)} {code(each.kind)}" for each in kinds]
    lines = [_title("INFRACTIONS BY KIND")]
    lines += bars(labels, [each.count for each in kinds], width)
    for each in kinds:
        lines += [BLANK, *_on_routes(each.kind, view.rows, width)]
    return [cut(line, width) for line in lines]


def _on_routes(kind: str, rows: Sequence[FinishedRoute], width: int) -> list[Line]:
    times = [(row, len(dict(row.infractions).get(kind, ()))) for row in rows]
    there = [(_drive(row), number) for row, number in times if number]
    title = f"{words(kind).upper()}: on {len(there)} of {len(rows)} drives"
    labels, counts = [name for name, _ in there], [number for _, number in there]
    return [_title(title), *bars(labels, counts, width)]


def _drive(row: FinishedRoute) -> str:
    """`7`, or `7 rep 2` of a repetition that is not the first."""
    name = route_name(drive_of(row.route_id)[0])
    return f"{name} rep {row.repetition}" if row.repetition else name


def _title(told: str) -> Line:
    return text((told, Tone.MUTED))


def of_comparison(compared: ResultComparison, width: int) -> list[Line]:
    """Each other result against the first, route by route; then infractions by kind of all."""
    lines: list[Line] = []
    for index in range(1, len(compared.results)):
        lines += [*against(compared, index, width), BLANK]
    for kind in compared.kinds:
        lines.append(_title(f"{words(kind).upper()}: a pass of {len(compared.common)} routes"))
        counts = [round(means.times(kind)) for means in compared.means]
        lines += [*bars([letter(n) for n in range(len(counts))], counts, width), BLANK]
    return [cut(line, width) for line in lines]


def against(compared: ResultComparison, index: int, width: int) -> list[Line]:
    """A dot a route: above the line it scores more in that result than in the first one."""
    of = MEASURES["driving score"]
    pairs = [
        (of(first), of(other))
        for route in compared.common
        if (first := route.each[0]) is not None and (other := route.each[index]) is not None
    ]
    figure = plotille.Figure()
    figure.with_colors = False
    figure.width, figure.height = _LARGE if width >= _LARGE[0] + _AROUND else _SMALL
    figure.set_x_limits(0, 100)
    figure.set_y_limits(0, 100)
    figure.x_label, figure.y_label = letter(0), letter(index)
    figure.y_ticks_fkt = figure.x_ticks_fkt = lambda low, _high: f"{low:.0f}"
    figure.plot([0, 100], [0, 100])
    dots = [(min(x, _INSIDE), min(y, _INSIDE)) for x, y in pairs]
    figure.scatter([x for x, _ in dots], [y for _, y in dots], marker="●")
    above = sum(y > x for x, y in pairs)
    below = sum(y < x for x, y in pairs)
    title = (
        f"DRIVING SCORE, {letter(index)} AGAINST {letter(0)}: {above} routes above, {below} below"
    )
    rows = str(figure.show()).splitlines()
    return [_title(title), *(text((_solid(row), Tone.ACCENT)) for row in rows)]
