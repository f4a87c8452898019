"""Submissions that take turns: who is due, what a waiting one says, and that the limit holds."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from console.domain.blockage import BlockKind
from console.domain.board import BoardSnapshot, PairStatus
from console.domain.board import SubmissionStatus as Status
from console.domain.budget import RestartBudget
from console.domain.events import JobSeen
from console.domain.facts import Admission, JobCondition, JobFacts, Turn
from console.domain.folding import fold
from console.domain.turns import due, has_place, ordinal, place_in_line
from console.specs.compose import compose
from console.specs.plan import plan_of
from console.specs.template import load_template
from console.specs.turns import in_turn, turn_of
from console.specs.values import load_profile

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OVER = (JobCondition("Complete", True, since=NOW),)
FAILED = (JobCondition("Failed", True, since=NOW),)
FAILING = (JobCondition("FailureTarget", True, since=NOW),)


def waiting(place: int, *, at_most: int = 2, batch: str = "b") -> JobFacts:
    name, turn = f"job-{place}", Turn(batch, place, 5, at_most)
    return JobFacts(
        name, "races", f"{batch}-{place}", NOW, 8, suspended=True, turn=turn, waits=True
    )


def started(job: JobFacts) -> JobFacts:
    return replace(job, suspended=False, waits=False)


def places(jobs: list[JobFacts]) -> list[int]:
    return [job.turn.place for job in due(jobs) if job.turn]


def test_the_first_that_wait_are_due_as_far_as_places_are_free() -> None:
    five = [waiting(place) for place in (3, 1, 5, 2, 4)]
    assert places(five) == [1, 2]
    assert places([started(five[1]), *five[:1], *five[2:]]) == [2]
    assert places([started(five[1]), started(five[3]), five[0]]) == []


@pytest.mark.parametrize(
    ("change", "free"),
    [
        ({"conditions": OVER}, True),
        ({"conditions": FAILED}, True),
        ({"conditions": FAILING}, False),
        ({"cancelled": True}, False),
        ({"cancelled": True, "conditions": FAILED}, True),
        ({"suspended": True}, True),
        ({"deleting": True}, False),
    ],
)
def test_a_place_is_free_once_the_pod_is_gone_or_an_operator_suspended_it(change, free) -> None:
    first = replace(started(waiting(1, at_most=1)), **change)
    assert has_place(first) is not free
    assert places([first, waiting(2, at_most=1)]) == ([2] if free else [])


def test_one_that_was_cancelled_or_is_being_deleted_leaves_the_line() -> None:
    one = [waiting(1, at_most=1), waiting(2, at_most=1)]
    assert places([replace(one[0], cancelled=True), one[1]]) == [2]
    assert places([replace(one[0], deleting=True), one[1]]) == [2]
    assert places(one[1:]) == [2]


def test_batches_and_namespaces_do_not_count_for_each_other() -> None:
    mine = [started(waiting(1, at_most=1)), waiting(2, at_most=1)]
    other = [waiting(1, at_most=1, batch="c"), replace(waiting(1, at_most=1), namespace="x")]
    assert {job.uid for job in due([*mine, *other])} == {"c-1", "b-1"}


def test_what_takes_no_turns_or_is_in_kueues_queue_is_never_due() -> None:
    plain = replace(waiting(1), turn=None)
    in_queue = replace(plain, waits=False, queue="teams")
    assert due([plain, in_queue]) == ()
    assert in_queue.queued


@pytest.mark.parametrize("seed", range(60))
def test_the_limit_and_the_order_hold_whoever_looks_and_however_old_the_facts_are(
    seed: int,
) -> None:
    """Three who start what is due; each sees each Job as it was at some moment before."""
    dice = random.Random(seed)
    limit = dice.randint(1, 3)
    jobs = {place: waiting(place, at_most=limit) for place in range(1, 8)}
    views = [dict(jobs) for _ in range(3)]
    order: list[int] = []
    for _ in range(400):
        view = dice.choice(views)
        if dice.random() < 0.5:
            place = dice.choice(list(jobs))
            view[place] = jobs[place]
        for job in due(view.values()):
            assert job.turn is not None
            if dice.random() < 0.7 and jobs[job.turn.place].in_line:
                jobs[job.turn.place] = started(job)
                order.append(job.turn.place)
            else:
                break  # it died, or its facts were old
        running = [place for place, job in jobs.items() if has_place(job)]
        assert len(running) <= limit
        if running and dice.random() < 0.2:
            place = dice.choice(running)
            jobs[place] = replace(jobs[place], conditions=OVER)
    assert order == sorted(order)


def board(job: JobFacts) -> BoardSnapshot:
    template, values = load_template("2.0"), load_profile("embedded").values("2.0")
    plan = plan_of(compose(template, values, nonce="n").manifest)
    return fold(BoardSnapshot("races", job.name), JobSeen(NOW, replace(job, plan=plan)))


def test_one_that_waits_says_its_place_and_that_nothing_of_it_has_run() -> None:
    suspended = (JobCondition("Suspended", True, "JobSuspended", "", NOW),)
    shown = board(replace(waiting(3), conditions=suspended))
    assert (shown.status, shown.ended) == (Status.QUEUED, False)
    assert shown.reason == "Waits for its turn, 3rd of 5: at most 2 run at once."
    assert {pair.status for pair in shown.pairs} == {PairStatus.WAITING}
    assert shown.budget == RestartBudget(8)


def test_one_that_is_cancelled_while_it_waits_has_driven_nothing_and_spent_nothing() -> None:
    deadline = JobCondition("Failed", True, "DeadlineExceeded", "", NOW)
    ended = (deadline, JobCondition("Suspended", False, "JobResumed", "", NOW))
    gone = replace(waiting(3), suspended=False, cancelled=True, conditions=ended)
    shown = board(gone)
    assert (shown.status, shown.done) == (Status.CANCELLED, 0)
    assert shown.budget == RestartBudget(8)
    assert board(replace(gone, waits=False)).done is None


def test_one_that_an_operator_suspends_after_its_turn_is_suspended_and_not_queued() -> None:
    shown = board(replace(started(waiting(3)), suspended=True))
    assert shown.status is Status.SUSPENDED
    assert place_in_line(shown.job) == ""


def test_one_in_kueues_queue_names_it() -> None:
    shown = board(replace(waiting(3), turn=None, waits=False, queue="teams"))
    assert (shown.status, shown.reason) == (
        Status.QUEUED,
        "Waits in Kueue's queue teams until there is room.",
    )


def in_queue(admission: Admission | None) -> BoardSnapshot:
    told = replace(waiting(3), turn=None, waits=False, queue="teams", admission=admission)
    return board(told)


def test_kueues_place_and_reason_are_said_as_it_says_them() -> None:
    why = "couldn't assign flavors to pod set main: insufficient unused quota for nvidia.com/gpu"
    shown = in_queue(Admission(f"{why}.", place=2))
    assert (shown.status, place_in_line(shown.job)) == (Status.QUEUED, "#2")
    assert shown.reason == f"Waits in Kueue's queue teams, 2nd in line: {why}."
    assert place_in_line(in_queue(Admission(why)).job) == ""


def test_what_kueue_suspends_again_says_who_took_its_room() -> None:
    taken = "Preempted to accommodate a workload (UID: 1) due to prioritization in the ClusterQueue"
    shown = in_queue(Admission("no quota", place=1, taken_back=taken))
    assert shown.status is Status.QUEUED
    assert shown.reason == (
        f"Kueue took back its room: {taken}. Waits in Kueue's queue teams, 1st in line: no quota."
    )


@pytest.mark.parametrize(
    ("admission", "told"),
    [
        (
            Admission("LocalQueue teams doesn't exist", inadmissible=True),
            "Kueue does not admit it: LocalQueue teams doesn't exist. Launch it into another queue",
        ),
        (Admission(active=False), "Kueue leaves it alone: its Workload was made inactive"),
    ],
)
def test_what_kueue_never_admits_by_itself_is_blocked(admission: Admission, told: str) -> None:
    shown = in_queue(admission)
    assert (shown.status, shown.blocked_by) == (Status.BLOCKED, BlockKind.ADMISSION)
    assert shown.reason.startswith(told)


def test_places_are_said_in_words() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 111, 102)] == [
        *("1st", "2nd", "3rd", "4th", "11th", "12th", "13th"),
        *("21st", "111th", "102nd"),
    ]
    assert place_in_line(waiting(2)) == "2/5"


def test_a_turn_is_read_back_from_the_job_that_carries_it() -> None:
    composed = compose(
        load_template("2.0"), load_profile("embedded").values("2.0"), nonce="n", files={}
    )
    turn = Turn("teams-3f9a1c", 3, 7, 2)
    meta = in_turn(composed, turn).manifest["metadata"]
    assert turn_of(meta["labels"], meta["annotations"]) == turn
    assert turn_of(composed.manifest["metadata"]["labels"], {}) is None


@pytest.mark.parametrize("told", ["", "0/7", "3", "3/x", "-1/7", "3/7/9", "9999999/9999999"])
def test_a_turn_that_cannot_be_read_is_none(told: str) -> None:
    labels = {"leaderboard.carla.org/batch": "b"}
    marks = {"leaderboard.carla.org/turn": told, "leaderboard.carla.org/at-most": "2"}
    assert turn_of(labels, marks) is None
    good = {**marks, "leaderboard.carla.org/turn": "3/7"}
    assert turn_of(labels, {**good, "leaderboard.carla.org/at-most": "0"}) is None
    assert turn_of(labels, good) is not None
