"""Since when: as the cluster and logcopy tell it; a first look is only a bound."""

from __future__ import annotations

from fakes.folded_boards import JOB, T0, at, board_of, containers, driving, pod, report
from msgspec.structs import replace

from console.domain.board import PairStatus
from console.domain.events import JobSeen, LastLine, PodSeen
from console.domain.facts import ContainerExit, ContainerFacts, ContainerState, JobCondition


def running(second: float, **special):
    halves = {
        name: ContainerFacts(name, ContainerState.RUNNING, started_at=at(5))
        for name in ("simulator-1", "agent-1")
    }
    return PodSeen(at(second), pod(containers=containers(**{**halves, **special})))


def test_a_drive_begins_with_its_route_and_exactly_only_after_an_earlier_report() -> None:
    """Whoever looks first in its middle says at least."""
    begun = (JobSeen(T0, JOB), running(6))
    second = report(40, driving(1, 1, "RouteScenario_1_rep0"))
    watched = board_of(*begun, report(10, driving(1, 1, "RouteScenario_0_rep0")), second)
    assert (watched.pairs[0].since, watched.pairs[0].since_exact) == (at(40), True)
    late = board_of(*begun, second, report(70, driving(1, 1, "RouteScenario_1_rep0")))
    assert (late.pairs[0].since, late.pairs[0].since_exact) == (at(40), False)


def test_whenever_somebody_looks_booting_began_with_the_containers() -> None:
    for look in (6, 60):
        pair = board_of(JobSeen(T0, JOB), running(look)).pairs[0]
        assert (pair.status, pair.since, pair.since_exact) == (PairStatus.BOOTING, at(5), True)
        assert pair.began == at(5)


def test_a_reset_began_with_the_first_end_and_a_pause_with_the_last() -> None:
    down = ContainerFacts(
        "simulator-1", ContainerState.WAITING, previous=ContainerExit(1, "Error", at(30))
    )
    pair = board_of(JobSeen(T0, JOB), running(50, x=down)).pairs[0]
    assert (pair.status, pair.since) == (PairStatus.RESETTING, at(30))
    paused = replace(down, reason="CrashLoopBackOff")
    pair = board_of(JobSeen(T0, JOB), running(50, x=paused)).pairs[0]
    assert (pair.status, pair.since) == (PairStatus.BACKING_OFF, at(30))


def test_what_is_over_has_the_time_of_its_end_or_none_and_never_that_of_a_look() -> None:
    over = ContainerFacts(
        "agent-1", ContainerState.TERMINATED, ended=ContainerExit(0, "Completed", at(44))
    )
    pair = board_of(JobSeen(T0, JOB), running(99, x=over)).pairs[0]
    assert (pair.status, pair.since, pair.since_exact) == (PairStatus.DONE, at(44), True)
    suspended = replace(JOB, suspended=True, cancelled=True)
    untold = board_of(JobSeen(T0, JOB), running(6), JobSeen(at(50), suspended)).pairs[0]
    assert (untold.status, untold.since) == (PairStatus.STOPPED, None)
    told = replace(suspended, conditions=(JobCondition("Suspended", True, since=at(48)),))
    assert board_of(JobSeen(T0, JOB), running(6), JobSeen(at(50), told)).pairs[0].since == at(48)


def test_the_last_sign_of_life_is_the_newest_line_of_either_half() -> None:
    lines = [
        LastLine(at(90), "agent-1", "tick", at(31)),
        LastLine(at(91), "simulator-1", "frame", at(30)),
        LastLine(at(92), "agent-2", "without a time"),
    ]
    board = board_of(JobSeen(T0, JOB), running(6), *lines)
    assert [pair.last_sign for pair in board.pairs] == [at(31), None, None, None]


def test_a_job_ended_when_its_own_status_says() -> None:
    failed = (
        JobCondition("FailureTarget", True, since=at(40)),
        JobCondition("Failed", True, since=at(70)),
    )
    job = replace(JOB, conditions=failed)
    assert (job.decided_at, job.ended_at) == (at(40), at(70))
    assert replace(JOB, completed_at=at(9)).ended_at == at(9)
    assert JOB.ended_at is None
