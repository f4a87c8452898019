"""Results against each other as documents: JSON values, CSV, Markdown. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from console.operations.outcome.comparison import (
    MEASURES,
    ComparedRoute,
    Measure,
    ResultComparison,
    RouteMeans,
    delta,
)
from console.presentation.comparison_lines import (
    LESS_IS_BETTER,
    kind_deltas,
    letter,
    number,
    route_name,
    scope,
    told_delta,
)
from console.presentation.infraction_marks import words
from console.presentation.plain_tables import Cell, csv_text, markdown_table
from console.presentation.result_tables import standing

Document = dict[str, Any]
_KEYS = {
    "driving score": "composed",
    "route completion": "route",
    "infraction penalty": "penalty",
    "infractions": "infractionCount",
    "success rate": "successRate",
}


def comparison_document(comparison: ResultComparison) -> Document:
    """All of it as plain JSON values. A delta is what a result has more than the first one."""
    results = [_result(comparison, index) for index in range(len(comparison.results))]
    return {
        "leaderboard": " or ".join(comparison.versions),
        "final": all(each.view.final for each in comparison.results),
        "results": results,
        "routesInCommon": [route.name for route in comparison.common],
        "routesOfOtherLengths": list(comparison.unlike),
        "routes": [_route(route, comparison.measures) for route in comparison.routes],
    }


def _result(comparison: ResultComparison, index: int) -> Document:
    result, view = comparison.results[index], comparison.results[index].view
    return {
        "name": result.name,
        "origin": result.origin or None,
        "final": view.final,
        "whyNotFinal": view.why_not_final,
        "entryStatus": view.entry_status,
        "eligible": view.eligible,
        "drives": {"done": view.done, "total": view.total},
        "missing": list(comparison.missing(index)),
        "means": _means(comparison.means[index], comparison.measures),
        "delta": _delta(comparison.means, index, comparison.measures),
    }


def _means(means: RouteMeans | None, names: Sequence[str]) -> Document | None:
    if means is None:
        return None
    told: Document = {_KEYS[name]: MEASURES[name](means) for name in names}
    return {"drives": means.drives} | told | {"infractions": dict(means.infractions)}


def _delta(each: Sequence[RouteMeans | None], index: int, names: Sequence[str]) -> Document | None:
    one, other = each[index], each[0]
    if one is None or other is None:
        return None
    told: Document = {_KEYS[name]: delta(each, index, MEASURES[name]) for name in names}
    return told | {"infractions": dict(kind_deltas(one, other))}


def _route(route: ComparedRoute, names: Sequence[str]) -> Document:
    count = range(len(route.each))
    deltas = [None if route.unlike else _delta(route.each, n, names) for n in count]
    statuses = [list(means.statuses) if means else None for means in route.each]
    return {
        "route": route.name,
        "inCommon": route.common,
        "results": [_means(means, names) for means in route.each],
        "deltas": deltas,
        "statuses": statuses,
    }


def comparison_csv(comparison: ResultComparison) -> str:
    """A row for each route in each result that has it; deltas are empty where one is missing."""
    kinds = sorted({kind for route in comparison.routes for kind in _kinds(route)})
    columns = [name.replace(" ", "_") for name in comparison.measures]
    deltas = [f"delta_{name}" for name in columns]
    head = ["route", "result", "name", "final", "drives", *columns, *deltas, *kinds]
    head += [f"delta_{kind}" for kind in kinds]
    return csv_text(head, _csv_rows(comparison, kinds))


def _kinds(route: ComparedRoute) -> Iterator[str]:
    return (kind for means in route.each if means for kind, _ in means.infractions)


def _csv_rows(comparison: ResultComparison, kinds: list[str]) -> Iterator[list[Cell]]:
    for route in comparison.routes:
        base = None if route.unlike else route.each[0]
        for index, means in enumerate(route.each):
            if means is not None:
                result = comparison.results[index]
                final = "yes" if result.view.final else "no"
                about = (route.name, letter(index), result.name, final, means.drives)
                measures = [MEASURES[name] for name in comparison.measures]
                yield [*about, *_numbers(means, base, kinds, measures)]


def _numbers(
    means: RouteMeans, base: RouteMeans | None, kinds: list[str], measures: Sequence[Measure]
) -> Iterator[Cell]:
    yield from (of(means) for of in measures)
    yield from (None if base is None else of(means) - of(base) for of in measures)
    yield from (means.times(kind) for kind in kinds)
    for kind in kinds:
        yield None if base is None else means.times(kind) - base.times(kind)


def comparison_markdown(comparison: ResultComparison) -> str:
    """A section of a report: what is compared, means, infractions, routes."""
    count = range(len(comparison.results))
    beside = [title for n in count for title in ((letter(n), f"Δ {letter(n)}") if n else ("A",))]
    told = [f"# {' and '.join(each.name for each in comparison.results)} compared", ""]
    told += [f"Leaderboard {' or '.join(comparison.versions)}, {scope(comparison)}.", ""]
    for index in count:
        result = comparison.results[index]
        origin = f", {result.origin}" if result.origin else ""
        told.append(f"- {letter(index)}: {result.name}{origin}, {standing(result.view)}")
        lacking = comparison.missing(index)
        told += [f"  - it lacks {', '.join(map(route_name, lacking))}"] if lacking else []
    told += ["", *markdown_table(("mean", *beside), _mean_rows(comparison)), ""]
    told += [*markdown_table(("driving score of route", *beside), _route_rows(comparison))]
    return "\n".join(told) + "\n"


def _mean_rows(comparison: ResultComparison) -> Iterator[list[Cell]]:
    for name in comparison.measures:
        of = MEASURES[name]
        yield [name, *_beside(name, [of(each) for each in comparison.means])]
    for kind in comparison.kinds:
        times = [each.times(kind) for each in comparison.means]
        yield [words(kind), *_beside(LESS_IS_BETTER, times)]


def _route_rows(comparison: ResultComparison) -> Iterator[list[Cell]]:
    name = next(iter(MEASURES))
    for route in comparison.routes:
        values = [None if means is None else MEASURES[name](means) for means in route.each]
        yield [route_name(route.name), *_beside(name, values, apart=not route.unlike)]


def _beside(measure: str, values: Sequence[float | None], *, apart: bool = True) -> Iterator[Cell]:
    """Each value, and behind all but the first what it has more than that."""
    for index, value in enumerate(values):
        yield "–" if value is None else number(value, measure)
        if index:
            first = values[0]
            by = value - first if apart and value is not None and first is not None else None
            yield told_delta(by, measure)[0]
