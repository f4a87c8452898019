"""The cause of a pair's failure is told, not its echo."""

from __future__ import annotations

from fakes.folded_boards import JOB, T0, at, board_of, containers, driving, pod, report
from msgspec.structs import replace

from console.domain.deaths import first_death
from console.domain.events import JobSeen, PodSeen
from console.domain.facts import ContainerExit, ContainerFacts, ContainerState
from console.domain.progress import EndedAttempt

SERVER = EndedAttempt(2, 1, "simulator", "crashed", 139, 11, "", at(20))
LOST = EndedAttempt(2, 1, "agent", "lost-partner", 1, None, "RouteScenario_6", at(21))
ECHO = EndedAttempt(2, 2, "agent", "terminated", 143, None, "", at(60))


def test_the_first_death_is_the_half_that_failed_by_itself_with_its_pairs_route() -> None:
    board = board_of(JobSeen(T0, JOB), report(70, driving(2, 2, "", (SERVER, LOST, ECHO))))
    assert board.pairs[1].first_death == replace(SERVER, route="RouteScenario_6")


def test_a_death_after_attempts_that_nobody_knows_is_not_called_the_first() -> None:
    later = replace(SERVER, attempt=4)
    assert first_death((later,)) is None
    assert first_death((ECHO, later)) is None


def test_ends_that_newer_reports_leave_out_stay_known() -> None:
    """logcopy repeats only the latest of each half."""
    third = EndedAttempt(2, 3, "agent", "hang", 1, None, "RouteScenario_8", at(90))
    board = board_of(
        JobSeen(T0, JOB), report(70, driving(2, 2, "", (SERVER, LOST, ECHO))),
        report(95, driving(2, 4, "", (third,))),
    )  # fmt: skip
    assert [each.attempt for each in board.pairs[1].ended] == [1, 1, 2, 3]
    assert board.pairs[1].first_death.attempt == 1


def test_the_kubelets_word_goes_to_the_end_of_its_own_run_in_whichever_order_both_are_heard() -> (
    None
):
    ends = tuple(EndedAttempt(2, n, "agent", "vanished", -1, at=at(20 * n)) for n in (1, 2))
    first = ContainerExit(137, "OOMKilled", at(20), at(5))
    half = ContainerFacts("agent-2", ContainerState.RUNNING, 1, previous=first)
    told = (
        PodSeen(at(22), pod(containers=containers(a=half))),
        report(50, driving(2, 3, "", ends)),
    )
    for events in (told, told[::-1]):
        ended = board_of(JobSeen(T0, JOB), *events).pairs[1].ended
        assert [each.kubelet for each in ended] == ["OOMKilled", ""]
