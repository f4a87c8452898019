"""The plan of a submission, and free names for the next one."""

import pytest
from msgspec.structs import replace

from console.domain.submission import (
    Images,
    Layout,
    PairPlan,
    SubmissionPlan,
    free_name,
    is_logcopy,
)
from console.results.drives import Drives
from console.results.leaderboard import V1_0, V2_0
from console.results.version_rules import Leaderboard


def plan(leaderboard: Leaderboard, repetitions: int) -> SubmissionPlan:
    subsets = ("0-4", "5-9", "10-14", "15-19")
    return SubmissionPlan(
        name="demo",
        namespace="leaderboard",
        drives=Drives(leaderboard, repetitions, subsets),
        backoff_limit=8,
        pairs=tuple(map(PairPlan.usual, (1, 2, 3, 4))),
        nonce="n",
        images=Images("l", "s", "a", "c"),
    )


def test_a_pair_s_gpu_and_ports_follow_from_its_number():
    pair = PairPlan.usual(3)
    assert (pair.gpu, pair.carla_port, pair.traffic_manager_port) == (2, 2200, 2210)
    assert pair.ports == (2200, 2201, 2202, 2210)
    assert (pair.simulator, pair.agent) == ("simulator-3", "agent-3")


def test_the_nine_containers_alternate_and_end_with_logcopy():
    assert plan(V2_0, 1).containers == (
        "simulator-1",
        "agent-1",
        "simulator-2",
        "agent-2",
        "simulator-3",
        "agent-3",
        "simulator-4",
        "agent-4",
        "logcopy",
    )


@pytest.mark.parametrize(("leaderboard", "repetitions", "total"), [(V1_0, 5, 100), (V2_0, 1, 20)])
def test_a_complete_result_has_each_route_once_a_repetition(leaderboard, repetitions, total):
    submission = plan(leaderboard, repetitions)
    assert submission.drives.total == total
    assert submission.routes[2][0] == "RouteScenario_5"


def test_a_total_that_only_the_routes_file_tells_is_unknown():
    pairs = (PairPlan.usual(1), PairPlan.usual(2))
    submission = replace(plan(V2_0, 1), pairs=pairs, drives=Drives.of(V2_0, "3-0;5,7", 1))
    assert submission.drives.total is None
    assert submission.routes == {1: None, 2: ("RouteScenario_5", "RouteScenario_7")}


def test_a_taken_name_gets_the_next_free_number():
    assert free_name("demo", ()) == "demo"
    assert free_name("demo", ("demo",)) == "demo-2"
    assert free_name("demo-2", ("demo", "demo-2", "demo-3")) == "demo-4"
    assert free_name("submission-301234", ("submission-301234",)) == "submission-301234-2"


def test_a_number_of_evalai_is_never_counted_on():
    assert free_name("submission-12", ("submission-12",)) == "submission-12-2"
    assert free_name("submission-12-2", ("submission-12-2",)) == "submission-12-3"


def test_a_numbered_name_still_fits_into_the_pod_s_name():
    long = "a" * 58
    assert len(free_name(long, (long,))) == 58


def test_pods_of_their_own_have_a_logcopy_each_and_no_name_twice():
    apart = replace(plan(V2_0, 1), layout=Layout.POD_PER_PAIR)
    assert apart.logcopies == ("logcopy-1", "logcopy-2", "logcopy-3", "logcopy-4")
    assert len(set(apart.containers)) == 12
    assert plan(V2_0, 1).logcopies == ("logcopy",)
    assert all(map(is_logcopy, ("logcopy", *apart.logcopies)))
    assert not any(map(is_logcopy, ("logcopy-0", "logcopy-x", "agent-1", "logcopy-1 ")))


def test_a_part_of_a_plan_is_one_pair_under_its_own_number():
    part = plan(V2_0, 1).part(3)
    assert part.subsets == {3: "10-14"}
    assert part.containers == ("simulator-3", "agent-3", "logcopy")
