"""Whatever is compared, its three forms tell the same numbers, and none invents one."""

from __future__ import annotations

import csv
import json

import pytest
from fakes.result_views import drive, view
from fakes.shown import said
from hypothesis import given
from hypothesis import strategies as st

from console.operations.outcome.comparison import ComparedResult, ResultComparison, compare
from console.presentation import comparison_rows as listed
from console.presentation.comparison_documents import (
    comparison_csv,
    comparison_document,
    comparison_markdown,
)

scores = st.floats(0, 100).map(lambda score: round(score, 3))
some_routes = st.dictionaries(st.integers(1, 5), scores, max_size=5)


@st.composite
def comparisons(draw: st.DrawFn) -> ResultComparison:
    """Two to four results which have route 0 in common, and others or not."""
    entered = []
    for name in "abcd"[: draw(st.integers(2, 4))]:
        routes = {0: draw(scores), **draw(some_routes)}
        rows = tuple(
            drive(number, score_composed=score, score_route=score)
            for number, score in routes.items()
        )
        entered.append(ComparedResult(name, view(rows=rows)))
    return compare(entered)


@given(comparisons())
def test_a_delta_in_json_is_the_difference_of_its_values(compared: ResultComparison) -> None:
    for route in json.loads(json.dumps(comparison_document(compared)))["routes"]:
        first = route["results"][0]
        for means, delta in zip(route["results"], route["deltas"], strict=True):
            if means is None or first is None:
                assert delta is None
            else:
                assert delta["composed"] == pytest.approx(means["composed"] - first["composed"])


@given(comparisons())
def test_csv_and_json_tell_of_the_same_routes_and_values(compared: ResultComparison) -> None:
    rows = {
        (row["route"], row["name"]): float(row["driving_score"])
        for row in csv.DictReader(comparison_csv(compared).splitlines())
    }
    document = comparison_document(compared)
    names = [each["name"] for each in document["results"]]
    told = {
        (route["route"], name): means["composed"]
        for route in document["routes"]
        for name, means in zip(names, route["results"], strict=True)
        if means is not None
    }
    assert rows == pytest.approx(told)


@given(comparisons())
def test_what_json_names_as_missing_has_no_row_anywhere(compared: ResultComparison) -> None:
    for index, result in enumerate(comparison_document(compared)["results"]):
        for route in compared.routes:
            assert (route.each[index] is None) == (route.name in result["missing"])


@given(comparisons(), st.integers(40, 220), st.integers(1, 9))
def test_a_row_of_the_table_fits_its_columns_at_any_width(
    compared: ResultComparison, width: int, first: int
) -> None:
    columns = listed.columns(compared, width, first)
    for route in listed.rows(compared, None, "", "driving score"):
        cells = listed.cells(compared, route, "driving score", width, first)
        assert len(cells) == len(columns)
        for cell, column in zip(cells, columns, strict=True):
            assert len(said(cell)) <= (column.width or width)


@given(comparisons())
def test_markdown_has_a_row_for_every_route_and_a_line_for_every_result(
    compared: ResultComparison,
) -> None:
    lines = comparison_markdown(compared).splitlines()
    assert sum(line.startswith("- ") for line in lines) == len(compared.results)
    begin = next(n for n, line in enumerate(lines) if line.startswith("| driving score of route"))
    assert len(lines) - begin - 2 == len(compared.routes)
