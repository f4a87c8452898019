"""A submission whose pairs have a pod each is one submission: one board, a budget for each pair."""

from __future__ import annotations

import pytest
from fakes.indexed_pods import (
    ENDED,
    JOB,
    PAIRS,
    PLAN,
    UID,
    WAITING,
    at,
    exit_of,
    part,
)
from msgspec.structs import replace

from console.domain.board import BoardSnapshot, PairStatus
from console.domain.board import SubmissionStatus as Status
from console.domain.events import (
    ClusterEventSeen,
    Event,
    JobSeen,
    LastLine,
    MergedReported,
    PodSeen,
    PodVanished,
    ProgressReported,
    RouteFinished,
    StreamChanged,
    StreamState,
)
from console.domain.facts import ClusterEvent, IndexedJob, JobCondition, JobFacts, PodFacts, pod_key
from console.domain.folding import fold
from console.domain.gpu_time import gpu_time
from console.domain.progress import (
    FinishedRoute,
    MergedResult,
    MergeStatus,
    PairProgress,
    ProgressReport,
)
from console.domain.standing import failed_for_good

WHOLE = pod_key(UID)
SEEN: tuple[Event, ...] = (JobSeen(at(0), JOB), *(PodSeen(at(1), part(each)) for each in PAIRS))


def board_of(*events: Event) -> BoardSnapshot:
    board = BoardSnapshot("races", "demo")
    for event in events:
        board = fold(board, event)
    return board


def job(completed: tuple[int, ...] = (), failed: tuple[int, ...] = (), **more: object) -> JobFacts:
    return replace(JOB, indexes=IndexedJob(3, completed, failed), **more)


def told(second: float, *pairs: PairProgress, done: int = 0) -> ProgressReported:
    report = ProgressReport(int(second), at(second), MergeStatus.RUNNING, done, 6, pairs)
    return ProgressReported(at(second), report, WHOLE)


def driving(pair: int, attempt: int, route: str) -> PairProgress:
    return PairProgress(pair, attempt, "ready", "driving", 0, 2, route, at=at(attempt))


def record(pair: int, route: int) -> RouteFinished:
    done = FinishedRoute(pair, f"RouteScenario_{route}", 0, "Perfect", 100.0, 100.0, 1.0)
    return RouteFinished(at(20), done, WHOLE)


def test_the_board_has_one_pod_with_the_containers_of_all() -> None:
    pod = board_of(*SEEN).pod
    assert pod is not None
    assert (pod.name, pod.uid, pod.phase, pod.node) == (
        "demo", UID, "Running", "node-1, node-2, node-3",
    )  # fmt: skip
    assert [each.name for each in pod.containers] == [
        *(f"private-contents-{pair}" for pair in PAIRS),
        *(f"{half}-{pair}" for pair in PAIRS for half in ("simulator", "agent")),
        *(f"logcopy-{pair}" for pair in PAIRS),
    ]


def test_whoever_asks_the_cluster_asks_the_containers_own_pod_by_its_own_name() -> None:
    board = board_of(*SEEN)
    own = board.pod_of("agent-2")
    assert own is not None
    assert own.name == "demo-1-0abcd"
    facts = own.container("agent-2")
    assert facts is not None
    assert facts.asked == "agent"


def test_one_whole_pod_is_asked_as_before() -> None:
    whole = replace(part(1), index=None)
    board = board_of(JobSeen(at(0), replace(JOB, indexes=None)), PodSeen(at(1), whole))
    assert (board.pod, board.parts) == (whole, ())
    assert board.pods == (whole,)
    assert board.pod_of("agent-4") == whole


@pytest.mark.parametrize(
    ("phases", "whole"),
    [
        (("Pending", "Pending", "Pending"), "Pending"),
        (("Pending", "Running", "Pending"), "Running"),
        (("Pending", "Succeeded", "Pending"), "Running"),
        (("Failed", "Running", "Pending"), "Running"),
        (("Succeeded", "Succeeded", "Succeeded"), "Succeeded"),
        (("Succeeded", "Failed", "Succeeded"), "Failed"),
        (("Deleted", "Deleted", "Deleted"), "Deleted"),
        (("Deleted", "Succeeded", "Deleted"), "Succeeded"),
    ],
)
def test_the_whole_lives_as_long_as_any_of_it(phases: tuple[str, ...], whole: str) -> None:
    seen = (PodSeen(at(1), part(n, phase=phase)) for n, phase in zip(PAIRS, phases, strict=True))
    pod = board_of(SEEN[0], *seen).pod
    assert pod is not None
    assert pod.phase == whole


