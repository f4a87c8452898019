"""Histories as a real cluster told them, folded into boards."""

from __future__ import annotations

from datetime import datetime

import pytest
from fakes.folded_boards import (
    ENDED,
    JOB,
    RUNNING,
    T0,
    WAITING,
    at,
    board_of,
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
    ClusterEventSeen,
    ConnectionChanged,
    JobSeen,
    LastLine,
    PodSeen,
    PodVanished,
    StreamChanged,
    StreamState,
)
from console.domain.facts import ClusterEvent, ContainerExit, ContainerFacts, PodFacts
from console.domain.folding import fold
from console.domain.progress import EndedAttempt


def test_nothing_is_known_before_the_job_is_seen() -> None:
    assert board_of().status is Status.UNKNOWN


def test_a_job_shows_its_four_pairs_with_gpu_ports_and_five_routes_each() -> None:
    board = board_of(JobSeen(at(0), replace(JOB, active=0)))
    assert [(p.gpu_asked, p.carla_port, p.traffic_manager_port) for p in board.pairs] == [
        (0, 2000, 2010),
        (1, 2100, 2110),
        (2, 2200, 2210),
        (3, 2300, 2310),
    ]
    assert [len(p.cells) for p in board.pairs] == [5, 5, 5, 5]
    assert (board.done, board.total, board.status) == (0, 20, Status.PENDING)


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ((), "Waiting for the Job controller"),
        (
            (("FailedCreate", "Error creating: etcdserver: request timed out"),),
            "does not create the pod: Error creating",
        ),
    ],
)
def test_a_pending_job_without_a_pod_says_why(events, words) -> None:
    seen = [
        ClusterEventSeen(at(1), ClusterEvent(r, "Warning", r, m, 1, at(1), "Job/demo"))
        for r, m in events
    ]
    assert words in board_of(JobSeen(at(0), JOB), *seen).reason


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (replace(pod("Pending", containers=()), node=""), "Waiting for a node"),
        (
            pod("Pending", containers=(ContainerFacts("private-contents", RUNNING, init=True),)),
            "private-contents is at work",
        ),
        (
            pod(
                "Pending",
                containers=(
                    ContainerFacts(
                        "private-contents",
                        WAITING,
                        1,
                        "CrashLoopBackOff",
                        previous=ContainerExit(3, "Error", T0),
                        init=True,
                    ),
                ),
            ),
            "failed with exit code 3",
        ),
    ],
)
def test_why_a_pod_does_not_run_is_one_sentence(shown: PodFacts, words: str) -> None:
    board = board_of(JobSeen(at(0), JOB), PodSeen(at(1), shown))
    assert board.status is Status.PENDING
    assert words in board.reason


def test_hostile_text_in_a_reason_is_neutralised() -> None:
    shown = pod("Pending", containers=(), reason="Unschedulable", message="\x1b[2Jgone\nnext\u202e")
    shown = replace(shown, node="")
    reason = board_of(JobSeen(at(0), JOB), PodSeen(at(1), shown)).reason
    assert reason.isprintable()
    assert "gone next" in reason


def test_a_pair_boots_drives_crashes_backs_off_and_resumes() -> None:
    crashed = ContainerExit(139, "Error", at(20))
    gone = containers(a=ContainerFacts("simulator-2", ENDED, ended=crashed))
    backing = containers(
        a=ContainerFacts("simulator-2", WAITING, 0, "CrashLoopBackOff", previous=crashed),
        b=ContainerFacts("agent-2", ENDED, ended=ContainerExit(1, "Error", at(21))),
    )
    again = containers(
        a=ContainerFacts("simulator-2", RUNNING, 1), b=ContainerFacts("agent-2", RUNNING, 1)
    )
    ended = (EndedAttempt(2, 1, "simulator", "crashed", 139, 11),)
    steps = [
        (PodSeen(at(2), pod()), PairStatus.BOOTING, 1),
        (report(5, driving(2, 1, "RouteScenario_5_rep0")), PairStatus.DRIVING, 1),
        (PodSeen(at(20), pod(containers=gone)), PairStatus.RESETTING, 1),
        (PodSeen(at(22), pod(containers=backing)), PairStatus.BACKING_OFF, 1),
        (PodSeen(at(33), pod(containers=again)), PairStatus.BOOTING, 2),
        (report(34, driving(2, 2, "RouteScenario_6_rep0", ended)), PairStatus.DRIVING, 2),
    ]
    board = board_of(JobSeen(at(0), JOB))
    for event, status, attempt in steps:
        board = fold(board, event)
        assert (board.pairs[1].status, board.pairs[1].attempt) == (status, attempt)
    assert board.pairs[1].ended[0].initiating
    assert (board.budget.used, board.budget.resumes_left, board.pairs[1].restarts) == (2, 2, 2)
    assert [p.attempt for p in board.pairs] == [1, 2, 1, 1]
    assert board.pairs[1].cells[1].state is RouteState.DRIVING


