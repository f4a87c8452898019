"""Results against each other as the rows of a table: a route each, a letter a result. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from console.operations.outcome.comparison import (
    MEASURES,
    ComparedRoute,
    ResultComparison,
    delta,
    in_natural_order,
)
from console.presentation.comparison_lines import (
    ABSENT,
    BETTER,
    DELTA,
    LESS_IS_BETTER,
    SAME,
    WORSE,
    kind_deltas,
    letter,
    number,
    route_name,
    told_delta,
)
from console.presentation.infraction_marks import code, words
from console.presentation.table import GAP, ListColumn, Order, in_order
from console.presentation.tones import Line, Tone, joined, text
from console.presentation.word_filter import fits

_NAME, _VALUE, _LEAST_CHANGES = 7, 7, 10
ROUTE, _CHANGES = "ROUTE", "INFRACTIONS"
_APART = "Δ "
_IN_WORDS = {BETTER: "better", WORSE: "worse", SAME: "same", ABSENT: "another length"}


def others_shown(count: int, width: int) -> int:
    """How many results beside the first one a table of that width has room for; one at least."""
    fixed = _NAME + GAP + _VALUE + GAP + _LEAST_CHANGES + 2
    return max(min((width - fixed) // (_VALUE + DELTA + 2 * GAP), count - 1), 1)


def shown_others(count: int, width: int, first: int) -> range:
    """Which those are, if `first` is to be the first of them."""
    room = others_shown(count, width)
    start = max(min(first, count - room), 1)
    return range(start, start + room)


def columns(comparison: ResultComparison, width: int, first: int) -> tuple[ListColumn, ...]:
    """The first result, others with their deltas, and what of infractions and status differs."""
    beside = [
        column
        for index in shown_others(len(comparison.results), width, first)
        for column in (
            ListColumn(letter(index), _VALUE, right=True),
            ListColumn(f"{_APART}{letter(index)}", DELTA, right=True),
        )
    ]
    return (
        ListColumn(ROUTE, _NAME),
        ListColumn(letter(0), _VALUE, right=True),
        *beside,
        ListColumn(_CHANGES, 0),
    )


def cells(
    comparison: ResultComparison, route: ComparedRoute, measure: str, width: int, first: int
) -> tuple[Line, ...]:
    """One route, a line a column."""
    others = shown_others(len(comparison.results), width, first)
    tone = Tone.TEXT if route.common else Tone.WARN
    told = [text((route_name(route.name), tone)), _value(route, 0, measure)]
    for index in others:
        told.append(_value(route, index, measure))
        told.append(text(_route_delta(route, index, measure)))
    return (*told, joined([_changes(route, index, len(others)) for index in others], "  "))


def _value(route: ComparedRoute, index: int, measure: str) -> Line:
    means = route.each[index]
    if means is None:
        return text((ABSENT, Tone.MUTED))
    return text((number(MEASURES[measure](means), measure), Tone.STRONG))


def _route_delta(route: ComparedRoute, index: int, measure: str) -> tuple[str, Tone]:
    by = None if route.unlike else delta(route.each, index, MEASURES[measure])
    return told_delta(by, measure)


def _changes(route: ComparedRoute, index: int, among: int) -> Line:
    """`+1 CV -2 RL`, and of which result where several are shown."""
    if route.unlike:
        return text(("another length", Tone.WARN))
    one, other = route.each[index], route.each[0]
    if one is None or other is None:
        return text((f"missing in {letter(index if one is None else 0)}", Tone.WARN))
    parts = [
        (f"{'+' if by > 0 else '-'}{number(abs(by), LESS_IS_BETTER)} {code(kind)} ",
         Tone.WARN if by > 0 else Tone.OK)
        for kind, by in kind_deltas(one, other)
    ]  # fmt: skip
    mark = [(f"{letter(index)} ", Tone.MUTED)] if among > 1 and parts else []
    return text(*mark, *parts)


# --- order and filter


def natural(title: str) -> Order:
    """By that column; of deltas and infractions the greatest first."""
    return Order(title, _APART in title or title == _CHANGES)


def rows(
    comparison: ResultComparison, order: Order | None, wanted: str, measure: str
) -> Sequence[ComparedRoute]:
    """Those that fit the filter, sorted. A column that is not there, as of a comparison of more
    results, sorts nothing."""
    routes: Sequence[ComparedRoute] = comparison.routes
    if wanted:
        routes = [route for route in routes if fits(_told(route, measure), wanted)]
    if order is None or order.title not in _titles(comparison):
        return routes
    return in_order(routes, _key(order.title, measure), falling=order.falling)


def _titles(comparison: ResultComparison) -> set[str]:
    letters = [letter(index) for index in range(len(comparison.results))]
    return {ROUTE, _CHANGES, *letters, *(f"{_APART}{each}" for each in letters[1:])}


def _key(title: str, measure: str) -> Callable[[ComparedRoute], Any]:
    if title == ROUTE:
        return lambda route: in_natural_order(route.name)
    if title == _CHANGES:
        return _changed
    index = ord(title[-1]) - ord(letter(0))
    if title.startswith(_APART):
        return lambda route: None if route.unlike else delta(route.each, index, MEASURES[measure])
    return lambda route: (means := route.each[index]) and MEASURES[measure](means)


def _changed(route: ComparedRoute) -> float | None:
    """How many infractions more or less the others have, together."""
    first = route.each[0]
    others = [means for means in route.each[1:] if means is not None]
    if first is None or not others:
        return None
    return sum(abs(by) for means in others for _, by in kind_deltas(means, first))


def _told(route: ComparedRoute, measure: str) -> str:
    """All that a filter looks in: name, endings, infractions, better, worse, same, missing."""
    kinds = {kind for means in route.each if means for kind, _ in means.infractions}
    endings = [status for means in route.each if means for status in means.statuses]
    named = [f"{words(kind)} {code(kind)}" for kind in kinds]
    return " ".join([route.name, *endings, *named, *_verdicts(route, measure)])


def _verdicts(route: ComparedRoute, measure: str) -> set[str]:
    if not route.everywhere:
        return {"missing"}
    told = (_route_delta(route, index, measure)[0] for index in range(1, len(route.each)))
    return {_IN_WORDS[each[0]] for each in told}
