"""Which drives a launch asked for: subset expressions by file position, or by number."""

from __future__ import annotations

import resource

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.results.drives import Drives
from console.results.leaderboard import V2_0
from console.results.plan import PlanError, launched
from console.results.subsets import parse, without_file, written

IDS = ["7", "3", "9", "12", "1"]


def file_of(*ids: str) -> str:
    return "<routes>" + "".join(f'<route id="{route}"/>' for route in ids) + "</routes>"


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
    assert parse(expression).select(IDS) == chosen
    assert parse(expression).fits(chosen)


@pytest.mark.parametrize(
    "expression", ["2", "12-7", "3,3", "3-9,9", "3,", "1-2-3", "a", "1-a", "-1", "3--9", "\t3"]
)
def test_an_expression_that_no_evaluator_drives_is_refused(expression: str) -> None:
    with pytest.raises(PlanError):
        parse(expression).select(IDS)


def test_a_range_that_runs_backwards_in_numbers_is_right_where_the_file_has_it_so() -> None:
    plan = launched(Drives.of(V2_0, "3-0;7", 1), file_of("3", "8", "0", "7"))
    assert [pair.routes for pair in plan.pairs] == [
        ("RouteScenario_3", "RouteScenario_8", "RouteScenario_0"),
        ("RouteScenario_7",),
    ]
    with pytest.raises(PlanError, match="order in the routes file"):
        launched(Drives.of(V2_0, "3-0;7", 1))


def test_ids_with_gaps_count_by_their_places() -> None:
    assert (
        launched(Drives.of(V2_0, "1711-1790", 3), file_of("1711", "1773", "1790", "1825")).total
        == 9
    )


@pytest.mark.parametrize(
    ("subsets", "known"),
    [
        (["0-4", "5-9"], [tuple("01234"), tuple("56789")]),
        (["5-9", "0-4"], [tuple("56789"), tuple("01234")]),
        (["0-4", "6-9"], [None, None]),
        (["3-0", "4"], [None, ("4",)]),
        (["0-10", "20-30"], [None, None]),
        (["1711-1790", "7,3"], [None, ("7", "3")]),
        (["2050,1825", "24041"], [("2050", "1825"), ("24041",)]),
        (["2,0", "1"], [("2", "0"), ("1",)]),
        ([""], [None]),
        (["00-04"], [None]),
    ],
)
def test_without_a_file_only_what_the_launch_itself_says_is_known(
    subsets: list[str], known: list[tuple[str, ...] | None]
) -> None:
    assert without_file([parse(subset) for subset in subsets]) == known


@given(st.lists(st.integers(0, 300), min_size=1, unique=True), st.data())
def test_what_a_subset_selects_of_a_file_is_a_selection_that_it_fits(
    numbers: list[int], data: st.DataObject
) -> None:
    ids = [str(number) for number in numbers]
    first = data.draw(st.integers(0, len(ids) - 1))
    last = data.draw(st.integers(first, len(ids) - 1))
    subset = parse(f"{ids[first]}-{ids[last]}")
    chosen = subset.select(ids)
    assert chosen == ids[first : last + 1]
    assert subset.fits(chosen)
    assert parse(written(chosen)).select(chosen) == chosen


@pytest.mark.parametrize("ids", [[], ["3"], ["3", "9"], ["12", "9", "3"], ["7", "3", "12"]])
def test_ids_that_no_file_gives_a_subset_do_not_fit_it(ids: list[str]) -> None:
    assert not parse("3-12").fits(ids)


def test_a_range_of_one_means_one_route_and_is_told_apart_for_the_versions_that_refuse_it() -> None:
    assert launched(Drives.of(V2_0, "3-3", 1), file_of("3")).total == 1
    assert parse("3-3, 4-5, 6").ranges_of_one == ("3-3",)


def test_a_plan_knows_its_drives_in_order_and_refuses_a_route_twice() -> None:
    plan = launched(Drives.of(V2_0, "0-1;2", 2))
    assert plan.total == 6
    assert plan.keys(plan.pairs[0])[:3] == [
        ("RouteScenario_0", 0), ("RouteScenario_0", 1), ("RouteScenario_1", 0),
    ]  # fmt: skip
    assert plan.route_id("RouteScenario_2", 1) == "RouteScenario_2_rep1"
    for subsets, repetitions in (("0-4;4-8", 1), ("0-4", 0), ("0-4;2", 1)):
        with pytest.raises(PlanError):
            launched(Drives.of(V2_0, subsets, repetitions))


def test_a_chosen_route_that_the_file_has_twice_is_refused_and_another_one_is_not() -> None:
    xml = file_of("1", "2", "1", "3")
    assert launched(Drives.of(V2_0, "2", 1), xml).total == 1
    with pytest.raises(PlanError, match="route 1 more than once"):
        launched(Drives.of(V2_0, "1", 1), xml)


@pytest.mark.parametrize(
    ("subsets", "repetitions"),
    [
        ("0-9998", 10_000),
        ("0-999999999", 1),
        (";".join(f"{n}0000000-{n}9999999" for n in range(1, 60)), 9_999),
        (";" * 1_000_000, 1),
        ("1," * 1_000_000 + "1", 1),
        ("0-4", 10**30),
    ],
    ids=["many drives", "a wide range", "many wide ranges", "many pairs", "many parts", "absurd"],
)
def test_more_drives_than_any_submission_has_are_refused_before_anything_is_expanded(
    subsets: str, repetitions: int
) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(PlanError):
        launched(Drives.of(V2_0, subsets, repetitions))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 64 * 1024, f"{grown} KB"
