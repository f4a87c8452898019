"""Which pairs and containers a submission has: from its Job's plan, else from what was seen."""

from __future__ import annotations

import pytest
from fakes.boards import NOW, board, pair, running
from fakes.documents import plan_for

from console.domain.facts import JobFacts, PodFacts
from console.presentation import containers


def planned(**more: object) -> object:
    """A board of the two pairs that its Job asks for."""
    job = JobFacts("demo", "x", "u1", NOW, 8, plan=plan_for("2.0"))
    return board(**{"job": job, **more})


def test_the_pairs_are_those_of_the_plan_whatever_was_seen() -> None:
    assert containers.numbers_of(planned()) == (1, 2)  # type: ignore[arg-type]


def test_while_nobody_has_told_the_plan_the_pairs_are_those_seen() -> None:
    assert containers.numbers_of(board(pairs=(pair(3, 1), pair(5, 1)))) == (3, 5)


@pytest.mark.parametrize("job", [None, JobFacts("demo", "x", "u1", NOW, 8)])
def test_before_anything_was_seen_the_usual_pairs_stand_in(job: JobFacts | None) -> None:
    assert containers.numbers_of(board(pairs=(), job=job)) == (1, 2, 3, 4)


def test_the_agent_of_a_pair_is_its_own_container() -> None:
    assert containers.agent_of(planned(), 2) == "agent-2"  # type: ignore[arg-type]


def test_for_a_pair_that_is_not_there_the_first_agent_is_shown() -> None:
    assert containers.agent_of(planned(), 9) == "agent-1"  # type: ignore[arg-type]


def test_our_containers_are_the_halves_logcopy_and_the_one_before_them() -> None:
    assert containers.own_containers(planned()) == (  # type: ignore[arg-type]
        "simulator-1",
        "agent-1",
        "simulator-2",
        "agent-2",
        "logcopy",
        "private-contents",
    )


def test_what_others_put_into_the_pod_stands_behind_ours() -> None:
    there = (running("istio-proxy"), running("agent-1"), running("debugger"))
    pod = PodFacts("demo-x", "x", "p1", "demo", "Running", there)
    told = containers.all_containers(planned(pod=pod))  # type: ignore[arg-type]
    assert told[-2:] == ("istio-proxy", "debugger")
    assert len(set(told)) == len(told)


def test_without_a_pod_only_ours_are_there() -> None:
    shown = planned(pod=None)
    assert containers.all_containers(shown) == containers.own_containers(shown)  # type: ignore[arg-type]


def test_only_our_containers_have_short_names() -> None:
    theirs = running("istio-proxy"), running("agent-9")
    shown = planned(pod=PodFacts("demo-x", "x", "p1", "demo", "Running", theirs))
    assert containers.short_names(shown) == {  # type: ignore[arg-type]
        "simulator-1": "sim1",
        "agent-1": "agt1",
        "simulator-2": "sim2",
        "agent-2": "agt2",
        "logcopy": "copy",
        "private-contents": "init",
        "istio-proxy": "istio-proxy",
        "agent-9": "agent-9",
    }


def test_no_two_of_our_containers_have_one_short_name() -> None:
    names = containers.short_names(board())
    assert len(set(names.values())) == len(names)


def test_of_attempts_before_those_of_the_half_that_failed_by_itself_are_looked_for() -> None:
    assert containers.begun_again(board(), "agent-1") == "simulator-2"
    assert containers.begun_again(board(), "agent-2") == "agent-2"


def test_where_nobody_says_why_it_is_one_that_began_again_and_none_where_none_did() -> None:
    silent = board(pairs=(pair(1, 1), pair(2, 1)))
    assert containers.begun_again(silent, "agent-1") in ("simulator-2", "agent-2")
    assert containers.begun_again(board(pod=None), "agent-1") == "agent-1"
