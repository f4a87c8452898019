"""A Job's second pod begins from 0; the one before it is told with its reason and what it cost."""

from __future__ import annotations

from itertools import permutations

import pytest
from fakes.folded_boards import (
    ENDED,
    JOB,
    PLAN,
    RUNNING,
    T0,
    WAITING,
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

from console.domain.board import BoardSnapshot, PairStatus, RouteState
from console.domain.board import SubmissionStatus as Status
from console.domain.events import (
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
from console.domain.facts import (
    ContainerExit,
    ContainerFacts,
    ContainerState,
    JobCondition,
    PodFacts,
)
from console.domain.folding import fold
from console.domain.progress import MergedResult
from tests.unit.domain.test_blocking import of_job, said

RESTARTED = containers(
    a=ContainerFacts("simulator-2", RUNNING, 1), b=ContainerFacts("agent-2", RUNNING, 1)
)
FIRST = replace(pod(uid="first-pod", containers=RESTARTED), name="demo-aaaaa")
SECOND = replace(pod(uid="second-pod", created_at=at(60)), name="demo-bbbbb")
EVICTED = replace(FIRST, phase="Failed", reason="Evicted", message="The node was low on memory.")


def record(pair: int, route: int, of: PodFacts) -> RouteFinished:
    return replace(finished(pair, route), pod=of.key)


def told(second: float, of: PodFacts, *pairs, done=0) -> ProgressReported:
    return replace(report(second, *pairs, done=done), pod=of.key)


ROUTES = tuple(record(pair, route, FIRST) for pair, route in ((1, 0), (1, 1), (2, 5), (3, 10)))
BEFORE: tuple[Event, ...] = (
    JobSeen(at(0), JOB), PodSeen(at(1), FIRST),
    told(5, FIRST, driving(1, 1, "RouteScenario_2_rep0"), done=4), *ROUTES,
)  # fmt: skip


def tiles(board: BoardSnapshot) -> set[RouteState]:
    return {cell.state for pair in board.pairs for cell in pair.cells}


def test_the_progress_of_a_lost_pod_is_not_that_of_the_next() -> None:
    board = board_of(*BEFORE)
    assert board.done == 4
    board = fold(board, PodSeen(at(55), EVICTED))
    board = fold(board, PodSeen(at(61), SECOND))
    assert (board.done, board.records) == (None, ())
    assert tiles(board) == {RouteState.UNKNOWN}
    board = fold(board, told(62, SECOND, driving(1, 1, "")))
    assert (board.done, tiles(board)) == (0, {RouteState.PENDING})
    assert board.budget.used == 0
    assert [pair.attempt for pair in board.pairs] == [1, 1, 1, 1]
    assert [pair.status for pair in board.pairs][1:] == [PairStatus.BOOTING] * 3
    again = fold(board, record(1, 0, SECOND))
    assert (again.done, len(again.records)) == (1, 1)


def test_what_the_lost_pod_told_stays_findable_with_its_reason_and_its_cost() -> None:
    board = board_of(*BEFORE, PodSeen(at(55), EVICTED), PodSeen(at(61), SECOND))
    (lost,) = board.lost
    assert (lost.name, lost.key) == ("demo-aaaaa", FIRST.key)
    assert lost.why == "its node evicted it (Evicted: The node was low on memory)"
    assert (lost.finished, lost.restarts, lost.cost) == (4, 2, "4 finished drives and 2 restarts")
    assert lost.records == board_of(*BEFORE).records
    assert board.status is Status.RUNNING
    assert board.reason == (
        "An earlier pod is lost because its node evicted it (Evicted: The node was low on memory): "
        "4 finished drives and 2 restarts went with it. The recording has 4: cancelled and resumed,"
        " it goes on from them."
    )


def test_the_order_in_which_a_console_learns_of_two_pods_changes_nothing() -> None:
    """A list may bring the newer pod first, the recording may be read before or after the watch."""
    facts = (PodSeen(at(61), EVICTED), PodSeen(at(61), SECOND))
    seen = set()
    for events in permutations([*facts, ROUTES[0], record(2, 6, SECOND)]):
        board = board_of(JobSeen(at(0), JOB), *events)
        seen.add((board.done, board.records, board.lost, board.reason, board.budget.used))
    assert len(seen) == 1
    assert board.done == 1


def test_what_comes_late_from_a_lost_pod_is_still_its_own() -> None:
    board = board_of(*BEFORE, PodSeen(at(55), EVICTED), PodSeen(at(61), SECOND))
    late = fold(fold(board, record(4, 15, FIRST)), told(62, FIRST, done=5))
    assert (late.records, late.report) == ((), None)
    assert late.lost[0].finished == 5
    merged = MergedReported(at(63), MergedResult("d", "{}", True), FIRST.key)
    assert fold(late, merged).merged.final is False


def test_a_log_of_a_lost_pod_that_is_still_read_says_nothing_of_the_next() -> None:
    """Neither that its stream has ended nor its last line; who records is as true as before."""
    live = StreamChanged(at(2), "agent-2", StreamState.LIVE, "", FIRST.key)
    recording = StreamChanged(at(2), "recording", StreamState.WAITING, "Another console records.")
    board = board_of(*BEFORE, live, recording, PodSeen(at(55), EVICTED), PodSeen(at(61), SECOND))
    assert [each[0] for each in board.streams] == ["recording"]
    board = fold(board, replace(live, pod=SECOND.key))
    for late in (
        replace(live, state=StreamState.ENDED),
        LastLine(at(63), "agent-2", "from the first pod", at(54), FIRST.key),
        LastLine(at(63), "logcopy", "from the first pod", at(54), FIRST.key),
    ):
        board = fold(board, late)
    assert ("agent-2", StreamState.LIVE, "") in board.streams
    assert (board.pairs[1].agent_line, board.pairs[1].last_sign, board.logcopy_line) == (
        "",
        None,
        "",
    )
    board = fold(board, LastLine(at(64), "agent-2", "from the second", at(64), SECOND.key))
    assert board.pairs[1].agent_line == "from the second"


def test_a_next_pod_that_is_blocked_does_not_hide_the_loss_and_what_it_costs() -> None:
    stuck = containers(a=ContainerFacts("agent-1", WAITING, 0, "InvalidImageName", "bad name"))
    board = board_of(
        *BEFORE, PodSeen(at(55), EVICTED), JobSeen(at(60), replace(JOB, failed=1)),
        PodSeen(at(61), replace(SECOND, phase="Pending", containers=stuck)),
    )  # fmt: skip
    assert board.status is Status.BLOCKED
    assert board.reason.startswith("agent-1: its image cannot be pulled (bad name).")
    assert "An earlier pod is lost because its node evicted it" in board.reason


def test_what_the_next_pod_tells_before_the_watch_shows_it_is_kept_for_it() -> None:
    ahead = told(60, SECOND, driving(1, 1, "RouteScenario_0_rep0"))
    final = MergedReported(at(60), MergedResult("d", "{}", True), SECOND.key)
    board = board_of(*BEFORE, PodSeen(at(55), EVICTED), ahead, final)
    assert board.report.done == 4
    shown = fold(board, PodSeen(at(61), SECOND))
    assert shown.report == ahead.report
    assert shown.pairs[0].status is PairStatus.DRIVING
    assert shown.merged.final


def test_records_of_recordings_that_do_not_name_the_pod_belong_to_the_pod_of_their_time() -> None:
    old = [replace(each, pod="") for each in ROUTES]
    board = board_of(
        JobSeen(at(0), JOB), old[0], PodSeen(at(1), FIRST), *old[1:],
        PodSeen(at(61), SECOND), replace(record(2, 5, SECOND), pod=""),
    )  # fmt: skip
    assert (board.done, board.lost[0].finished) == (1, 4)


@pytest.mark.parametrize(
    ("reason", "message", "words"),
    [
        ("OutOfnvidia.com/gpu", "Node didn't have enough", "its node rejected it (OutOfnvidia"),
        ("UnexpectedAdmissionError", "Allocate failed", "its node rejected it (UnexpectedAdm"),
        ("NodeAffinity", "Pod was rejected", "its node rejected it (NodeAffinity"),
        ("Evicted", "low on resource: memory", "its node evicted it (Evicted: low on"),
        ("EvictionByEvictionAPI", "Eviction API: evicting", "it was evicted, as when a node is"),
        ("PreemptionByScheduler", "preempting", "it made room for a pod of higher priority"),
        ("Preempting", "Preempted in order to admit critical pod", "it made room for a pod"),
        ("DeletionByTaintManager", "taint manager", "its node was tainted"),
        ("NodeShutdown", "Pod was rejected as the node is shutting down", "its node shuts down"),
        ("Terminated", "Pod was terminated in response to imminent", "its node shuts down"),
        ("NodeLost", "Node n1 which was running pod", "its node does not answer"),
    ],
)
def test_a_pod_that_dies_as_a_whole_says_why_though_no_container_ever_had_a_state(
    reason: str, message: str, words: str
) -> None:
    dead = replace(FIRST, phase="Failed", containers=(), reason=reason, message=message)
    board = board_of(JobSeen(at(0), JOB), PodSeen(at(2), dead))
    assert board.status is Status.PENDING
    assert board.reason.startswith(f"The pod is lost because {words}")
    assert message.rstrip(".") in board.reason
    failed = replace(
        JOB, backoff_limit=0, failed=1, conditions=(condition("Failed", "BackoffLimitExceeded"),)
    )
    over = fold(board, JobSeen(at(9), failed))
    assert over.status is Status.FAILED
    assert over.reason.startswith(f"1 pod failed as a whole because {words}")


def test_why_a_pod_is_ending_is_told_while_it_still_stops() -> None:
    ending = replace(
        FIRST, deleting=True, reason="EvictionByEvictionAPI", message="Eviction API: evicting"
    )
    board = board_of(*BEFORE, PodSeen(at(50), ending))
    assert board.reason.startswith("The pod is being ended because it was evicted, as when a node")
    by_hand = board_of(*BEFORE, PodSeen(at(50), replace(FIRST, deleting=True)))
    assert by_hand.reason == "The pod is being ended."


def test_a_pod_that_was_deleted_by_hand_or_suspended_is_lost_too() -> None:
    board = board_of(*BEFORE, PodVanished(at(50), FIRST.uid))
    assert board.status is Status.PENDING
    assert board.reason == (
        "The pod is lost because it was deleted. Waiting for the Job controller to create another "
        "one; its 4 finished drives are driven again."
    )
    assert fold(board, PodSeen(at(61), SECOND)).lost[0].why == "it was deleted"
    started = replace(JOB, conditions=(JobCondition("Suspended", False, "JobResumed", "", T0),))
    first_start = board_of(*BEFORE, JobSeen(at(2), started), PodVanished(at(50), FIRST.uid))
    assert fold(first_start, PodSeen(at(61), SECOND)).lost[0].why == "it was deleted"
    resumed = replace(JOB, conditions=(JobCondition("Suspended", False, "JobResumed", "", at(59)),))
    again = board_of(
        *BEFORE, PodVanished(at(50), FIRST.uid), JobSeen(at(59), resumed), PodSeen(at(61), SECOND)
    )
    assert again.lost[0].why == "the Job was suspended"


def test_of_a_pod_that_nobody_saw_only_what_is_proven_is_told() -> None:
    """A console that comes late: the events tell that there was one, and why it ended."""
    made = [of_job("SuccessfulCreate", f"Created pod: {each.name}", 1) for each in (FIRST, SECOND)]
    evicted = said("Evicted", "low on memory", about=f"Pod/{FIRST.name}")
    board = board_of(JobSeen(at(0), JOB), PodSeen(at(61), SECOND), *made, evicted)
    (lost,) = board.lost
    assert (lost.name, lost.finished, lost.restarts) == (FIRST.name, None, None)
    assert lost.why == "its node evicted it (Evicted: low on memory)"
    assert "? finished drives and ? restarts went with it." in board.reason
    with_recording = fold(board, ROUTES[0])
    assert with_recording.lost[0].finished == 1
    assert with_recording.records == ()


@pytest.mark.parametrize(("deleted_at", "why"), [(50, "the Job was suspended"), (60, "it is gone")])
def test_the_events_of_a_pause_tell_a_late_console_why_a_pod_is_gone(deleted_at, why) -> None:
    """The Job controller deletes pods for other reasons too, before and after."""
    made = [of_job("SuccessfulCreate", f"Created pod: {each.name}", 1) for each in (FIRST, SECOND)]
    deleted = of_job("SuccessfulDelete", f"Deleted pod: {FIRST.name}", deleted_at)
    resumed = replace(JOB, conditions=(JobCondition("Suspended", False, "JobResumed", "", at(59)),))
    board = board_of(JobSeen(at(61), resumed), PodSeen(at(61), SECOND), *made, deleted)
    assert [(each.name, each.why) for each in board.lost] == [(FIRST.name, why)]


def test_a_replaced_pod_that_still_stops_keeps_its_own_end() -> None:
    board = board_of(*BEFORE, PodSeen(at(61), SECOND), PodSeen(at(62), EVICTED))
    assert (board.pod.uid, board.lost[0].why.split(" (")[0]) == (SECOND.uid, "its node evicted it")
    gone = fold(board, PodVanished(at(63), FIRST.uid))
    assert gone.lost == board.lost
    vanished = fold(gone, PodVanished(at(70), SECOND.uid))
    assert fold(vanished, PodSeen(at(71), EVICTED)).pod.uid == SECOND.uid


def test_a_namesake_knows_nothing_of_the_pods_of_the_one_before() -> None:
    board = board_of(*BEFORE, PodSeen(at(61), SECOND), JobSeen(at(90), replace(JOB, uid="uid-2")))
    assert (board.lost, board.told, board.earlier, board.records) == ((), (), (), ())


def sidecar(state: ContainerState = RUNNING, **more) -> ContainerFacts:
    return ContainerFacts("istio-proxy", state, **more)


def all_done(*others: ContainerFacts) -> PodFacts:
    end = ContainerExit(0, "Completed", at(40))
    ours = {name: ContainerFacts(name, ENDED, ended=end) for name in PLAN.containers}
    return pod(containers=(*containers(**ours), *others))


def test_a_container_that_is_not_ours_is_named_as_what_keeps_the_job_from_completing() -> None:
    board = board_of(JobSeen(at(0), JOB), PodSeen(at(41), all_done(sidecar())))
    assert board.status is Status.RUNNING
    assert board.reason.startswith(
        "Everything of the submission has ended, but istio-proxy runs on: it is not ours"
    )
    assert [each.name for each in board.foreign] == ["istio-proxy"]


@pytest.mark.parametrize(
    "other",
    [
        sidecar(ENDED, ended=ContainerExit(0, "Completed", at(40))),
        sidecar(init=True, sidecar=True),
        sidecar(ephemeral=True),
    ],
)
def test_what_does_not_keep_a_pod_from_ending_is_not_blamed(other: ContainerFacts) -> None:
    board = board_of(JobSeen(at(0), JOB), PodSeen(at(41), all_done(other)))
    assert board.reason == ""
    assert board.foreign == (other,)


def test_a_foreign_container_that_runs_does_not_make_a_waiting_submission_run() -> None:
    waiting = pod("Pending", containers=(*containers(WAITING), sidecar()))
    assert board_of(JobSeen(at(0), JOB), PodSeen(at(1), waiting)).status is Status.PENDING


def test_restarts_of_a_debug_container_cost_nothing() -> None:
    debug = ContainerFacts("debug", RUNNING, 3, ephemeral=True)
    seen = pod(containers=(*containers(), debug, sidecar(restart_count=1)))
    assert seen.restarts == 1
    assert board_of(JobSeen(at(0), JOB), PodSeen(at(1), seen)).budget.used == 1


def test_restarts_of_a_pod_that_still_stops_count_until_it_has_ended() -> None:
    """As the Job controller counts: over all pods of the Job that are pending or running."""
    stopping = replace(FIRST, deleting=True)
    board = board_of(*BEFORE, PodSeen(at(60), stopping), PodSeen(at(61), SECOND))
    assert board.budget.spent == (("simulator-2", 1), ("agent-2", 1))
    ended = fold(fold(board, PodVanished(at(70), FIRST.uid)), PodSeen(at(71), SECOND))
    assert ended.budget.used == 0


def test_what_a_lost_pod_costs_is_counted_apart_from_restarts() -> None:
    """The Job controller compares failed pods with the limit by themselves."""
    once = replace(JOB, failed=1)
    board = board_of(
        *BEFORE, PodSeen(at(55), EVICTED), JobSeen(at(60), once), PodSeen(at(61), SECOND)
    )
    assert board.budget.used == 0
    assert board.reason.endswith("Failed pods: 1; more than 8 end the Job.")
