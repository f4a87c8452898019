"""What nobody can tell is unknown, and what something still proves is told."""

from __future__ import annotations

import pytest
from fakes.folded_boards import (
    JOB,
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

from console.cli.boards import plain
from console.cli.documents import board_document, happenings_document
from console.domain.board import PairStatus, RouteState
from console.domain.budget import RestartBudget
from console.domain.events import ClusterEventSeen, JobSeen, JobVanished, PodSeen, PodVanished
from console.domain.facts import ClusterEvent, ContainerExit, ContainerFacts, ContainerState
from console.domain.progress import EndedAttempt, MergeStatus
from console.operations.outcome.row import row_of
from console.presentation.boards import logcopy
from console.presentation.pairs import panel, restarts

LIMIT = "BackoffLimitExceeded"
FAILED = replace(
    JOB,
    active=0,
    failed=1,
    conditions=(condition("FailureTarget", LIMIT), condition("Failed", LIMIT)),
)


def told(about: str, count: int, reason: str = "Started", message: str = "") -> ClusterEventSeen:
    event = ClusterEvent(
        f"{about}{reason}{message}", "Normal", reason, message, count, at(1), about
    )
    return ClusterEventSeen(at(2), event)


def test_of_a_failure_that_nobody_watched_no_number_is_invented() -> None:
    board = board_of(JobSeen(T0, FAILED))
    assert (board.done, board.budget.used, board.budget.resumes_left) == (None, None, 0)
    for pair in board.pairs:
        assert pair.status is PairStatus.UNKNOWN
        assert (pair.attempt, pair.restarts, pair.done, pair.since) == (None, None, None, None)
        assert not pair.not_created
        assert {cell.state for cell in pair.cells} == {RouteState.UNKNOWN}
    row = row_of(board)
    assert (row.done, row.restarts, row.restarts_at_least) == (None, None, 8)


def test_the_verdict_on_the_limit_proves_that_the_budget_is_used_up() -> None:
    """Unless pods that failed as a whole reached it: those are no restarts."""
    spent = board_of(JobSeen(T0, FAILED)).budget
    assert (spent.exhausted, spent.least, spent.tally) == (True, 8, "≥8/8")
    pods = board_of(JobSeen(T0, replace(FAILED, failed=9))).budget
    assert (pods.exhausted, pods.used, pods.tally) == (None, None, "?/8")


def test_the_starts_that_a_kubelet_counted_are_a_lower_bound_by_container() -> None:
    """Of the newest pod, and not from an event that stands for several containers."""
    deadline = replace(JOB, conditions=(condition("Failed", "DeadlineExceeded"),))
    events = (
        told("Pod/demo-old agent-1", 7),
        told("Pod/demo-new agent-2", 3),
        told("Pod/demo-new agent-2", 9, message="(combined from similar events): Started"),
        told("Pod/demo-new simulator-2", 2),
        told("Pod/demo-new logcopy", 1),
        told("Pod/demo-new agent-3", 5, reason="Pulled"),
    )
    budget = board_of(JobSeen(T0, deadline), *events).budget
    assert budget.spent == (("simulator-2", 1), ("agent-2", 2)), "as a pod would have them"
    assert (budget.used, budget.least, budget.exhausted) == (None, 3, None)
    assert budget.resumes_left is None


def test_what_is_proven_of_a_pairs_restarts_is_told_as_a_lower_bound() -> None:
    """By half on its tile; a pair of which nothing is proven stays unknown."""
    deadline = replace(JOB, conditions=(condition("Failed", "DeadlineExceeded"),))
    events = (told("Pod/demo-new agent-2", 3), told("Pod/demo-new simulator-2", 2))
    board = board_of(JobSeen(T0, deadline), *events)
    bounds = [(pair.restarts, pair.restarts_at_least, restarts(pair)) for pair in board.pairs]
    assert bounds == [(None, 0, "?"), (None, 3, "≥3"), (None, 0, "?"), (None, 0, "?")]
    shown = [(pair["restarts"], pair["restartsAtLeast"]) for pair in board_document(board)["pairs"]]
    assert shown == [(None, 0), (None, 3), (None, 0), (None, 0)]
    tile = plain(panel(board.pairs[1], 60, 20, None))
    assert [" ".join(line.split()) for line in tile if "↻" in line] == [
        "simulator ? ↻≥1", "agent ? ↻≥2",
    ]  # fmt: skip
    seen = board_of(JobSeen(T0, JOB), PodSeen(at(1), pod()), *events).pairs[1]
    assert (seen.restarts, seen.restarts_at_least, restarts(seen)) == (0, 0, "0")


def test_problems_that_nobody_can_know_are_null_and_none_is_none() -> None:
    """Of a failed one whose logs are gone; not of one that has not begun, or that said so."""
    failed = board_of(JobSeen(T0, FAILED))
    for document in (board_document(failed), happenings_document(failed)):
        assert document["problems"] is None
    assert {None} == {pair["ended"] for pair in board_document(failed)["pairs"]}
    assert happenings_document(failed)["ended"] is None
    assert "merge ?" in plain(logcopy(failed, 80, 2))[0]
    new = board_of(JobSeen(T0, replace(JOB, active=0)))
    said = board_of(JobSeen(T0, JOB), PodSeen(at(1), pod()), report(5, driving(1, 1, "r"), done=1))
    for board in (new, said):
        assert board_document(board)["problems"] == happenings_document(board)["ended"] == []
        assert [pair["ended"] for pair in board_document(board)["pairs"]] == [[]] * 4


@pytest.mark.parametrize(
    ("job", "known"),
    [
        (replace(JOB, active=0), True),
        (JOB, False),
        (replace(JOB, active=0, failed=1), False),
        (replace(JOB, active=0, suspended=True, conditions=(condition("Suspended"),)), False),
        (
            replace(JOB, active=0, conditions=(replace(condition("Suspended"), status=False),)),
            False,
        ),
        (replace(JOB, active=0, cancelled=True, suspended=True), False),
    ],
    ids=["new", "a pod unseen", "a pod failed", "suspended", "was suspended", "cancelled"],
)
def test_not_created_and_0_are_said_only_while_the_cluster_says_so(job, known) -> None:
    board = board_of(JobSeen(T0, job))
    nothing = 0 if known else None
    assert (board.done, board.budget.used) == (nothing, nothing)
    assert {p.not_created for p in board.pairs} == {known} == {board.logcopy_absent}
    assert {p.restarts for p in board.pairs} == {nothing} == {p.attempt for p in board.pairs}


def test_containers_that_a_waiting_pod_does_not_have_yet_are_not_created() -> None:
    board = board_of(JobSeen(T0, JOB), PodSeen(at(1), pod("Pending", containers=())))
    assert all(pair.not_created and pair.restarts == 0 for pair in board.pairs)
    assert (board.budget.used, board.done) == (0, 0)


def test_a_count_that_the_verdict_contradicts_is_only_a_lower_bound() -> None:
    """The last that was seen of the pod was not its end."""
    seven = containers(a=ContainerFacts("agent-2", ContainerState.RUNNING, 7))
    board = board_of(
        JobSeen(T0, JOB), PodSeen(at(1), pod(containers=seven)), PodVanished(at(9), "pod-1"),
        JobSeen(at(10), FAILED),
    )  # fmt: skip
    assert (board.budget.used, board.budget.tally) == (None, "≥8/8")


def test_drives_that_were_seen_are_a_lower_bound_until_logcopys_last_word() -> None:
    """A console that stopped listening too early must not count what it missed as open."""
    board = board_of(JobSeen(T0, JOB), finished(1, 0), report(5, driving(1, 1, "r"), done=1))
    assert board.done == 1
    over = board_of(
        JobSeen(T0, JOB), finished(1, 0), report(5, driving(1, 1, "r"), done=1),
        JobSeen(at(9), FAILED),
    )  # fmt: skip
    assert (over.done, len(over.records)) == (None, 1)
    states = [cell.state for cell in over.pairs[0].cells]
    assert states == [RouteState.PERFECT, *[RouteState.UNKNOWN] * 4]


def test_more_finished_drives_than_records_leave_the_others_unknown() -> None:
    """The records were in a part of the log that is gone."""
    told_three = replace(driving(1, 1, "RouteScenario_3_rep0"), done=3)
    running = (JobSeen(T0, JOB), PodSeen(at(1), pod()))
    board = board_of(*running, finished(1, 0), report(5, told_three, done=3))
    pair = board.pairs[0]
    assert (board.done, pair.done) == (3, 3)
    assert [cell.state.value for cell in pair.cells[1:]] == [
        "unknown", "unknown", "driving", "unknown",
    ]  # fmt: skip


def test_logcopys_last_word_proves_how_pairs_ended_that_nobody_saw() -> None:
    """The pair that drove on to the end was stopped; the one whose failure was its last failed."""
    crashed = EndedAttempt(2, 1, "agent", "crashed", 139, 11, "RouteScenario_6")
    echo = EndedAttempt(2, 2, "agent", "terminated", 143)
    pairs = (
        replace(driving(1, 1, ""), agent="done", ended=(EndedAttempt(1, 1, "agent", "done", 0),)),
        replace(driving(2, 2, ""), agent="ended", ended=(crashed, echo)),
        replace(
            driving(3, 1, ""), agent="ended",
            ended=(EndedAttempt(3, 1, "agent", "terminated", 143, None, "RouteScenario_11"),),
        ),
    )  # fmt: skip
    last = report(50, *pairs, status=MergeStatus.INCOMPLETE, done=5)
    board = board_of(JobSeen(T0, FAILED), last)
    assert [p.status.value for p in board.pairs] == ["done", "failed", "stopped", "unknown"]
    assert [p.attempt for p in board.pairs] == [1, 2, 1, None]
    assert board.done == 5


def test_a_pair_that_was_stopped_once_and_then_finished_is_done() -> None:
    ends = (EndedAttempt(1, 1, "agent", "terminated", 143), EndedAttempt(1, 2, "agent", "done", 0))
    over = ContainerFacts(
        "agent-1", ContainerState.TERMINATED, 1, ended=ContainerExit(0, "Completed", at(40))
    )
    told_done = replace(driving(1, 2, ""), agent="done", ended=ends)
    board = board_of(
        JobSeen(T0, JOB), PodSeen(at(41), pod(containers=containers(a=over))), report(42, told_done)
    )
    assert board.pairs[0].status is PairStatus.DONE


def test_nothing_is_known_of_a_job_that_the_cluster_does_not_have() -> None:
    board = board_of(JobVanished(T0))
    assert (board.done, board.budget.used, board.budget.exhausted) == (None, None, None)


def test_a_fresh_budget_is_not_an_unknown_one() -> None:
    fresh, unknown = RestartBudget(8), RestartBudget.unknown(8)
    assert (fresh.used, fresh.resumes_left, fresh.exhausted, fresh.tally) == (0, 3, False, "0/8")
    assert (unknown.used, unknown.resumes_left, unknown.exhausted) == (None, None, None)
    assert unknown.tally == "?/8"


def test_a_limit_of_0_that_was_reached_proves_a_restart_and_not_where_a_pod_failed() -> None:
    """The controller ends such a Job at its first restart; a whole pod's failure is counted."""
    failing = replace(JOB, backoff_limit=0, conditions=(condition("FailureTarget", LIMIT),))
    assert board_of(JobSeen(T0, failing)).budget.tally == "≥1/0"
    assert board_of(JobSeen(T0, replace(failing, failed=1))).budget.tally == "?/0"


def test_a_limit_of_0_that_nobody_saw_reached_blames_neither_restart_nor_pod() -> None:
    """Its one pod is counted as failed both times."""
    failed = replace(JOB, backoff_limit=0, failed=1, conditions=(condition("Failed", LIMIT),))
    assert board_of(JobSeen(T0, failed)).reason == (
        "A container was restarted, or the pod failed as a whole; the limit is 0."
    )


def test_each_event_that_a_kubelet_writes_of_a_run_counts_as_far_as_it_proves_one() -> None:
    """It may have lost some of either; it backs off only from what it restarted before."""
    events = (
        told("Pod/demo-new agent-2", 2),
        told("Pod/demo-new agent-2", 4, reason="Created"),
        told("Pod/demo-new agent-3", 9, reason="BackOff", message="Back-off restarting failed"),
        told("Pod/demo-new agent-4", 9, reason="BackOff", message="Back-off pulling image"),
    )
    deadline = replace(JOB, conditions=(condition("Failed", "DeadlineExceeded"),))
    budget = board_of(JobSeen(T0, deadline), *events).budget
    assert dict(budget.spent) == {"agent-2": 3, "agent-3": 1}


def test_a_completed_job_proves_that_its_pairs_are_done_and_not_what_they_drove() -> None:
    """It completes only when every container has ended with 0."""
    ended = replace(
        JOB, active=0, succeeded=1, completed_at=at(9), conditions=(condition("Complete"),)
    )
    board = board_of(JobSeen(T0, ended))
    assert {pair.status for pair in board.pairs} == {PairStatus.DONE}
    assert {(pair.since, pair.since_exact) for pair in board.pairs} == {(at(9), False)}
    assert {(pair.done, pair.attempt, pair.restarts) for pair in board.pairs} == {(None,) * 3}
    cut_short = board_of(
        JobSeen(T0, JOB), PodSeen(at(1), pod()), PodVanished(at(5), "pod-1"), JobSeen(at(10), ended)
    )
    assert {pair.status for pair in cut_short.pairs} == {PairStatus.DONE}


def test_a_pod_that_still_ends_has_been_though_no_count_has_it_yet() -> None:
    board = board_of(JobSeen(T0, replace(JOB, active=0, terminating=1)))
    assert (board.done, board.budget.used) == (None, None)
