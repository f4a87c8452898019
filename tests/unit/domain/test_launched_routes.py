"""The launched routes: the Job's subsets, and what logcopy read from the routes file."""

from __future__ import annotations

import pytest
from fakes.documents import AT, plan_for
from msgspec.structs import replace

from console.domain.events import PlanReported
from console.domain.launched_routes import fits, launched_routes
from console.domain.submission import PairPlan, SubmissionPlan
from console.results.drives import Drives
from console.results.leaderboard import V2_0


def ids(*numbers: int) -> tuple[str, ...]:
    return tuple(f"RouteScenario_{number}" for number in numbers)


def submission(*subsets: str, repetitions: int = 1) -> SubmissionPlan:
    pairs = tuple(PairPlan.usual(n) for n, _ in enumerate(subsets, start=1))
    return replace(plan_for("2.0"), pairs=pairs, drives=Drives(V2_0, repetitions, subsets))


def told(*routes: tuple[str, ...], repetitions: int = 1, version: str = "2.0") -> PlanReported:
    return PlanReported(AT, version, repetitions, tuple(enumerate(routes, start=1)))


def test_without_logcopy_s_word_the_job_s_own_subsets_are_all_there_is() -> None:
    assert launched_routes(submission("0-1", "2-3"), None) == {1: ids(0, 1), 2: ids(2, 3)}
    assert launched_routes(submission("3-0", "7"), None) == {1: None, 2: ids(7)}


@pytest.mark.parametrize(
    "routes",
    [(ids(0, 1), ids(2, 3)), (ids(0, 9, 8, 1), ids(2, 7, 3)), (ids(0, 3000, 1), ids(2, 3))],
)
def test_logcopy_s_word_counts_where_a_routes_file_can_bear_it_out(
    routes: tuple[tuple[str, ...], ...],
) -> None:
    assert launched_routes(submission("0-1", "2-3"), told(*routes)) == {1: routes[0], 2: routes[1]}


def test_a_range_backwards_in_numbers_is_as_the_file_has_it() -> None:
    found = launched_routes(submission("3-0", "5"), told(ids(3, 1, 0), ids(5)))
    assert found == {1: ids(3, 1, 0), 2: ids(5)}


@pytest.mark.parametrize(
    "reported",
    [
        told(ids(0), ids(2)),
        told(ids(7, 8), ids(9, 10)),
        told(ids(1, 0), ids(2, 3)),
        told(ids(0, 1, 4), ids(2, 3)),
        told(ids(0, 2, 1), ids(2, 3)),
        told(ids(0, 1), ids(2, 3), ids(4)),
        told(ids(0, 1)),
        told(("0", "1"), ("2", "3")),
        told(ids(0, 1), ids(2, 3), repetitions=2),
        told(ids(0, 1), ids(2, 3), version="1.0"),
        PlanReported(AT, "2.0", 1, ((1, ids(0, 1)), (1, ids(2, 3)))),
    ],
)
def test_a_word_that_no_routes_file_bears_out_is_not_believed(reported: PlanReported) -> None:
    launched = submission("0-1", "2-3")
    assert not fits(launched, reported)
    assert launched_routes(launched, reported) == launched.routes


def test_a_plan_too_long_for_its_line_says_nothing_of_its_routes() -> None:
    assert launched_routes(submission("0-1", "2-3"), told((), ())) == {1: ids(0, 1), 2: ids(2, 3)}
    assert launched_routes(submission("3-0", "2-9"), told((), ())) == {1: None, 2: None}


def test_more_drives_than_any_submission_has_are_not_believed() -> None:
    launched = submission("0-1", "2-3", repetitions=9999)
    assert not fits(launched, told(ids(0, 1), ids(2, 3), repetitions=9999))
