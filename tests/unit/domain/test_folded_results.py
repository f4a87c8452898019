"""Histories folded into boards: routes that finish, results, and how a submission ends."""

from __future__ import annotations

import pytest
from fakes.folded_boards import (
    JOB,
    RUNNING,
    T0,
    at,
    board_of,
    condition,
    containers,
    driving,
    finished,
    pod,
    report,
)
from msgspec.structs import replace

from console.domain.board import PairStatus, RouteState
from console.domain.board import SubmissionStatus as Status
from console.domain.events import (
    JobSeen,
    JobVanished,
    MergedReported,
    PlanReported,
    PodSeen,
    PodVanished,
    ProgressReported,
    RouteFinished,
    StreamChanged,
    StreamState,
)
from console.domain.facts import ContainerExit, ContainerFacts, JobFacts
from console.domain.folding import fold
from console.domain.progress import (
    FinishedRoute,
    MergedResult,
    MergeStatus,
    PairProgress,
    ProgressReport,
)
from console.domain.submission import PairPlan
from console.results.drives import Drives
from console.results.leaderboard import V2_0


def test_finished_routes_fill_the_bar_each_once() -> None:
    collided = (("collisions_vehicle", ("Agent collided",)),)
    board = board_of(
        JobSeen(at(0), JOB), PodSeen(at(1), pod()),
        finished(1, 0), finished(1, 1, score=60.0, infractions=collided),
        finished(1, 2, "Failed - Agent crashed", 0.0), finished(1, 0),
    )  # fmt: skip
    states = [cell.state for cell in board.pairs[0].cells]
    assert states == [
        RouteState.PERFECT,
        RouteState.COMPLETED,
        RouteState.FAILED,
        RouteState.PENDING,
        RouteState.PENDING,
    ]
    assert (board.done, board.pairs[0].done, len(board.records)) == (3, 3, 3)


def ids(*numbers: int) -> tuple[str, ...]:
    return tuple(f"RouteScenario_{number}" for number in numbers)


def test_the_routes_that_logcopy_read_replace_the_ids_that_the_numbers_suggest() -> None:
    read = (ids(0, 71, 4), ids(5, 9), ids(10, 14), ids(15, 19))
    told = PlanReported(at(1), "2.0", 1, tuple(enumerate(read, start=1)))
    board = board_of(JobSeen(at(0), JOB), told)
    assert [cell.route_id for cell in board.pairs[0].cells] == list(read[0])
    assert (board.pairs[0].total, board.total) == (3, 9)


def by_position(*subsets: str) -> JobFacts:
    pairs = tuple(PairPlan.usual(n) for n, _ in enumerate(subsets, start=1))
    return replace(JOB, plan=replace(JOB.plan, pairs=pairs, drives=Drives(V2_0, 1, subsets)))


def test_ranges_that_only_the_routes_file_explains_have_no_number_before_logcopy_tells() -> None:
    job = by_position("3-0", "5,7")
    board = board_of(JobSeen(at(0), job))
    assert [pair.total for pair in board.pairs] == [None, 2]
    assert (board.total, board.pairs[0].cells) == (None, ())
    told = PlanReported(at(1), "2.0", 1, ((1, ids(3, 8, 0)), (2, ids(5, 7))))
    board = board_of(JobSeen(at(0), job), told)
    assert (board.total, [len(pair.cells) for pair in board.pairs]) == (5, [3, 2])


def test_without_its_routes_a_pair_shows_what_it_has_finished_and_logcopy_s_count() -> None:
    job = by_position("3-0", "5-900")
    record = FinishedRoute(1, "RouteScenario_3", 0, "Perfect", 100.0, 100.0, 1.0)
    pairs = (PairProgress(1, 1, "ready", "driving", 1, 3), PairProgress(2, 1, "ready", "", 0, 700))
    told = ProgressReport(1, at(1), MergeStatus.RUNNING, 1, 703, pairs)
    board = board_of(
        JobSeen(at(0), job), RouteFinished(at(1), record), ProgressReported(at(2), told)
    )
    assert [cell.state for cell in board.pairs[0].cells] == [RouteState.PERFECT]
    assert [(pair.done, pair.total) for pair in board.pairs] == [(1, 3), (0, 700)]
    assert (board.done, board.total) == (1, 703)


