"""GPU time: what a submission's pods held, and what of it was wasted on what; unknown is no zero."""

from __future__ import annotations

from itertools import accumulate, cycle

import pytest
from fakes.folded_boards import JOB, PLAN, T0, at, board_of, report
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.domain.events import Event, JobSeen, PodSeen, PodVanished, StagesHeard
from console.domain.facts import ContainerExit, ContainerFacts, ContainerState, PodFacts
from console.domain.gpu_time import NOTHING, UNKNOWN, GpuTime, gpu_time, gpu_time_with, hours
from console.domain.progress import MergeStatus, PairProgress
from console.domain.stage_marks import StageMark
from console.domain.ticks import Stage

RUNNING, WAITING, ENDED = ContainerState.RUNNING, ContainerState.WAITING, ContainerState.TERMINATED
Exits = tuple[float, float]
"""Seconds of a run's start and end."""


def exited(seconds: Exits, code: int = 0) -> ContainerExit:
    return ContainerExit(code, "Completed", at(seconds[1]), at(seconds[0]))


def ran(
    name: str, last: Exits, before: Exits | None = None, restarts: int = 0, code: int = 0
) -> ContainerFacts:
    previous = exited(before, 1) if before else None
    return ContainerFacts(name, ENDED, restarts, ended=exited(last, code), previous=previous)


def runs(name: str, since: float, before: Exits | None = None, restarts: int = 0) -> ContainerFacts:
    previous = exited(before, 1) if before else None
    return ContainerFacts(name, RUNNING, restarts, started_at=at(since), previous=previous)


def pod(phase: str, *special: ContainerFacts, uid: str = "pod-1", **more: object) -> PodFacts:
    """Of four pairs; what is not named ran from 10 to 300, or runs since 10. A failed one's
    containers were asked to stop."""
    given = {each.name: each for each in special}
    code = 143 if phase == "Failed" else 0

    def usual(name: str) -> ContainerFacts:
        return runs(name, 10) if phase == "Running" else ran(name, (10, 300), code=code)

    others = [given.get(name) or usual(name) for name in PLAN.containers]
    facts: dict[str, object] = {"node": "n1", "created_at": T0, "placed_at": T0}
    return PodFacts("demo-x1y2z", "races", uid, "demo", phase, tuple(others), **{**facts, **more})  # type: ignore[arg-type]


def drives(second: float, attempt: int = 1, *pairs: int, done: int = 0) -> Event:
    told = [PairProgress(n, attempt, "ready", "driving", done, 5) for n in pairs or (1, 2, 3, 4)]
    return report(second, *told)


def booting(second: float) -> Event:
    return report(second, *(PairProgress(n, 1, "booting", "booting", 0, 5) for n in (1, 2, 3, 4)))


LAST = replace(report(299), report=replace(report(299).report, status=MergeStatus.INCOMPLETE))
CRASHED = pod("Running", runs("agent-1", 110, (10, 100), 1))
OVER = pod("Succeeded", ran("agent-1", (110, 200), (10, 100), 1))
WHOLE: tuple[Event, ...] = (
    JobSeen(T0, JOB),
    PodSeen(at(11), pod("Running")),
    booting(12),
    drives(40),
    drives(90, done=1),
    PodSeen(at(111), CRASHED),
    drives(130, 2, 1, done=1),
    drives(199, 2, 1, done=2),
    PodSeen(at(300), OVER),
    LAST,
)
"""Pair 1 crashes at 100, ten seconds into its second drive, and is done at 200; the others at 300."""


def told(*events: Event, now: float | None = None) -> GpuTime:
    return gpu_time(board_of(*events), None if now is None else at(now))


def test_all_gpu_time_of_an_ended_submission_is_told_and_what_it_was_wasted_on() -> None:
    found = told(*WHOLE)
    assert found == GpuTime(
        used=4 * 300.0,
        boot=10 + 30 + 20 + 3 * 40.0,
        repeated=10.0,
        back_off=10.0,
        idle=100.0,
    )
    assert found.wasted == 180 + 10 + 10 + 100
    assert [name for name, _ in found.parts] == ["boot", "repeated drives", "back-off", "idle"]