@pytest.mark.parametrize(
    ("end", "kubelets", "shown"),
    [
        (EndedAttempt(2, 1, "agent", "vanished", -1), "OOMKilled", "OOMKilled"),
        (EndedAttempt(2, 1, "agent", "vanished", -1), "Error", "exit 137"),
        (EndedAttempt(2, 1, "agent", "crashed", 137, 9), "OOMKilled", "OOMKilled"),
        (EndedAttempt(2, 1, "agent", "crashed", 137, 9), "Error", ""),
        (EndedAttempt(2, 1, "agent", "crashed", 1), "OOMKilled", ""),
    ],
)
def test_the_kubelet_says_why_a_half_was_killed(
    end: EndedAttempt, kubelets: str, shown: str
) -> None:
    """And what it said stays known when its word for a later run has replaced it."""
    restarted = containers(
        a=ContainerFacts("agent-2", RUNNING, 1, previous=ContainerExit(137, kubelets, at(20)))
    )
    later = containers(
        a=ContainerFacts("agent-2", RUNNING, 2, previous=ContainerExit(0, "Completed", at(40)))
    )
    second = EndedAttempt(2, 2, "agent", "hang", 1)
    board = board_of(
        JobSeen(at(0), JOB), PodSeen(at(2), pod()), PodSeen(at(21), pod(containers=restarted)),
        report(22, driving(2, 2, "RouteScenario_6_rep0", (end,))),
    )  # fmt: skip
    assert board.pairs[1].ended[0].kubelet == shown
    board = fold(board, PodSeen(at(41), pod(containers=later)))
    board = fold(board, report(42, driving(2, 3, "RouteScenario_6_rep0", (end, second))))
    assert board.pairs[1].ended[0].kubelet == shown


def test_a_namesake_with_another_uid_starts_a_new_board() -> None:
    board = board_of(JobSeen(at(0), JOB), finished(1, 0), JobSeen(at(9), replace(JOB, uid="uid-2")))
    assert (board.done, board.records) == (None, ())
    assert board.job.uid == "uid-2"


def test_a_replacement_pod_takes_over_and_the_old_one_does_not_come_back() -> None:
    new = pod(uid="pod-2", created_at=at(60))
    board = board_of(
        JobSeen(at(0), JOB),
        PodSeen(at(1), pod()),
        PodSeen(at(61), new),
        PodSeen(at(62), pod("Failed")),
        PodVanished(at(63), "pod-1"),
    )
    assert (board.pod.uid, board.pod.phase) == ("pod-2", "Running")


def test_staleness_is_visible_from_the_first_loss_until_recovery() -> None:
    board = board_of(
        ConnectionChanged(at(1), True),
        ConnectionChanged(at(5), False, "cut"),
        ConnectionChanged(at(9), False, "refused"),
    )
    assert (board.live, board.stale_since, board.stale_why) == (False, at(5), "refused")
    board = fold(board, ConnectionChanged(at(10), True))
    assert (board.live, board.stale_since, board.stale_why) == (True, None, "")


def test_last_lines_and_streams_reach_their_places() -> None:
    board = board_of(
        JobSeen(at(0), JOB), LastLine(at(1), "agent-3", "hello"), LastLine(at(2), "logcopy", "merging"),
        StreamChanged(at(3), "agent-3", StreamState.LOST, "run 0 gone"), PodSeen(at(4), pod()),
    )  # fmt: skip
    assert board.pairs[2].agent_line == "hello"
    assert board.logcopy_line == "merging"
    assert board.streams == (("agent-3", StreamState.LOST, "run 0 gone"),)


@pytest.mark.parametrize("container", ["agent-03", "agent-x", "agent-", "agent-9", "sidecar-3"])
def test_a_line_of_a_container_that_is_no_half_of_a_pair_changes_none(container: str) -> None:
    before = board_of(JobSeen(at(0), JOB), LastLine(at(1), "agent-3", "hello", at(1)))
    after = fold(before, LastLine(at(2), container, "other", at(2)))
    assert (after.pairs, after.updated_at) == (before.pairs, at(2))


@pytest.mark.parametrize(("said", "known"), [(at(5), 5), (at(1), 3), (None, 3)])
def test_the_last_sign_of_a_pair_is_its_newest_line_by_the_clock_of_its_node(
    said: datetime | None, known: int
) -> None:
    board = board_of(
        JobSeen(at(0), JOB), LastLine(at(3), "agent-3", "hello", at(3)),
        LastLine(at(9), "simulator-3", "world", said),
    )  # fmt: skip
    assert (board.pairs[2].simulator_line, board.pairs[2].last_sign) == ("world", at(known))


def test_an_older_snapshot_does_not_turn_time_back() -> None:
    board = board_of(
        JobSeen(at(0), JOB),
        report(30, driving(1, 1, "RouteScenario_3_rep0"), done=3),
        report(20, done=2),
    )
    assert (board.report.sequence, board.done) == (30, 3)


def test_an_event_that_repeats_replaces_its_older_count() -> None:
    seen = [
        ClusterEventSeen(
            at(n), ClusterEvent("e1", "Warning", "BackOff", "again", n, at(n), "Pod/x")
        )
        for n in (1, 2, 3)
    ]
    assert [each.count for each in board_of(*seen).events] == [3]
