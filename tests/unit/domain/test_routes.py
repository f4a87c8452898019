"""What a Job tells of its routes: subsets by position, known only as far as they can be."""

import pytest

from console.domain import routes
from console.errors import InvalidInput
from console.results.drives import known_routes


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("1,", "empty"),
        ("a-b", "neither"),
        ("1-2-3", "neither"),
        ("-1", "neither"),
        ("٣", "neither"),
        ("1\t", "neither"),
        ("4,4", "twice"),
        ("0-4,4", "twice"),
        ("1," * 20_000 + "1", "more than"),
    ],
)
def test_what_every_evaluator_refuses_is_refused_with_its_reason(expression, reason):
    with pytest.raises(InvalidInput) as refusal:
        routes.parse_subset(expression)
    assert reason in refusal.value.why
    assert len(str(refusal.value)) < 500


def test_the_job_s_own_subsets_tell_their_routes():
    known = known_routes(("0-4", "5-9", "10-14", "15-19"))
    assert [len(own) for own in known] == [5, 5, 5, 5]
    assert known[0][3] == "RouteScenario_3"


@pytest.mark.parametrize(
    "subsets", [("3-0", "4-7"), ("1711-1773", "1790-2082"), ("0-4", "6-9"), ("",), ("1-4",)]
)
def test_of_ranges_that_only_a_routes_file_explains_nothing_is_claimed(subsets):
    assert known_routes(subsets) == (None,) * len(subsets)
    assert list(routes.selection_faults(subsets)) == []


def test_a_range_as_wide_as_the_numbers_go_costs_nothing():
    assert known_routes(("0-999999999", "7")) == (None, ("RouteScenario_7",))
    assert list(routes.doubts(("0-999999999", "7")))
    assert list(routes.selection_faults(("0-999999999", "7"))) == []


@pytest.mark.parametrize(
    ("subsets", "fault"),
    [
        (("0-4", "4-9"), "Route 4 is driven by pairs 1 and 2."),
        (("3-0", "0"), "Route 0 is driven by pairs 1 and 2."),
        (("0-4", ""), "Pair 2 drives all routes"),
        (tuple(map(str, range(100))), "There are 100 pairs"),
    ],
)
def test_what_no_routes_file_can_make_right_is_a_fault(subsets, fault):
    assert any(fault in each for each in routes.selection_faults(subsets))


@pytest.mark.parametrize(
    ("subsets", "doubt"),
    [
        (("0-4", "2"), "Route 2 is in two ranges"),
        (("0-4", "6-9"), "No pair drives route 5 if"),
        (("1-4",), "No pair drives route 0 if"),
        (("0,2,4,6,8,10,12,14,16-20",), "1, 3, 5, 7, 9 and 3 more"),
    ],
)
def test_what_a_file_that_counts_upwards_makes_wrong_is_a_doubt(subsets, doubt):
    assert any(doubt in each for each in routes.doubts(subsets))
    assert list(routes.selection_faults(subsets)) == []


@pytest.mark.parametrize("subsets", [("0-4", "5-9"), ("5-9", "0-4"), ("3-0",), ("",), ("0",)])
def test_where_nothing_speaks_against_the_subsets_nothing_is_said(subsets):
    assert list(routes.doubts(subsets)) == []