def test_hours_are_told_to_hundredths() -> None:
    assert (hours(3600.0), hours(90.0), hours(0.0), hours(None)) == (1.0, 0.03, 0.0, None)


def test_the_same_is_told_whenever_somebody_looks_at_what_has_ended() -> None:
    assert told(*WHOLE) == told(*WHOLE, now=9999)


def test_a_pod_that_lives_has_held_its_gpus_until_now() -> None:
    begun = (JobSeen(T0, JOB), PodSeen(at(11), pod("Running")), booting(12), drives(40))
    assert told(*begun, now=100).used == 400.0
    # The drive under way is not in vain yet.
    assert told(*begun, now=100) == GpuTime(400.0, 160.0, 0.0, 0.0, 0.0)
    assert told(*begun) == UNKNOWN


def test_while_a_pair_waits_for_its_next_run_it_is_not_idle() -> None:
    down = ContainerFacts(
        "agent-1", WAITING, 0, reason="CrashLoopBackOff", previous=exited((10, 60), 1)
    )
    found = told(
        JobSeen(T0, JOB),
        PodSeen(at(11), pod("Running")),
        booting(12),
        drives(40),
        PodSeen(at(61), pod("Running", down)),
        now=100,
    )
    assert (found.back_off, found.idle) == (40.0, 0.0)


def test_a_pod_that_ended_while_an_image_never_came_held_its_gpus_to_its_end() -> None:
    waiting = [ContainerFacts(f"agent-{number}", WAITING) for number in (1, 2, 3, 4)]
    found = told(JobSeen(T0, JOB), PodSeen(at(301), pod("Failed", *waiting)))
    assert (found.used, found.boot) == (4 * 300.0, 4 * 300.0)


def test_what_waits_for_a_node_holds_none_and_what_never_began_none_either() -> None:
    unplaced = pod("Pending", node="", placed_at=None)
    assert told(JobSeen(T0, JOB), PodSeen(at(1), unplaced), now=60) == NOTHING
    untold = replace(unplaced, containers=())  # of its containers nothing is told without a node
    assert told(JobSeen(T0, JOB), PodSeen(at(1), untold), now=60) == NOTHING
    assert told(JobSeen(T0, replace(JOB, active=0)), now=60) == NOTHING


def test_a_pod_whose_agents_never_started_has_wasted_all_on_the_boot() -> None:
    waiting = [ContainerFacts(name, WAITING) for name in PLAN.containers]
    found = told(JobSeen(T0, JOB), PodSeen(at(1), pod("Pending", *waiting)), now=60)
    assert (found.used, found.boot, found.wasted) == (240.0, 240.0, 240.0)


def test_without_logcopys_word_only_what_containers_tell_is_known() -> None:
    silent = [each for each in WHOLE if isinstance(each, JobSeen | PodSeen)]
    found = told(*silent)
    assert (found.used, found.back_off, found.idle) == (1200.0, 10.0, 100.0)
    assert (found.boot, found.repeated, found.wasted) == (None, None, None)


def test_runs_that_nobody_saw_leave_everything_open_but_what_was_held() -> None:
    """Three restarts and only the last two runs: a console that looked late."""
    late = pod("Succeeded", ran("agent-1", (110, 200), (60, 100), 3))
    found = told(JobSeen(T0, JOB), PodSeen(at(300), late), drives(130, 2), LAST)
    assert found.used == 1200.0
    assert (found.boot, found.back_off, found.idle, found.wasted) == (None, None, None, None)


@pytest.mark.parametrize("gone", [PodVanished(at(301), "pod-1"), None])
def test_a_pod_whose_end_nobody_saw_has_no_known_time(gone: PodVanished | None) -> None:
    begun: list[Event] = [JobSeen(T0, JOB), PodSeen(at(11), pod("Running")), drives(40)]
    assert told(*begun, *([gone] if gone else ()), now=None) == UNKNOWN
    if gone:
        assert told(*begun, gone, now=400) == UNKNOWN


