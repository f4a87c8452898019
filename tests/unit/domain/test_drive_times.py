"""How long drives took, told by logcopy's counts: what cannot be told apart is left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fakes.folded_boards import JOB, PLAN, T0, at, board_of, finished, report
from msgspec.structs import replace
from test_gpu_time import pod, runs

from console.domain.board import BoardSnapshot
from console.domain.drive_times import DriveTimes, NewestDriveTimes, drive_times, routes_of
from console.domain.estimates import drive_began, slow_at
from console.domain.events import Event, JobSeen, PodSeen
from console.domain.facts import JobCondition
from console.domain.pod_times import Times, with_report
from console.domain.progress import MergeStatus, PairProgress, ProgressReport
from console.domain.ticks import Tick
from console.domain.usual_times import Usual, UsualTimes
from console.results import statuses

FILE = "/workspace/leaderboard/data/routes_testing.xml"
KNOWN = replace(JOB, plan=replace(PLAN, routes_file=FILE))


def counts(second: float, done: int, attempt: int = 1, agent: str = "driving") -> Event:
    """Pair 1 alone drives; what logcopy counts of it."""
    return report(second, PairProgress(1, attempt, "ready", agent, done, 5))


BEGUN: tuple[Event, ...] = (
    JobSeen(T0, KNOWN),
    PodSeen(at(11), pod("Running")),
    counts(12, 0, agent="waiting"),
    counts(40, 0),
)
"""Its agent runs since 10, its evaluator since 40."""
AGAIN = PodSeen(at(111), pod("Running", runs("agent-1", 110, (10, 100), 1)))
"""It crashed at 100, and runs again since 110."""


def told(*events: Event) -> DriveTimes:
    return drive_times(board_of(*BEGUN, *events))


def seconds(*events: Event) -> dict[str, float]:
    return {route.rpartition("_")[2]: took for route, took in told(*events).drives}


def test_a_drive_takes_from_the_end_of_the_one_before_or_from_the_evaluator_s_begin() -> None:
    assert seconds(counts(100, 1), counts(110, 1), counts(175, 2)) == {"0": 60.0, "1": 75.0}


def test_a_file_that_tells_another_number_each_time_takes_no_memory_without_end() -> None:
    times: Times = ()
    for second in range(5000):
        told_by = PairProgress(1, second, "ready", "driving", second % 2, 5)
        times = with_report(
            times, "p", ProgressReport(second, at(second), MergeStatus.RUNNING, 0, 5, (told_by,))
        )
    (pair,) = times[0].reports
    assert max(len(pair.counts), len(pair.finishes), len(pair.drove)) <= 2000
    assert pair.counts[-1] == (1, at(4999))


def test_for_the_same_board_times_are_made_once() -> None:
    newest, board = NewestDriveTimes(), board_of(*BEGUN, counts(100, 1))
    assert newest.of(board) is newest.of(board)
    assert newest.of(board_of(*BEGUN, counts(90, 1))).drives == (("RouteScenario_0", 50.0),)


def test_a_boot_takes_from_the_agent_s_start_to_the_evaluator_s_begin() -> None:
    assert told().boots == (30.0,)
    assert told(AGAIN, counts(130, 0, attempt=2)).boots == (30.0, 20.0)


def test_the_drive_that_is_under_way_has_taken_nothing_yet() -> None:
    assert told().drives == ()


def test_a_drive_that_begins_anew_takes_what_it_took_the_last_time() -> None:
    assert seconds(counts(90, 1), AGAIN, counts(130, 1, 2), counts(200, 2, 2)) == {
        "0": 50.0,
        "1": 70.0,
    }


def test_a_crash_that_was_counted_as_a_drive_is_none_once_it_is_driven_again() -> None:
    """2.x counts the drive that crashed, and no longer once it goes on from its checkpoint."""
    crashed = (counts(90, 1), counts(99, 2), AGAIN, counts(130, 1, 2))
    assert seconds(*crashed) == {"0": 50.0}
    assert seconds(*crashed, counts(190, 2, 2)) == {"0": 50.0, "1": 60.0}


def test_a_route_that_was_given_up_before_the_evaluator_began_took_no_time() -> None:
    assert seconds(counts(90, 1), AGAIN, counts(115, 2, 2, "waiting"), counts(130, 2, 2)) == {
        "0": 50.0
    }


@pytest.mark.parametrize(
    "status",
    [
        statuses.SIMULATION_CRASHED,
        statuses.AGENT_CRASHED,
        statuses.SENSORS_INVALID,
        statuses.NOT_SET_UP,
    ],
)
def test_a_drive_that_was_cut_off_tells_nothing_of_its_route(status: str) -> None:
    assert seconds(counts(90, 1), finished(1, 0, status)) == {}


@pytest.mark.parametrize(
    "status", ["Perfect", "Completed", "Failed - Agent timed out", "Failed - Agent got blocked"]
)
def test_a_drive_that_ended_by_its_own_rules_counts_however_well_it_went(status: str) -> None:
    assert seconds(counts(90, 1), finished(1, 0, status)) == {"0": 50.0}


def test_of_two_that_were_told_at_once_nobody_knows_which_took_how_long() -> None:
    assert seconds(counts(140, 2), counts(200, 3)) == {"2": 60.0}


def test_a_pair_that_goes_on_from_a_checkpoint_begins_with_a_later_route() -> None:
    resumed = (JobSeen(T0, KNOWN), PodSeen(at(11), pod("Running")), counts(12, 3, agent="waiting"))
    board = board_of(*resumed, counts(40, 3), counts(100, 4))
    assert drive_times(board).drives == (("RouteScenario_3", 60.0),)


def test_where_runs_were_not_seen_nothing_is_told_of_them() -> None:
    missed = PodSeen(at(111), pod("Running", runs("agent-1", 110, restarts=2)))
    assert told(counts(90, 1), missed).drives == ()


def test_while_nobody_knows_the_routes_no_drive_has_a_name() -> None:
    plan = replace(PLAN, drives=PLAN.drives._replace(subsets=("0-4", "", "10-14", "15-19")))
    told_by = PairProgress(2, 1, "ready", "driving", 1, None)
    board = board_of(JobSeen(T0, replace(JOB, plan=plan)), *BEGUN[1:], report(90, told_by))
    assert drive_times(board).drives == ()


def test_each_pair_s_drives_are_of_its_own_routes() -> None:
    def both(second: float, done: int) -> Event:
        return report(second, *(PairProgress(n, 1, "ready", "driving", done, 5) for n in (1, 4)))

    first = report(12, *(PairProgress(n, 1, "ready", "waiting", 0, 5) for n in (1, 4)))
    board = board_of(*BEGUN[:2], first, both(40, 0), both(100, 1))
    assert dict(drive_times(board).drives) == {"RouteScenario_0": 60.0, "RouteScenario_15": 60.0}


def test_routes_are_the_same_by_version_image_of_the_contents_and_file() -> None:
    assert routes_of(board_of(*BEGUN)) == f"2.0 l {FILE}"
    assert told().routes_of == f"2.0 l {FILE}"


def test_of_a_job_that_names_no_routes_file_nobody_knows_which_they_are() -> None:
    assert routes_of(board_of(JobSeen(T0, JOB))) == ""
    assert routes_of(BoardSnapshot("races", "demo")) == ""


def test_they_are_of_the_time_at_which_the_submission_ended() -> None:
    assert told(counts(90, 1)).ended_at is None
    end = T0 + timedelta(hours=1)
    over = replace(KNOWN, conditions=(JobCondition("Failed", True, since=end),))
    assert told(counts(90, 1), JobSeen(at(99), over)).ended_at == end


@pytest.mark.parametrize("at", [datetime.min, datetime.max])
def test_a_time_at_an_end_of_the_calendar_is_reckoned_with_nowhere(at: datetime) -> None:
    told = at.replace(tzinfo=UTC)
    driving = board_of(*BEGUN).pairs[0]
    tick = Tick(told, 800.0, 1.0, 1.0)
    pair = replace(driving, route="RouteScenario_0", since=told, since_exact=False, tick=tick)
    board = replace(board_of(*BEGUN), pairs=(pair,))
    slow = UsualTimes({"RouteScenario_0": Usual(1, 2, 3, 4, 9, slow=900.0)})
    assert drive_began(pair) is not None
    assert told <= slow_at(board, slow)[1] <= datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize("said", [4e9, -4e9])
def test_a_time_that_is_longer_than_the_submission_was_seen_is_nobody_s(said: float) -> None:
    def strange(second: float, done: int) -> Event:
        told = counts(second, done)
        return replace(told, report=replace(told.report, at=at(said)))  # type: ignore[union-attr,call-arg]

    began = drive_times(board_of(*BEGUN[:3], strange(40, 0)))
    assert began.boots == ()
    assert seconds(strange(100, 1)) == {}
    rest = seconds(counts(100, 1), strange(110, 2), counts(175, 3))
    assert rest.pop("0") == 60.0
    assert all(0 <= took < 200 for took in rest.values())