def test_failure_is_shown_as_soon_as_the_controller_has_decided_it() -> None:
    """FailureTarget comes a grace period before Failed; pods are gone when Failed arrives."""
    spent = containers(
        a=ContainerFacts("simulator-2", RUNNING, 4, previous=ContainerExit(1, "Error", T0)),
        b=ContainerFacts("agent-2", RUNNING, 4, previous=ContainerExit(1, "Error", T0)),
    )
    failing = replace(JOB, conditions=(condition("FailureTarget", "BackoffLimitExceeded"),))
    failed = replace(
        JOB, conditions=(*failing.conditions, condition("Failed", "BackoffLimitExceeded"))
    )
    board = board_of(
        JobSeen(at(0), JOB), PodSeen(at(1), pod(containers=spent)), JobSeen(at(2), failing)
    )
    assert board.status is Status.FAILING
    assert "budget of 8 is used up: pair 2 ×8." in board.reason
    assert [p.status.value for p in board.pairs] == ["stopped", "failed", "stopped", "stopped"]
    board = fold(fold(board, PodVanished(at(32), "pod-1")), JobSeen(at(33), failed))
    assert (board.status, board.ended, board.pod_lives) == (Status.FAILED, True, False)
    assert board.budget.exhausted
    assert board.pairs[1].simulator is not None


@pytest.mark.parametrize(
    ("merged", "status"),
    [
        (None, Status.UNVERIFIED),
        (MergedResult("d", "{}", False, "15 of 20"), Status.INCOMPLETE),
        (MergedResult("d", "{}", True), Status.COMPLETE),
    ],
)
def test_complete_means_that_the_result_was_checked_here(merged, status) -> None:
    done = replace(
        JOB,
        conditions=(condition("SuccessCriteriaMet"), condition("Complete", "CompletionsReached")),
    )
    events = [MergedReported(at(9), merged)] if merged else []
    board = board_of(JobSeen(at(0), JOB), *events, JobSeen(at(10), done))
    assert board.status is status
    assert board.ended


def test_where_the_log_cannot_be_read_the_progress_is_unknown_and_says_why() -> None:
    """0 of 20 would be a claim; the number comes back with the first report."""
    lost = StreamChanged(at(3), "logcopy", StreamState.RECONNECTING, "pods/log is forbidden")
    running = (JobSeen(T0, JOB), PodSeen(at(1), pod(containers=containers())), lost)
    board = board_of(*running)
    assert board.finished is None
    assert board.reason == "What is finished is not known: pods/log is forbidden"
    ended = replace(JOB, conditions=(condition("Complete"),))
    over = board_of(*running, JobSeen(at(9), ended))
    assert (over.status, over.finished) == (Status.UNVERIFIED, None)
    assert over.reason.endswith("its result could not be read: pods/log is forbidden")
    heard = board_of(*running, report(5, driving(1, 1, "r")))
    assert (heard.finished, heard.reason) == (heard.done, "")
    back = board_of(*running, StreamChanged(at(4), "logcopy", StreamState.LIVE, ""))
    assert (back.finished, back.reason) == (None, "")
    assert fold(back, report(5, driving(1, 1, "r"))).finished == 0


def test_of_an_ended_one_without_a_pod_nobody_counts_0_drives_unless_they_were_seen() -> None:
    """A Job that failed or was cancelled takes its pod with its log; one that waits has no drive."""
    waiting = board_of(JobSeen(T0, replace(JOB, active=0)))
    assert waiting.finished == 0
    for ended in (
        replace(JOB, conditions=(condition("Failed", "BackoffLimitExceeded"),)),
        replace(JOB, suspended=True, cancelled=True),
    ):
        assert board_of(JobSeen(T0, ended)).finished is None
        seen = board_of(JobSeen(T0, JOB), finished(1, 0), JobSeen(at(60), ended))
        assert (seen.finished, len(seen.records)) == (None, 1)
        assert fold(seen, report(61, status=MergeStatus.CANCELLED)).finished == 1
        gone = board_of(JobSeen(T0, JOB), PodSeen(at(1), pod()), PodVanished(at(2), "pod-1"))
        assert fold(gone, JobSeen(at(60), ended)).finished is None


def test_a_final_result_is_not_replaced_by_a_lesser_one() -> None:
    final, lesser = MergedResult("a", "{}", True), MergedResult("b", "{}", False, "old")
    board = board_of(
        JobSeen(at(0), JOB), MergedReported(at(1), final), MergedReported(at(2), lesser)
    )
    assert board.merged == final


def test_cancelled_is_suspended_by_the_operator() -> None:
    suspended = replace(JOB, suspended=True, active=0)
    assert board_of(JobSeen(at(0), suspended)).status is Status.SUSPENDED
    board = board_of(
        JobSeen(at(0), JOB),
        PodSeen(at(1), pod()),
        JobSeen(at(2), replace(suspended, cancelled=True)),
    )
    assert (board.status, board.ended) == (Status.CANCELLED, True)
    assert "still stopping" in board.reason
    assert {p.status for p in board.pairs} == {PairStatus.STOPPED}
    assert "stopping" not in fold(board, PodVanished(at(30), "pod-1")).reason


def test_a_deleted_job_is_deleted_and_a_missing_one_says_so() -> None:
    assert board_of(JobSeen(at(0), JOB), JobVanished(at(1))).status is Status.DELETED
    assert "no Job of this name" in board_of(JobVanished(at(1))).reason
