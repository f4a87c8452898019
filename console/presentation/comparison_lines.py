"""Results against each other as lines and cells. Pure.

A letter stands for each result, A for the one that all others are held against. A mark says better
or worse beside each delta, for of infractions less is better, and colour may be missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from console.domain.board import tally
from console.domain.hostile_text import neutralise
from console.operations.outcome.comparison import (
    MEASURES,
    ComparedRoute,
    ResultComparison,
    RouteMeans,
    listed,
)
from console.presentation.infraction_marks import words
from console.presentation.tones import BLANK, Line, Tone, cut, joined, text
from console.presentation.wrapping import all_wrapped, wrapped
from console.results.subsets import ROUTE

BETTER, WORSE, SAME, ABSENT = "▲", "▼", "=", "–"
DIGITS = {
    "driving score": 2,
    "route completion": 2,
    "infraction penalty": 3,
    "infractions": 0,
    "success rate": 2,
}
LESS_IS_BETTER = "infractions"
TINY = 5e-7
DELTA = 9
"""Cells of one."""
_TITLE = 21


def letter(index: int) -> str:
    """A, B, …"""
    return chr(ord("A") + index)


def number(value: float, measure: str) -> str:
    """With as many digits as tell something: a mean over repetitions is no whole number."""
    digits = DIGITS.get(measure, 0)
    return f"{value:.{digits}f}" if digits or value == round(value) else f"{value:.2f}"


def told_delta(by: float | None, measure: str) -> tuple[str, Tone]:
    """`▲ +3.20` where that is better; `–` where one of both is missing."""
    if by is None:
        return ABSENT, Tone.MUTED
    if abs(by) < TINY:
        return SAME, Tone.MUTED
    better = (by > 0) != (measure == LESS_IS_BETTER)
    sign = "+" if by > 0 else "-"
    told = f"{BETTER if better else WORSE} {sign}{number(abs(by), measure)}"
    return told, Tone.OK if better else Tone.WARN


# --- what is compared


def results_rows(comparison: ResultComparison, width: int, *, small: bool = False) -> list[Line]:
    """Each with its letter, whether it is final, and where it is from; a row each where `small`."""
    lines = [_result(comparison, index) for index in range(len(comparison.results))]
    return [cut(line, width) for line in lines] if small else all_wrapped(lines, width, 3)


def _result(comparison: ResultComparison, index: int) -> Line:
    result, view = comparison.results[index], comparison.results[index].view
    parts = [
        text((f"{letter(index)}  ", Tone.ACCENT), (neutralise(result.name), Tone.STRONG)),
        text(f"{tally(view.done, view.total)} drives"),
    ]
    if view.final:
        tone = Tone.OK if view.eligible else Tone.WARN
        parts.append(text(("✓ final" if view.eligible else "✗ final", tone)))
        parts.append(text((view.entry, tone)))
    else:
        parts.append(text(("◑ not final", Tone.WARN), f": {neutralise(view.why_not_final)}"))
    origin = text((neutralise(result.origin), Tone.MUTED)) if result.origin else ()
    return joined([*parts, origin], "  ")


def scope(comparison: ResultComparison) -> str:
    """Over how many routes the means are, and of how many there are."""
    count, every = len(comparison.common), len(comparison.routes)
    return f"{count} of {every} routes in common" if count < every else f"all {every} routes"


def gaps(comparison: ResultComparison, width: int) -> list[Line]:
    """What is missing in which, and which routes are not the same though their names are."""
    lines = [
        text((f"{letter(index)} lacks ", Tone.WARN), listed(_short(comparison.missing(index)), 30))
        for index in range(len(comparison.results))
        if comparison.missing(index)
    ]
    if comparison.unlike:
        told = listed(_short(comparison.unlike), 30)
        lines.append(text(("of other lengths, so not the same route: ", Tone.WARN), told))
    return all_wrapped(lines, width, 2)


def _short(routes: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(route_name, routes))


def route_name(route: str) -> str:
    """`7`, as subsets have it."""
    return neutralise(route.removeprefix(ROUTE))


# --- means and infractions


def means_rows(comparison: ResultComparison, width: int) -> list[Line]:
    """Every measure: the first one's mean, and the others' with their deltas."""
    return all_wrapped([_measured(comparison, each) for each in comparison.measures], width, 2)


def _measured(comparison: ResultComparison, measure: str) -> Line:
    of = MEASURES[measure]
    return _against(measure, comparison.means, measure, [of(each) for each in comparison.means])


def _against(
    title: str,
    means: Sequence[RouteMeans],
    measure: str,
    values: Sequence[float],
    rooms: tuple[int, int, int] = (_TITLE, 6, DELTA - 1),
) -> Line:
    """`rooms`: the cells of the title, of a value, of a delta."""
    titled, valued, apart_by = rooms
    title = title if len(title) <= titled else f"{title[: titled - 1]}…"
    parts = [text((f"{title:<{titled}}", Tone.TEXT))]
    for index in range(len(means)):
        told, tone = told_delta(values[index] - values[0], measure)
        apart = [(f" {told:<{apart_by}}", tone)] if index else []
        value = (f"{number(values[index], measure):>{valued}}", Tone.STRONG)
        parts.append(text((f"{letter(index)} ", Tone.MUTED), value, *apart))
    return joined(parts, "  ")


def kinds_rows(comparison: ResultComparison, width: int) -> list[Line]:
    """Every kind of infraction that occurred on the common routes, a mean drive of each."""
    means = comparison.means
    counted = {words(kind): [each.times(kind) for each in means] for kind in comparison.kinds}
    rooms = _rooms(counted, width)
    lines = [
        _against(kind, means, LESS_IS_BETTER, values, rooms) for kind, values in counted.items()
    ]
    return all_wrapped(lines, width, 2) or [text(("no infraction", Tone.MUTED))]


def _rooms(counted: Mapping[str, Sequence[float]], width: int) -> tuple[int, int, int]:
    """As narrow as their numbers are. A long name is cut before a row is broken between numbers."""
    valued = apart_by = others = longest = 0
    for kind, values in counted.items():
        longest, others = max(longest, len(kind)), len(values) - 1
        valued = max(valued, *(len(number(each, LESS_IS_BETTER)) for each in values))
        deltas = [told_delta(each - values[0], LESS_IS_BETTER)[0] for each in values[1:]]
        apart_by = max(apart_by, *map(len, deltas)) if deltas else apart_by
    numbers = (others + 1) * (len("  A ") + valued) + others * (1 + apart_by)
    return min(longest, max(width - numbers, _TITLE)), valued, apart_by


def kind_deltas(one: RouteMeans, other: RouteMeans) -> Iterator[tuple[str, float]]:
    """Of each kind whose numbers differ: how many more the one has."""
    for kind in sorted({kind for each in (one, other) for kind, _ in each.infractions}):
        by = one.times(kind) - other.times(kind)
        if abs(by) > TINY:
            yield kind, by


def route_rows(comparison: ResultComparison, route: ComparedRoute, width: int) -> list[Line]:
    """One route in every result: how it ended, scores, infractions."""
    lines = [text((f"ROUTE {route_name(route.name)}", Tone.MUTED))]
    for index, means in enumerate(route.each):
        mark = (f"{letter(index)}  ", Tone.ACCENT)
        if means is None:
            lines.append(text(mark, ("missing", Tone.WARN)))
            continue
        lines += wrapped(text(mark, _ending(means)), width, 3)
        lines += wrapped(text(f"   {_infractions(means)}"), width, 3)
    if route.unlike:
        told = ", ".join(f"{means.length:.0f} m" for means in route.each if means)
        lines += wrapped(text(("not one route: ", Tone.WARN), told), width, 2)
    return lines


def _ending(means: RouteMeans) -> str:
    endings = ", ".join(
        f"{means.statuses.count(each)} x {each}" if means.drives > 1 else each
        for each in dict.fromkeys(means.statuses)
    )
    return f"{means.composed:.2f}  {neutralise(endings)}"


def _infractions(means: RouteMeans) -> str:
    told = (f"{number(times, LESS_IS_BETTER)} {words(kind)}" for kind, times in means.infractions)
    return ", ".join(told) or "no infraction"


def side(
    comparison: ResultComparison, selected: ComparedRoute | None, width: int, *, small: bool
) -> list[Line]:
    """Means, infractions, what is missing and the selected route; that one first where `small`."""
    title = Tone.MUTED
    means = [text((f"MEANS OVER {scope(comparison).upper()}", title))]
    lines = [*means, *means_rows(comparison, width), BLANK]
    route = route_rows(comparison, selected, width) if selected else []
    lines = [*route, BLANK, *lines] if small else lines
    lines += [text(("INFRACTIONS, A PASS OF THESE ROUTES", title)), *kinds_rows(comparison, width)]
    lacking = gaps(comparison, width)
    lines += [BLANK, text(("NOT IN ALL", title)), *lacking] if lacking else []
    return lines if small else [*lines, BLANK, *route]
