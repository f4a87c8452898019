"""Why a pair ended, as a reader is told: who failed first, by what, on which route."""

from __future__ import annotations

import pytest
from fakes.boards import NOW, pair
from fakes.shown import said

from console.domain.board import PairStatus
from console.domain.facts import ContainerExit, ContainerFacts, ContainerState
from console.domain.progress import EndedAttempt
from console.presentation.endings import (
    cause,
    container_state,
    every_ending,
    last_ending,
    restart_count,
    signal_name,
)
from console.presentation.tones import Tone


def end(attempt: int, half: str, reason: str, **more: object) -> EndedAttempt:
    return EndedAttempt(1, attempt, half, reason, **more)  # type: ignore[arg-type]


CRASH = end(1, "simulator", "crashed", exit_code=139, signal=11, route="RouteScenario_2")
ECHO = end(1, "agent", "lost-partner", exit_code=1)


def test_the_half_that_failed_by_itself_is_told_and_not_its_partner() -> None:
    told = "attempt 1: simulator crashed first (SIGSEGV) on RouteScenario_2"
    assert every_ending(pair(1, 2, ended=(ECHO, CRASH))) == [told]


def test_attempts_that_ended_well_are_no_trouble() -> None:
    assert every_ending(pair(1, 2, ended=(end(1, "agent", "done", exit_code=0),))) == []


def test_attempts_are_told_in_their_order_and_the_last_one_last() -> None:
    both = pair(1, 2, ended=(end(2, "agent", "hang"), CRASH))
    assert [words[:10] for words in every_ending(both)] == ["attempt 1:", "attempt 2:"]
    assert last_ending(both) == "attempt 2: agent hung first"


def test_the_kubelets_word_stands_before_a_mere_signal() -> None:
    killed = end(1, "agent", "crashed", exit_code=137, signal=9, kubelet="OOMKilled")
    assert "(OOMKilled)" in last_ending(pair(1, 2, ended=(killed,)))


def test_a_number_that_is_no_signal_is_told_as_it_is() -> None:
    assert (signal_name(9), signal_name(99)) == ("SIGKILL", "signal 99")


def test_a_reason_that_nobody_knows_is_told_in_its_own_word() -> None:
    told = last_ending(pair(1, 2, ended=(end(1, "agent", "eaten", exit_code=3),)))
    assert told == "attempt 1: agent eaten (exit 3)"


def test_a_failed_pair_tells_its_first_death_and_not_the_last_echo() -> None:
    failed = pair(
        1, 2, status=PairStatus.FAILED, first_death=CRASH, ended=(end(4, "agent", "hang"),)
    )
    assert cause(failed).startswith("attempt 1: simulator crashed")


def test_a_failed_pair_whose_first_death_is_lost_does_not_pass_the_last_off_as_it() -> None:
    failed = pair(1, 2, status=PairStatus.FAILED, ended=(end(4, "agent", "hang"),))
    assert cause(failed) == "first failure not known; last: attempt 4: agent hung first"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (PairStatus.FAILED, "why it failed is not known"),
        (PairStatus.UNKNOWN, "nothing that is left tells how it ended"),
        (PairStatus.DRIVING, ""),
    ],
)
def test_without_any_end_only_what_is_known_is_told(status: PairStatus, words: str) -> None:
    assert cause(pair(1, 2, status=status, ended=())) == words


def container(state: ContainerState, **more: object) -> ContainerFacts:
    return ContainerFacts("agent-1", state, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (container(ContainerState.RUNNING), "● running"),
        (container(ContainerState.WAITING), "◌ waiting"),
        (container(ContainerState.WAITING, reason="PodInitializing"), "◌ PodInitializing"),
        (container(ContainerState.TERMINATED, ended=ContainerExit(0, "", NOW)), "✓ exit 0"),
        (container(ContainerState.TERMINATED, ended=ContainerExit(139, "", NOW)), "✗ exit 139"),
        (None, "?"),
    ],
)
def test_a_container_is_told_by_one_mark_and_few_words(
    seen: ContainerFacts | None, words: str
) -> None:
    assert said(container_state(seen)) == words


@pytest.mark.parametrize("reason", ["ImagePullBackOff", "CreateContainerError", "ErrImagePull"])
def test_a_wait_that_does_not_pass_by_itself_is_a_warning(reason: str) -> None:
    ((_, tone),) = container_state(container(ContainerState.WAITING, reason=reason))
    assert tone is Tone.WARN


def test_a_container_that_the_cluster_has_not_made_is_not_called_unknown() -> None:
    assert said(container_state(None, absent=True)) == "◌ not created"


def test_restarts_are_told_only_where_there_are_some() -> None:
    assert said(restart_count(container(ContainerState.RUNNING, restart_count=2))) == "↻2"
    assert restart_count(container(ContainerState.RUNNING)) == ()
    assert restart_count(None) == ()