def test_a_pair_that_fails_once_is_made_anew_and_the_others_drive_on() -> None:
    failed = part(2, phase="Failed")
    board = board_of(*SEEN, PodSeen(at(60), failed))
    assert [pair.status for pair in board.pairs] == [
        PairStatus.BOOTING, PairStatus.RESETTING, PairStatus.BOOTING,
    ]  # fmt: skip
    assert board.status is Status.RUNNING
    after = board_of(*SEEN, PodSeen(at(60), failed), PodSeen(at(70), part(2, 1, second=70)))
    pair = after.pairs[1]
    assert (pair.attempt, pair.restarts, pair.pods_allowed) == (2, 1, 3)
    assert (pair.pod, pair.node) == ("demo-1-1abcd", "node-2")
    assert (after.status, after.reason) == (Status.RUNNING, "")
    assert [each.attempt for each in after.pairs] == [1, 2, 1]


def test_a_pod_that_is_made_anew_is_a_reset_and_not_a_first_wait() -> None:
    starting = part(2, 1, "Pending", second=70, state=WAITING)
    board = board_of(*SEEN, PodSeen(at(60), part(2, phase="Failed")), PodSeen(at(70), starting))
    assert (board.pairs[1].status, board.pairs[1].attempt) == (PairStatus.RESETTING, 2)


def test_each_pair_has_the_budget_for_itself_and_the_worst_is_told() -> None:
    seen = PodSeen(at(70), part(3, 2, second=70)), PodSeen(at(70), part(1, 1, second=70))
    budget = board_of(*SEEN, *seen).budget
    assert (budget.tally, budget.used, budget.resumes_left) == ("pair 3 2/3", 2, 1)
    assert budget.spenders == "pair 1 ×1, pair 3 ×2"
    assert budget.exhausted is False
    assert board_of(*SEEN).budget.tally == "0/3"


def test_an_index_that_failed_for_good_is_that_pair_s_end_and_no_other_s() -> None:
    last = part(2, 3, "Failed", second=90)
    board = board_of(*SEEN, PodSeen(at(99), last), JobSeen(at(100), job(failed=(1,))))
    assert board.status is Status.RUNNING
    assert board.reason == (
        "Pair 2 failed for good: its pod failed more often than 3 times. The others go on."
    )
    assert [pair.status for pair in board.pairs] == [
        PairStatus.BOOTING, PairStatus.FAILED, PairStatus.BOOTING,
    ]  # fmt: skip
    assert (board.budget.tally, board.budget.exhausted) == ("pair 2 3/3", True)


@pytest.mark.parametrize("told", [(), (1,)])
def test_once_nothing_is_to_be_made_anew_nobody_is_told_to_wait_for_it(
    told: tuple[int, ...],
) -> None:
    """Between the last pod's end and the Job's, whether the Job has counted it or not."""
    ends = [PodSeen(at(90), part(pair, phase="Succeeded")) for pair in (1, 3)]
    over = PodSeen(at(99), part(2, 3, "Failed"))
    board = board_of(*SEEN, *ends, over, JobSeen(at(100), job(failed=told)))
    assert "pods" not in board.reason
    assert "go on" not in board.reason
    again = board_of(*SEEN, *ends, PodSeen(at(99), part(2, 2, "Failed")))
    assert again.reason.startswith("No pod lives: the Job controller is to make others")


def test_where_all_pairs_failed_there_are_no_others() -> None:
    failed = JobCondition("Failed", True, "FailedIndexes", "Job has failed indexes", at(200))
    over = job(failed=(0, 1, 2), active=0, conditions=(failed,))
    ends = (PodSeen(at(99), part(pair, 3, "Failed")) for pair in PAIRS)
    assert "others" not in board_of(*SEEN, *ends, JobSeen(at(200), over)).reason


def test_without_a_resume_nobody_counts_how_often_its_pod_failed() -> None:
    assert failed_for_good(IndexedJob(0, (), (1,))) == "Pair 2 failed for good: its pod failed."


def test_a_job_with_a_failed_pair_says_which_when_it_is_over() -> None:
    failed = JobCondition("Failed", True, "FailedIndexes", "Job has failed indexes", at(200))
    over = job((0, 2), (1,), active=0, conditions=(failed,))
    board = board_of(*SEEN, PodSeen(at(99), part(2, 3, "Failed")), JobSeen(at(200), over))
    assert board.status is Status.FAILED
    assert board.reason == (
        "Pair 2 failed for good: its pod failed more often than 3 times. "
        "The others went on without."
    )


def test_a_pair_whose_pod_is_gone_is_done_where_the_job_says_so() -> None:
    seen = PodSeen(at(9), part(1, phase="Succeeded")), PodVanished(at(10), part(1).uid)
    board = board_of(*SEEN, *seen, JobSeen(at(11), job(completed=(0,))))
    assert board.pairs[0].status is PairStatus.DONE
    assert board.status is Status.RUNNING