def test_a_pod_that_is_deleted_has_ended_with_its_last_container() -> None:
    stopped = replace(OVER, phase="Running", deleting=True)
    assert told(*WHOLE[:-2], PodSeen(at(300), stopped), LAST).used == 1200.0


def test_all_driving_of_a_pod_that_was_replaced_was_in_vain() -> None:
    second = pod("Running", uid="pod-2", created_at=at(400), placed_at=at(400))
    again = [replace(each, started_at=at(410)) for each in second.containers]
    found = told(*WHOLE, PodSeen(at(411), replace(second, containers=tuple(again))), now=430)
    whole = told(*WHOLE)
    assert found.used == whole.used + 4 * 30
    # Nothing is told of the second one's drives yet.
    assert (found.repeated, found.boot, found.back_off) == (None, None, 10.0)


def test_a_pod_of_which_only_events_tell_leaves_all_of_it_open() -> None:
    board = board_of(*WHOLE)
    lost = [type("Lost", (), {"key": ""})()]
    assert gpu_time(_with_lost(board, lost), at(1)) == UNKNOWN


def _with_lost(board: BoardSnapshot, lost: list[object]) -> BoardSnapshot:
    return replace(board, lost=tuple(lost))


def test_what_a_resume_brought_along_is_not_taken_for_a_drive_of_its_own() -> None:
    """logcopy's first word tells two finished drives; a third one follows, and the Job is ended."""
    events = [
        JobSeen(T0, JOB),
        PodSeen(at(11), pod("Running")),
        report(12, *(PairProgress(n, 1, "booting", "booting", 2, 5) for n in (1, 2, 3, 4))),
        drives(40, done=2),
        drives(240, done=3),
        PodSeen(at(300), pod("Failed")),
        JobSeen(at(301), replace(JOB, active=0, cancelled=True)),
    ]
    assert told(*events).repeated == 4 * 60.0


def test_a_log_that_begins_in_the_middle_leaves_boot_and_drives_open() -> None:
    """Whoever hears first that it drives does not know since when."""
    late = [each for each in WHOLE if each != booting(12)]
    found = told(*late)
    assert (found.used, found.back_off, found.idle) == (1200.0, 10.0, 100.0)
    assert (found.boot, found.repeated, found.wasted) == (None, None, None)


def test_drives_that_were_lost_again_took_nobody_knows_how_long() -> None:
    fallen = [*WHOLE[:5], drives(130, 2, 1, done=0), *WHOLE[-2:]]
    assert told(*fallen).repeated is None
    assert told(*fallen).boot is not None


def test_of_a_pair_that_is_not_done_at_the_end_the_last_drive_was_in_vain() -> None:
    events = [*WHOLE[:2], booting(12), drives(40), drives(90, done=1)]
    events += [
        PodSeen(at(300), pod("Failed")),
        JobSeen(at(301), replace(JOB, active=0, cancelled=True)),
    ]
    assert told(*events).repeated == 4 * 210.0


def test_a_run_that_never_began_is_no_run() -> None:
    refused = ContainerExit(128, "StartError", at(20), at(-1000))
    broken = ContainerFacts("agent-1", WAITING, 1, previous=refused)
    found = told(JobSeen(T0, JOB), PodSeen(at(30), pod("Running", broken)), now=60)
    assert (found.used, found.boot) == (240.0, None)


def stages(container: str, *marks: tuple[float, Stage | None]) -> Event:
    told = tuple(StageMark(at(second), stage) for second, stage in marks)
    return StagesHeard(at(301), container, told)


