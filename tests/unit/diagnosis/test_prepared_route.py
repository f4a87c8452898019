"""The line by which an evaluator says which route it drives next."""

from __future__ import annotations

import re

import pytest

from console.diagnosis.told_route import prepares

LINE = "========= Preparing RouteScenario_7 (repetition 1) ========="


@pytest.mark.parametrize("route", ["7", "RouteScenario_7"])
def test_it_is_found_by_the_routes_number_and_by_its_whole_name(route: str) -> None:
    assert re.search(prepares(route), LINE)
    assert re.search(prepares(route, 1), LINE)
    assert not re.search(prepares(route, 10), LINE)


@pytest.mark.parametrize("other", ["70", "RouteScenario_77", "1", ".", "7 "])
def test_no_other_route_is_taken_for_it(other: str) -> None:
    assert not re.search(prepares(other), LINE)