def test_what_a_pair_finished_stays_when_its_pod_is_another() -> None:
    board = board_of(
        *SEEN, told(10, driving(1, 1, "RouteScenario_1")), record(1, 0), record(2, 2),
        PodVanished(at(30), part(1).uid), PodSeen(at(31), part(1, 1, second=31)),
    )  # fmt: skip
    assert (board.done, len(board.records)) == (2, 2)
    assert "went with it" not in board.reason
    assert [each.told for each in board.lost] == [
        "demo-0-0abcd: it was deleted; the finished drives of its pair are kept"
    ]
    assert board.reason == (
        "The pod demo-0-0abcd is lost because it was deleted; "
        "the finished drives of its pair are kept."
    )


def test_an_earlier_pod_of_an_index_that_is_told_late_does_not_take_its_place() -> None:
    board = board_of(SEEN[0], PodSeen(at(70), part(2, 1, second=70)), PodSeen(at(71), part(2)))
    assert [each.name for each in board.parts] == ["demo-1-1abcd"]
    assert [each.name for each in board.earlier] == ["demo-1-0abcd"]


def test_a_part_s_stream_and_line_count_and_those_of_its_earlier_pod_do_not() -> None:
    old, new = part(2), part(2, 1, second=70)
    lines = [
        LastLine(at(71), "agent-2", text, pod=of.key) for text, of in (("new", new), ("old", old))
    ]
    board = board_of(
        *SEEN, PodSeen(at(70), new), *lines,
        StreamChanged(at(72), "agent-2", StreamState.LIVE, "", new.key),
        StreamChanged(at(73), "agent-2", StreamState.LOST, "gone", old.key),
    )  # fmt: skip
    assert board.pairs[1].agent_line == "new"
    assert board.streams == (("agent-2", StreamState.LIVE, ""),)


def test_a_merged_result_of_the_whole_is_the_submission_s() -> None:
    result = MergedResult("0" * 64, "{}", True, entry_status="Finished", eligible=True)
    complete = JobCondition("Complete", True, since=at(90))
    over = job((0, 1, 2), active=0, conditions=(complete,))
    ended = [PodSeen(at(80), part(n, phase="Succeeded", ended=exit_of(0, 80))) for n in PAIRS]
    board = board_of(*SEEN, MergedReported(at(70), result, WHOLE), *ended, JobSeen(at(90), over))
    assert (board.status, board.merged) == (Status.COMPLETE, result)
    assert {pair.status for pair in board.pairs} == {PairStatus.DONE}


def test_a_pod_without_a_node_blocks_its_pair_alone() -> None:
    why = "0/2 nodes are available: 2 Insufficient nvidia.com/gpu."
    unplaced = replace(
        part(3), phase="Pending", node="", placed_at=None, containers=(),
        reason="Unschedulable", message="0/2 nodes are available: 2 node(s) had untolerated taint.",
    )  # fmt: skip
    event = ClusterEvent("e", "Warning", "FailedScheduling", why, 1, at(3), "Pod/demo-2-0abcd")
    waiting = board_of(*SEEN[:3], PodSeen(at(2), unplaced), ClusterEventSeen(at(3), event))
    assert waiting.pairs[2].status in (PairStatus.WAITING, PairStatus.BLOCKED)
    assert waiting.pairs[0].status is PairStatus.BOOTING


def test_an_image_that_cannot_be_pulled_names_the_pair_s_container() -> None:
    pulling = [
        replace(each, state=WAITING, reason="ErrImageNeverPull") if each.asked == "agent" else each
        for each in part(2).containers
    ]
    board = board_of(*SEEN, PodSeen(at(3), replace(part(2), containers=tuple(pulling))))
    assert board.status is Status.BLOCKED
    assert board.reason.startswith("agent-2: its image cannot be pulled")
    assert board.pairs[1].status is PairStatus.BLOCKED
    assert board.pairs[0].status is PairStatus.BOOTING


def test_each_part_holds_one_gpu_for_as_long_as_it_has_its_node() -> None:
    def over(pair: int, failures: int, second: float, end: float, phase: str) -> PodFacts:
        code = 1 if phase == "Failed" else 0
        found = part(pair, failures, phase, second=second, ended=exit_of(code, end, second))
        others = [
            each if each.init else replace(each, state=ENDED, ended=exit_of(0, end, second))
            for each in found.containers
        ]
        return replace(found, containers=tuple(others))

    first, again = over(1, 0, 0, 100, "Failed"), over(1, 1, 110, 200, "Succeeded")
    others = [over(pair, 0, 0, 50, "Succeeded") for pair in (2, 3)]
    board = board_of(SEEN[0], *(PodSeen(at(1), each) for each in (first, again, *others)))
    assert gpu_time(board, at(300)).used == 100 + 90 + 50 + 50


def test_a_job_launched_again_under_the_name_begins_without_the_parts_of_the_other() -> None:
    other = replace(JOB, uid="another-job", plan=PLAN)
    assert board_of(*SEEN, JobSeen(at(300), other)).parts == ()
