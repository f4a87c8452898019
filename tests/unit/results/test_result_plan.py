"""Which drives a launch asked for: subset expressions by file position, or by number."""

from __future__ import annotations

import pytest

from console.results.plan import PlanError, by_number, by_position, launched, route_ids

IDS = ["7", "3", "9", "12", "1"]


@pytest.mark.parametrize(
    ("expression", "chosen"),
    [
        ("", IDS),
        ("3-12", ["3", "9", "12"]),
        ("1,7", ["7", "1"]),
        ("9-9", ["9"]),
        (" 3 - 9 ", ["3", "9"]),
    ],
)
def test_a_range_goes_by_position_in_the_file(expression: str, chosen: list[str]) -> None:
    assert by_position(expression, IDS) == chosen


@pytest.mark.parametrize(
    "expression", ["2", "12-7", "3,3", "3-9,9", "3,", "1-2-3", "a", "1-a", "-1", "3--9"]
)
def test_an_expression_that_no_evaluator_drives_is_refused(expression: str) -> None:
    with pytest.raises(PlanError):
        by_position(expression, IDS)


def test_without_a_file_an_expression_means_numbers() -> None:
    assert by_number("10-12,3") == ["3", "10", "11", "12"]
    with pytest.raises(PlanError):
        by_number("5-2")
    with pytest.raises(PlanError):
        by_number("0-999999999")


def test_routes_come_in_file_order_and_nothing_else_in_the_file_matters() -> None:
    xml = '<routes><route id="4"><waypoints/></route><x id="9"/><route id="2" town="T"/></routes>'
    assert route_ids(xml) == ["4", "2"]


@pytest.mark.parametrize(
    "xml",
    ["", "<routes>", "<routes/>", '<routes><route id="a"/></routes>',
     '<!DOCTYPE r [<!ENTITY a "b">]><routes><route id="1"/></routes>'],
)  # fmt: skip
def test_a_file_without_usable_routes_is_refused(xml: str) -> None:
    with pytest.raises(PlanError):
        route_ids(xml)


def test_a_plan_knows_its_drives_in_order_and_refuses_a_route_twice() -> None:
    plan = launched("2.0", "0-1;2", 2)
    assert plan.total == 6
    assert plan.keys(plan.pairs[0])[:3] == [
        ("RouteScenario_0", 0), ("RouteScenario_0", 1), ("RouteScenario_1", 0),
    ]  # fmt: skip
    assert plan.route_id("RouteScenario_2", 1) == "RouteScenario_2_rep1"
    with pytest.raises(PlanError):
        launched("2.0", "0-4;4-8", 1)
    with pytest.raises(PlanError):
        launched("2.0", "0-4", 0)
