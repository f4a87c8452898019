"""Histories as a real cluster told them, folded into boards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from console.domain.board import BoardSnapshot, PairStatus, RouteState
from console.domain.board import SubmissionStatus as Status
from console.domain.events import (
    ClusterEventSeen,
    ConnectionChanged,
    JobSeen,
    JobVanished,
    LastLine,
    MergedReported,
    PlanReported,
    PodSeen,
    PodVanished,
    ProgressReported,
    RouteFinished,
    StreamChanged,
    StreamState,
)
from console.domain.facts import (
    ClusterEvent,
    ContainerExit,
    ContainerFacts,
    ContainerState,
    JobCondition,
    JobFacts,
    PodFacts,
)
from console.domain.folding import fold
from console.domain.progress import (
    EndedAttempt,
    FinishedRoute,
    MergedResult,
    MergeStatus,
    PairProgress,
    ProgressReport,
)
from console.domain.submission import Images, PairPlan, SubmissionPlan
from console.results.drives import Drives
from console.results.leaderboard import V2_0

T0 = datetime(2026, 11, 22, 10, tzinfo=UTC)
SUBSETS = ("0-4", "5-9", "10-14", "15-19")
PLAN = SubmissionPlan(
    "demo", "races", Drives(V2_0, 1, SUBSETS), 8,
    tuple(map(PairPlan.usual, (1, 2, 3, 4))),
    "n0nce", Images("l", "s", "a", "p"),
)  # fmt: skip
JOB = JobFacts("demo", "races", "uid-1", T0, 8, active=1, leaderboard="2.0", plan=PLAN)
RUNNING, WAITING, ENDED = ContainerState.RUNNING, ContainerState.WAITING, ContainerState.TERMINATED


def at(second: float) -> datetime:
    return T0 + timedelta(seconds=second)


def containers(state=RUNNING, **special: ContainerFacts) -> tuple[ContainerFacts, ...]:
    init = ContainerFacts(
        "private-contents", ENDED, ended=ContainerExit(0, "Completed", T0), init=True
    )
    named = {each.name: each for each in special.values()}
    return (init, *(named.get(name, ContainerFacts(name, state)) for name in PLAN.containers))


def pod(phase="Running", uid="pod-1", **more) -> PodFacts:
    more.setdefault("containers", containers())
    return PodFacts(
        "demo-x1y2z",
        "races",
        uid,
        "demo",
        phase,
        node="n1",
        created_at=more.pop("created_at", T0),
        **more,
    )


def condition(kind: str, reason: str = "") -> JobCondition:
    return JobCondition(kind, True, reason)


def board_of(*events) -> BoardSnapshot:
    board = BoardSnapshot("races", "demo")
    for event in events:
        board = fold(board, event)
    return board


def report(
    second: float, *pairs: PairProgress, status=MergeStatus.RUNNING, done=0
) -> ProgressReported:
    return ProgressReported(
        at(second), ProgressReport(int(second), at(second), status, done, 20, pairs)
    )


def driving(pair: int, attempt: int, route: str, ended=()) -> PairProgress:
    return PairProgress(pair, attempt, "ready", "driving", 0, 5, route, ended)


def finished(
    pair: int, route: int, status="Completed", score=100.0, infractions=()
) -> RouteFinished:
    return RouteFinished(
        at(50),
        FinishedRoute(pair, f"RouteScenario_{route}", 0, status, score, score, 1.0, infractions),
    )


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
        assert (seen.finished, seen.done_at_least) == (None, 1)
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


def test_a_namesake_with_another_uid_starts_a_new_board() -> None:
    board = board_of(JobSeen(at(0), JOB), finished(1, 0), JobSeen(at(9), replace(JOB, uid="uid-2")))
    assert (board.done, board.done_at_least, board.records) == (None, 0, ())
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
