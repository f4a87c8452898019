"""The routes of one result in a table: its columns, its order, what a filter leaves."""

from __future__ import annotations

import pytest
from fakes.result_views import HIT, drive
from fakes.shown import said
from hypothesis import given
from hypothesis import strategies as st

from console.domain.progress import FinishedRoute
from console.presentation import route_rows
from console.presentation.table import Order, in_order
from console.presentation.word_filter import fits

BLOCKED = drive(
    12, pair=3, status="Failed - Agent got blocked", score_composed=5.0, route_length=99.0
)
ROUTES = (drive(2), HIT, BLOCKED, drive(10))


def names(order: Order | None = None, wanted: str = "") -> list[str]:
    return [
        row.route_id.removeprefix("RouteScenario_").removesuffix("_rep0")
        for row in route_rows.rows(ROUTES, order, wanted)
    ]


def cell(title: str, route: FinishedRoute, width: int = 160) -> str:
    titles = [column.title for column in route_rows.columns(width)]
    return said(route_rows.cells(route, width)[titles.index(title)])


@pytest.mark.parametrize("width", [60, 80, 96, 114, 200])
def test_every_column_that_is_shown_has_its_cell(width: int) -> None:
    titles = route_rows.columns(width)
    assert {len(route_rows.cells(route, width)) for route in ROUTES} == {len(titles)}


@pytest.mark.parametrize(("width", "shown"), [(80, False), (96, True)])
def test_a_narrow_table_leaves_out_what_is_least_asked_for(width: int, shown: bool) -> None:
    titles = {column.title for column in route_rows.columns(width)}
    assert ("KM" in titles) == shown
    assert {"ROUTE", "STATUS", "SCORE", "INFR."} <= titles


def test_each_ending_has_a_sign_of_its_own_without_colours() -> None:
    assert [cell("STATUS", route)[0] for route in (drive(0), HIT, BLOCKED)] == ["✓", "~", "✗"]


def test_infractions_are_counted_and_told_in_letters() -> None:
    assert (cell("INFR.", HIT), cell("OF WHICH", HIT)) == ("2", "2 CV")
    assert (cell("INFR.", drive(0)), cell("OF WHICH", drive(0))) == ("", "")


def test_a_pair_that_a_file_does_not_tell_is_a_question() -> None:
    assert cell("PAIR", drive(0, pair=0)) == "?"


def test_hostile_words_of_a_record_control_no_terminal() -> None:
    evil = drive(0, status="\x1b]52;c;AA\x07x", route_id="\x1b[2J")
    assert "\x1b" not in "".join(map(said, route_rows.cells(evil, 160)))


def test_routes_come_as_they_were_driven_until_somebody_sorts_them() -> None:
    assert names() == ["2", "1", "12", "10"]


@pytest.mark.parametrize(
    ("title", "order"),
    [
        ("ROUTE", ["1", "2", "10", "12"]),
        ("SCORE", ["12", "1", "2", "10"]),
        ("PAIR", ["2", "10", "1", "12"]),
        ("STATUS", ["12", "1", "2", "10"]),
    ],
)
def test_each_column_sorts_by_what_it_tells(title: str, order: list[str]) -> None:
    assert names(Order(title, False)) == order


def test_of_infractions_and_length_the_most_comes_first() -> None:
    titles = [column.title for column in route_rows.columns(200)]
    falling = {title for title in titles if route_rows.natural(title).falling}
    assert falling == {"KM", "GAME s", "INFR."}
    assert names(route_rows.natural("INFR."))[0] == "1"


def test_an_order_by_a_column_that_is_not_there_sorts_nothing() -> None:
    assert names(Order("AGE", True)) == names()


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        ("", ["2", "1", "12", "10"]),
        ("perfect", ["2", "10"]),
        ("blocked", ["12"]),
        ("failed", ["12"]),
        ("!failed", ["2", "1", "10"]),
        ("collisions vehicle", ["1"]),
        ("cv", ["1"]),
        ("pair 3", ["12"]),
        ("perfect _10", ["10"]),
        ("nothing of that", []),
        ("!", ["2", "1", "12", "10"]),
    ],
)
def test_a_filter_leaves_routes_that_have_all_its_words(wanted: str, left: list[str]) -> None:
    assert names(wanted=wanted) == left


@given(st.lists(st.one_of(st.none(), st.integers(-5, 5))), st.booleans())
def test_what_nobody_knows_is_last_in_either_direction(
    values: list[int | None], falling: bool
) -> None:
    ordered = list(in_order(values, lambda value: value, falling=falling))
    known = [value for value in values if value is not None]
    assert ordered[: len(known)] == sorted(known, reverse=falling)
    assert set(ordered[len(known) :]) <= {None}


@given(st.text(max_size=20), st.text(alphabet="ab c", max_size=6))
def test_a_filter_and_its_inverse_share_no_row(told: str, wanted: str) -> None:
    if wanted.split():
        assert fits(told, wanted) != fits(told, f"!{wanted}")
