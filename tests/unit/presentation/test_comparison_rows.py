"""The table of a comparison: order by any column, and a filter by what became of a route."""

from __future__ import annotations

import pytest
from fakes.result_views import drive, view

from console.operations.outcome.comparison import ComparedResult, compare
from console.presentation import comparison_rows as listed
from console.presentation.comparison_lines import route_name
from console.presentation.table import Order

SCORE = "driving score"
LIGHT = (("red_light", ("c",)),)
FIRST = ComparedResult(
    "a",
    view(
        rows=(
            drive(1, score_composed=50.0),
            drive(2, score_composed=90.0, infractions=LIGHT),
            drive(3, score_composed=70.0),
            drive(4, score_composed=10.0),
        )
    ),
)
SECOND = ComparedResult(
    "b",
    view(
        rows=(
            drive(1, score_composed=80.0),
            drive(2, score_composed=20.0, status="Failed - Agent timed out"),
            drive(3, score_composed=70.0),
        )
    ),
)
TWO = compare([FIRST, SECOND])


def names(order: Order | None = None, wanted: str = "", measure: str = SCORE) -> list[str]:
    return [route_name(route.name) for route in listed.rows(TWO, order, wanted, measure)]


@pytest.mark.parametrize(
    ("order", "told"),
    [
        (None, ["1", "2", "3", "4"]),
        (Order("ROUTE", True), ["4", "3", "2", "1"]),
        (Order("A", False), ["4", "1", "3", "2"]),
        (Order("B", False), ["2", "3", "1", "4"]),
        (Order("Δ B", False), ["2", "3", "1", "4"]),
        (Order("Δ B", True), ["1", "3", "2", "4"]),
        (Order("INFRACTIONS", True), ["2", "1", "3", "4"]),
    ],
)
def test_routes_are_sorted_by_any_column_and_what_is_missing_is_last(
    order: Order | None, told: list[str]
) -> None:
    assert names(order) == told


def test_the_order_is_of_the_value_that_is_shown() -> None:
    assert names(Order("A", True), measure="infractions")[0] == "2"


def test_of_deltas_and_infractions_the_greatest_is_looked_for_first() -> None:
    titles = [column.title for column in listed.columns(TWO, 120, 1)]
    assert [(title, listed.natural(title).falling) for title in titles] == [
        ("ROUTE", False),
        ("A", False),
        ("B", False),
        ("Δ B", True),
        ("INFRACTIONS", True),
    ]


@pytest.mark.parametrize("title", ["C", "Δ C", "Δ A", "AGE", ""])
def test_a_column_of_another_comparison_sorts_nothing(title: str) -> None:
    assert names(Order(title, True)) == names()


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        ("better", ["1"]),
        ("worse", ["2"]),
        ("same", ["3"]),
        ("missing", ["4"]),
        ("!missing", ["1", "2", "3"]),
        ("timed out", ["2"]),
        ("RL", ["2"]),
        ("worse red light", ["2"]),
    ],
)
def test_a_filter_finds_what_became_of_a_route(wanted: str, left: list[str]) -> None:
    assert names(wanted=wanted) == left


def test_better_is_of_the_value_that_is_shown() -> None:
    """Route 2 has a red light less, and a score that is worse."""
    assert names(wanted="better", measure="infractions") == ["2"]


def test_a_route_of_another_length_is_neither_better_nor_worse() -> None:
    longer = ComparedResult("c", view(rows=(drive(1, route_length=9e3), drive(2))))
    found = listed.rows(compare([FIRST, longer]), None, "another length", SCORE)
    assert [route_name(route.name) for route in found] == ["1"]
