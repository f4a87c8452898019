"""Subset expressions of routes: reading, writing, splitting, and the ids they stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain import routes
from console.errors import InvalidInput


@pytest.mark.parametrize(
    ("expression", "numbers"),
    [
        ("0-4", (0, 1, 2, 3, 4)),
        ("7", (7,)),
        ("3-3", (3,)),
        (" 0 - 2 , 7 ", (0, 1, 2, 7)),
        ("9,2-3", (9, 2, 3)),
    ],
)
def test_a_subset_stands_for_its_numbers_in_the_order_written(expression, numbers):
    assert routes.parse_subset(expression) == numbers


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("", "empty"),
        ("1,", "empty"),
        ("a-b", "neither"),
        ("1-2-3", "neither"),
        ("-1", "neither"),
        ("٣", "neither"),
        ("5-2", "backwards"),
        ("1,0-2", "twice"),
        ("0-999999999", "more than"),
        ("0-5000,5001-10001", "more than"),
    ],
)
def test_a_malformed_subset_is_refused_with_its_reason(expression, reason):
    with pytest.raises(InvalidInput) as refusal:
        routes.parse_subset(expression)
    assert reason in refusal.value.why


@given(st.sets(st.integers(0, 400), min_size=1))
def test_what_format_writes_parse_reads_back(chosen):
    assert set(routes.parse_subset(routes.format_subset(chosen))) == chosen


def test_a_run_of_one_is_a_number_because_old_evaluators_refuse_a_range_of_one():
    assert routes.format_subset([3, 5, 6]) == "3,5-6"


def test_twenty_routes_over_four_pairs_are_the_job_s_own_subsets():
    assert routes.split(20, 4) == ("0-4", "5-9", "10-14", "15-19")


@given(st.integers(1, 12), st.integers(0, 60))
def test_a_split_is_a_partition_and_as_even_as_can_be(pairs, more):
    subsets = routes.split(pairs + more, pairs)
    sizes = [len(routes.parse_subset(subset)) for subset in subsets]
    assert routes.partition_faults(subsets) == ()
    assert sum(sizes) == pairs + more
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize(("total", "pairs"), [(3, 4), (0, 0), (5, 0), (5, -1)])
def test_a_split_that_leaves_a_pair_empty_is_refused(total, pairs):
    with pytest.raises(InvalidInput):
        routes.split(total, pairs)


def test_each_overlap_and_each_gap_is_named_with_its_routes_and_pairs():
    assert routes.partition_faults(["0-4", "4-9", "11-14"]) == (
        "Driven by pairs 1 and 2: 4.",
        "Driven by no pair: 10.",
    )


def test_a_first_route_that_nobody_drives_is_a_gap():
    assert routes.partition_faults(["1-4"]) == ("Driven by no pair: 0.",)


def test_records_are_named_as_each_leaderboard_names_them():
    assert routes.record_ids("3-4", repetitions=2, suffixed=True) == (
        "RouteScenario_3_rep0",
        "RouteScenario_3_rep1",
        "RouteScenario_4_rep0",
        "RouteScenario_4_rep1",
    )
    assert routes.record_ids("3", repetitions=2, suffixed=False) == ("RouteScenario_3",) * 2