LOADS, SETS_UP, RUNS = Stage.LOADING, Stage.SET_UP, Stage.RUNNING
OF_OTHERS = ((41, LOADS), (50, SETS_UP), (52, RUNS), (88, None), (91, LOADS), (97, RUNS))
HEARD = (
    # Cut off at 100 as it loads its second world, which is driven again.
    stages("agent-1", (42, LOADS), (60, SETS_UP), (61, RUNS), (88, None), (92, LOADS)),
    stages("agent-1", (131, LOADS), (150, SETS_UP), (151, RUNS), (198, None)),
    *(stages(f"agent-{n}", *OF_OTHERS, (198, None)) for n in (2, 3, 4)),
)


def test_worlds_that_were_loaded_and_agents_set_up_are_told_apart_from_routes() -> None:
    found, before = told(*WHOLE, *HEARD), told(*WHOLE)
    assert found.loading == (18 + 19) + 3 * (9 + 6)
    assert found.set_up == (1 + 1) + 3 * 2
    assert (found.wasted, found.driving) == (before.wasted, before.driving)
    assert found.routes == found.driving - found.loading - found.set_up
    assert (before.loading, before.set_up, before.routes) == (None, None, None)


def test_a_world_that_was_loaded_for_a_drive_in_vain_is_wasted_with_it_and_counts_once() -> None:
    found = told(*WHOLE, *HEARD)
    assert found.repeated == told(*WHOLE).repeated
    assert _whole(found) == pytest.approx(found.used)


def test_stages_that_somebody_else_has_recorded_complete_what_is_known() -> None:
    board, recorded = board_of(*WHOLE), board_of(*WHOLE, *HEARD)
    assert gpu_time_with(board, recorded.pod_times, None) == told(*WHOLE, *HEARD)


def test_a_pod_that_is_replaced_has_loaded_all_its_worlds_in_vain() -> None:
    second = pod("Pending", uid="pod-2", created_at=at(400), node="")
    waiting = [ContainerFacts(name, WAITING) for name in PLAN.containers]
    gone = PodSeen(at(401), replace(second, containers=tuple(waiting)))
    found = told(*WHOLE, *HEARD, gone, now=430)
    assert (found.loading, found.set_up) == (0.0, 0.0)
    assert found.repeated > told(*WHOLE, *HEARD).repeated
    assert _whole(found) == pytest.approx(found.used)


SECONDS = st.lists(st.integers(-20, 400), min_size=6, max_size=6)
LENGTHS = st.lists(st.integers(0, 60), max_size=16)
"""Of the stages of some drives, one after the other."""


@given(SECONDS, st.integers(-20, 60), LENGTHS)
def test_the_parts_of_all_gpu_time_are_the_whole_whatever_clocks_say(
    seconds: list[int], start: int, lengths: list[int]
) -> None:
    """Reports, runs and lines at any time, also before the pod had a node and after its end."""
    began, crash, again, *reported = seconds
    first, second = sorted((began, crash))
    agent = ran("agent-1", (max(again, second), 300), (first, second), 1)
    begins = accumulate(lengths, initial=start)
    marks = tuple(zip(begins, cycle((LOADS, SETS_UP, RUNS, None)), strict=False))
    found = told(
        *WHOLE[:3],
        *(drives(at, attempt, 1, done=attempt) for attempt, at in enumerate(reported, 1)),
        drives(60, 1, 2, 3, 4),
        PodSeen(at(300), pod("Succeeded", agent)),
        LAST,
        *(stages(f"agent-{n}", *marks) for n in (1, 2, 3, 4)),
    )
    parts = [seconds for _, seconds in (*found.parts_of_driving, *found.parts)]
    assert all(each is None or each >= 0 for each in parts)
    if found.wasted is not None:
        assert found.driving + found.wasted == pytest.approx(found.used)
    if found.complete:
        assert _whole(found) == pytest.approx(found.used)


def _whole(found: GpuTime) -> float:
    return sum(seconds for _, seconds in (*found.parts_of_driving, *found.parts) if seconds)


def test_clocks_that_disagree_make_no_negative_time() -> None:
    assert told(*WHOLE[:2], now=-60).used == 0.0
