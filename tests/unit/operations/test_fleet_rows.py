"""The list made of what changed: always as if it were made anew, and the rest left as it is."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from fakes.boards import board, gpu, pair
from msgspec.structs import replace

from console.domain.attention import Lag
from console.domain.board import SHARED_FAILURE, BoardSnapshot, PairStatus, SubmissionStatus
from console.domain.facts import JobCondition, JobFacts, Turn
from console.domain.fleet import Need, PairProblem, listed_first
from console.domain.progress import MergeProblem
from console.operations.outcome.row import row_of
from console.operations.watching.fleet_rows import FleetRows, Key

BEGAN = datetime(2026, 11, 22, tzinfo=UTC)
STATUSES = (SubmissionStatus.RUNNING, SubmissionStatus.BLOCKED, SubmissionStatus.FAILED)


def submission(number: int, *, gpu_index: int | None = None) -> BoardSnapshot:
    """The newest has the greatest number."""
    created = BEGAN + timedelta(minutes=number)
    job = JobFacts(f"job-{number}", "lab", f"uid-{number}", created, 8)
    held = None if gpu_index is None else gpu(gpu_index)
    pairs = (replace(pair(1, 1), simulator_gpu=held, agent_gpu=held),)
    shown = replace(board(), namespace="lab", name=job.name, job=job, pairs=pairs)
    return replace(shown, reason="")


def key_of(shown: BoardSnapshot) -> Key:
    return shown.namespace, shown.name


def taken(
    rows: FleetRows, *changed: BoardSnapshot, remark: str = "", now: datetime = BEGAN
) -> None:
    rows.renew({key_of(each): each for each in changed}, lambda _key, _board: remark, now)


def names(rows: FleetRows) -> list[str]:
    return [row.name for row in rows.rows]


@pytest.fixture
def three() -> FleetRows:
    rows = FleetRows()
    taken(rows, *(submission(number) for number in (1, 3, 2)))
    return rows


def test_the_newest_submission_stands_first(three) -> None:
    assert names(three) == ["job-3", "job-2", "job-1"]


def test_a_change_of_one_leaves_the_rows_of_the_others_as_they_are(three) -> None:
    first, _, last = three.rows
    taken(three, replace(submission(2), done=7))
    assert three.rows[0] is first
    assert three.rows[2] is last
    assert three.rows[1] == row_of(replace(submission(2), done=7))


def test_a_change_that_no_row_shows_leaves_the_list_as_it_is(three) -> None:
    before = three.rows
    taken(three, replace(submission(2), live=False))
    assert three.rows is before


def test_a_remark_that_is_new_is_on_its_row(three) -> None:
    taken(three, submission(2), remark="Its logs are not recorded.")
    assert [row.reason for row in three.rows] == ["", "Its logs are not recorded.", ""]


def test_what_needs_somebody_to_act_moves_to_the_top_and_back(three) -> None:
    taken(three, replace(submission(1), status=SubmissionStatus.BLOCKED))
    assert names(three) == ["job-1", "job-3", "job-2"]
    taken(three, submission(1))
    assert names(three) == ["job-3", "job-2", "job-1"]


def test_a_pair_that_falls_silent_moves_its_submission_up_though_nothing_is_heard(three) -> None:
    heard = replace(submission(1), pairs=(replace(pair(3, 1), last_sign=BEGAN, since=BEGAN),))
    taken(three, heard)
    assert names(three) == ["job-3", "job-2", "job-1"]
    late = BEGAN + timedelta(minutes=6)
    assert three.due(late) == [("lab", "job-1")]
    taken(three, heard, now=late)
    assert names(three) == ["job-1", "job-3", "job-2"]
    assert three.rows[0].need is Need.HELD_UP
    assert [each.pair for each in three.rows[0].attention] == [3]


def test_a_failure_is_news_for_a_day_and_then_one_of_what_has_ended(three) -> None:
    failed = submission(1)
    assert failed.job is not None
    job = replace(failed.job, conditions=(JobCondition("Failed", True, "", "", BEGAN),))
    failed = replace(failed, status=SubmissionStatus.FAILED, job=job)
    taken(three, failed)
    assert [row.need for row in three.rows] == [Need.FAILING, Need.RUNNING, Need.RUNNING]
    later = BEGAN + timedelta(days=1)
    assert three.due(later) == [("lab", "job-1")]
    taken(three, failed, now=later)
    assert [row.need for row in three.rows] == [Need.RUNNING, Need.RUNNING, Need.ENDED]
    assert three.due(later) == []


@pytest.mark.parametrize(
    ("status", "problem", "need"),
    [(PairStatus.FAILED, PairProblem.FAILED, Need.FAILING),
     (PairStatus.BACKING_OFF, PairProblem.BACKING_OFF, Need.HELD_UP)],
)  # fmt: skip
def test_a_pair_that_failed_or_waits_to_be_started_again_is_named_on_the_row(
    status: PairStatus, problem: PairProblem, need: Need
) -> None:
    rows = FleetRows()
    taken(rows, replace(submission(1), pairs=(pair(1, 1), replace(pair(2, 1), status=status))))
    assert (rows.rows[0].pair_problems, rows.rows[0].need) == (((2, problem),), need)


def test_what_fails_alike_in_several_pairs_is_failing_before_its_budget_is_spent() -> None:
    rows, seen = FleetRows(), submission(1)
    told = "pairs 1 and 2: the agent's sensors are not allowed on this track"
    shared = (MergeProblem(SHARED_FAILURE, 0, told),)
    taken(rows, replace(seen, problems=shared, pairs=(pair(1, 1), pair(2, 1), pair(3, 1))))
    alike = tuple((number, PairProblem.FAILS_ALIKE) for number in (1, 2))
    assert (rows.rows[0].pair_problems, rows.rows[0].need) == (alike, Need.FAILING)
    once = MergeProblem(
        SHARED_FAILURE, 0, "pairs 1 and 2 failed alike within 60 s: the server crashed"
    )
    taken(rows, replace(seen, problems=(once,), pairs=(pair(1, 1), pair(2, 1), pair(3, 1))))
    assert (rows.rows[0].pair_problems, rows.rows[0].need) == ((), Need.RUNNING)


def test_of_those_that_wait_the_next_stands_first_though_it_is_not_the_newest() -> None:
    rows, line = FleetRows(), {}
    for place in (2, 1, 11):
        seen = submission(place)
        assert seen.job is not None
        turn = Turn("batch", place, 11, 1)
        job = replace(seen.job, turn=turn, waits=True, suspended=True)
        line[key_of(seen)] = replace(seen, job=job, status=SubmissionStatus.QUEUED)
    taken(rows, *line.values())
    assert [row.place for row in rows.rows] == ["1/11", "2/11", "11/11"]


def test_of_many_rows_one_that_moves_leaves_the_order_of_all_others() -> None:
    rows = FleetRows()
    taken(rows, *(submission(number) for number in range(100)))
    taken(rows, replace(submission(40), status=SubmissionStatus.BLOCKED))
    assert names(rows)[:3] == ["job-40", "job-99", "job-98"]
    taken(rows, replace(submission(70), vanished=True), submission(40))
    left = [number for number in range(99, -1, -1) if number != 70]
    assert names(rows) == [f"job-{number}" for number in left]


def test_a_namesake_launched_later_stands_where_its_own_time_puts_it(three) -> None:
    again = submission(1)
    assert again.job is not None
    later = replace(again.job, uid="again", created_at=BEGAN + timedelta(hours=1))
    taken(three, replace(again, job=later))
    assert names(three) == ["job-1", "job-3", "job-2"]


def test_a_deleted_submission_leaves_the_list(three) -> None:
    taken(three, replace(submission(3), vanished=True))
    assert names(three) == ["job-2", "job-1"]
    taken(three, replace(submission(1), done=3))
    assert [row.done for row in three.rows] == [submission(2).finished, 3]


def test_a_pod_whose_job_is_not_known_has_no_row(three) -> None:
    taken(three, replace(submission(4), job=None))
    assert names(three) == ["job-3", "job-2", "job-1"]


def test_who_comes_onto_a_gpu_is_told_of_on_the_row_of_the_other_too() -> None:
    rows = FleetRows()
    taken(rows, submission(1, gpu_index=0), submission(2, gpu_index=1))
    assert rows.meetings == {}
    taken(rows, submission(3, gpu_index=0))
    assert [row.remark for row in rows.rows] == [
        "pair 1 is on one GPU with pair 1 of job-1: GPU-00000000.",
        "",
        "pair 1 is on one GPU with pair 1 of job-3: GPU-00000000.",
    ]
    assert set(rows.meetings) == {("lab", "job-1"), ("lab", "job-3")}


def test_a_board_tells_of_its_meeting_until_that_is_over() -> None:
    rows, one, two = FleetRows(), submission(1, gpu_index=0), submission(2, gpu_index=0)
    taken(rows, one, two)
    shown = rows.with_meetings(one)
    told = shown.problems[-1].text
    assert told == "pair 1 is on one GPU with pair 1 of job-2: GPU-00000000"
    assert rows.with_meetings(one) is shown
    assert rows.with_meetings(replace(one, done=7)).problems == shown.problems
    taken(rows, replace(two, status=SubmissionStatus.COMPLETE))
    assert rows.with_meetings(one) is one


@pytest.mark.parametrize(
    "left",
    [{"status": SubmissionStatus.COMPLETE}, {"status": SubmissionStatus.DELETED, "vanished": True}],
    ids=["ended", "deleted"],
)
def test_once_one_of_two_has_left_the_gpu_neither_row_speaks_of_it(left) -> None:
    rows = FleetRows()
    taken(rows, submission(1, gpu_index=0), submission(2, gpu_index=0))
    assert all(row.remark for row in rows.rows)
    taken(rows, replace(submission(2, gpu_index=0), **left))
    assert rows.meetings == {}
    assert not any(row.remark for row in rows.rows)


@pytest.mark.parametrize("seed", range(5))
def test_after_any_changes_the_list_is_what_all_boards_together_give(seed: int) -> None:
    chance, rows, boards = random.Random(seed), FleetRows(), {}
    for _ in range(60):
        changed = {}
        for number in chance.sample(range(60), chance.randint(1, 4)):
            seen = submission(number, gpu_index=number if chance.random() < 0.5 else None)
            fresh = {
                "status": chance.choice(STATUSES),
                "done": chance.randint(0, 20),
                "vanished": chance.random() < 0.2,
            }
            changed[key_of(seen)] = replace(seen, **fresh)
        boards.update(changed)
        rows.renew(changed, lambda _key, _board: "")
        there = [row_of(each) for each in boards.values() if not each.vanished]
        assert list(rows.rows) == listed_first(there)
        shown = {key_of(each): each.done for each in boards.values() if not each.vanished}
        assert {key: each.done for key, each in rows.boards.items()} == shown


def test_of_a_silent_pair_time_alone_makes_another_row() -> None:
    said, rows = BEGAN + timedelta(hours=1), FleetRows()
    quiet = submission(1)
    quiet = replace(quiet, pairs=(replace(quiet.pairs[0], last_sign=said, since=said),))

    def look(now: datetime) -> list[Lag]:
        due = dict.fromkeys(rows.due(now), quiet) if rows.rows else {key_of(quiet): quiet}
        rows.renew(due, lambda _key, _board: "", now)
        return [each.lag for each in rows.rows[0].attention]

    told = [look(said + timedelta(seconds=after)) for after in (1, 119, 120, 121, 300, 9000)]
    assert told == [[], [], [Lag.SILENT], [Lag.SILENT], [Lag.STALLED], [Lag.STALLED]]
    rows.renew({key_of(quiet): replace(quiet, vanished=True)}, lambda _key, _board: "", said)
    assert rows.due(said + timedelta(days=1)) == []
