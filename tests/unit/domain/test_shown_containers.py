"""Which pairs and containers are shown: those of the plan, or what is expected before it is known."""

from __future__ import annotations

from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.domain.facts import ContainerFacts, ContainerState, JobFacts, PodFacts
from console.domain.submission import USUAL_PAIRS, Images, PairPlan, SubmissionPlan
from console.presentation.containers import agent_of, numbers_of, own_containers, short_names
from console.results import leaderboard
from console.results.drives import Drives

PLAN = SubmissionPlan(
    "demo",
    "leaderboard",
    Drives(leaderboard.V2_0, 1, ("", "", "", "", "", "")),
    6,
    tuple(PairPlan.usual(number) for number in (1, 2, 3, 4, 5, 6)),
    "",
    Images("", "", "", ""),
)
UNKNOWN = BoardSnapshot("leaderboard", "demo")


def planned(pairs: int) -> BoardSnapshot:
    plan = replace(PLAN, pairs=PLAN.pairs[:pairs])
    return replace(UNKNOWN, job=JobFacts("demo", "leaderboard", "u", None, 6, plan=plan))


def test_the_pairs_shown_are_those_of_the_plan() -> None:
    assert numbers_of(planned(2)) == (1, 2)
    assert numbers_of(planned(6)) == (1, 2, 3, 4, 5, 6)


def test_before_the_plan_is_known_the_usual_pairs_are_expected() -> None:
    assert numbers_of(UNKNOWN) == tuple(range(1, USUAL_PAIRS + 1))


def test_the_containers_are_the_halves_of_the_pairs_logcopy_and_the_init_container() -> None:
    assert own_containers(planned(1)) == ("simulator-1", "agent-1", "logcopy", "private-contents")


def test_short_names_go_to_the_jobs_own_containers_only() -> None:
    beside = tuple(
        ContainerFacts(name, ContainerState.RUNNING) for name in ("agent-3", "istio-proxy")
    )
    two = replace(planned(2), pod=PodFacts("p", "leaderboard", "u", "demo", "Running", beside))
    names = short_names(two)
    asked = ("agent-2", "private-contents", "agent-3", "istio-proxy")
    assert [names[name] for name in asked] == ["agt2", "init", "agent-3", "istio-proxy"]


def test_the_log_of_a_pair_that_does_not_exist_is_the_first_pairs() -> None:
    assert agent_of(planned(2), 2) == "agent-2"
    assert agent_of(planned(2), 7) == "agent-1"
