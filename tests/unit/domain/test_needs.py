"""Where a submission stands in the list: by how much it needs a person, then the newest first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fakes.boards import board, pair, row
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from console.domain.attention import Attention, Lag
from console.domain.board import ENDED, PairStatus, SubmissionStatus
from console.domain.facts import JobCondition, JobFacts
from console.domain.fleet import (
    NEWS_FOR,
    Need,
    PairProblem,
    SubmissionRow,
    listed_first,
    place_in_list,
)
from console.domain.pair_problems import pair_problems
from console.domain.publication import Published, PublishedAs
from console.operations.outcome.row import failure_is_news_until, row_of

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
RUNNING, FAILED = SubmissionStatus.RUNNING, SubmissionStatus.FAILED
SILENT = Attention(2, Lag.SILENT, AT)


def named(name: str, status: SubmissionStatus, minutes: int = 0, **more: object) -> SubmissionRow:
    return row(name, status, 0, created_at=AT + timedelta(minutes=minutes), **more)


@pytest.mark.parametrize(
    ("status", "need"),
    [
        (SubmissionStatus.FAILING, Need.FAILING),
        (SubmissionStatus.BLOCKED, Need.BLOCKED),
        (SubmissionStatus.RUNNING, Need.RUNNING),
        (SubmissionStatus.PENDING, Need.QUEUED),
        (SubmissionStatus.QUEUED, Need.QUEUED),
        (SubmissionStatus.SUSPENDED, Need.QUEUED),
        *((status, Need.ENDED) for status in ENDED),
    ],
)
def test_a_status_alone_has_its_group(status: SubmissionStatus, need: Need) -> None:
    assert named("a", status).need is need


@pytest.mark.parametrize("state", [PublishedAs.REFUSED, PublishedAs.HELD, PublishedAs.RESUME])
def test_a_result_that_does_not_go_on_by_itself_is_a_need_whatever_its_age(state) -> None:
    stuck = Published(state)
    old = named("old", SubmissionStatus.COMPLETE, -99999, published=stuck)
    assert old.need is Need.UNPUBLISHED
    assert named("dead", SubmissionStatus.FAILING, published=stuck).need is Need.FAILING
    assert named("runs", RUNNING, published=stuck).need is Need.UNPUBLISHED
    assert named("is well", RUNNING, published=Published(PublishedAs.WAITING)).need is Need.RUNNING


def test_one_dead_pair_is_worse_than_three_that_are_late() -> None:
    late = named("late", RUNNING, attention=(SILENT, replace(SILENT, pair=3)))
    waits = named("waits", RUNNING, pair_problems=((1, PairProblem.BACKING_OFF),))
    dead = named("dead", RUNNING, pair_problems=((4, PairProblem.FAILED),), attention=(SILENT,))
    assert (late.need, waits.need, dead.need) == (Need.HELD_UP, Need.HELD_UP, Need.FAILING)


def test_the_groups_stand_one_below_the_other_and_the_newest_is_first_in_each() -> None:
    rows = [
        named("ended-new", SubmissionStatus.COMPLETE, 9),
        named("ended-old", FAILED, 1),
        named("queued", SubmissionStatus.QUEUED, 8),
        named("running", RUNNING, 7),
        named("silent", RUNNING, 2, attention=(SILENT,)),
        named("blocked", SubmissionStatus.BLOCKED, 3),
        named("failed", FAILED, 5, failed_lately=True),
        named("failing", SubmissionStatus.FAILING, 6),
    ]
    assert [each.name for each in listed_first(rows)] == [
        *("failing", "failed", "blocked", "silent", "running", "queued", "ended-new", "ended-old"),
    ]


def test_of_one_second_the_names_decide_and_of_one_name_the_namespaces() -> None:
    rows = [
        named("team-2", RUNNING),
        named("team-1", RUNNING),
        named("team-1", RUNNING, namespace="a"),
    ]
    found = [(each.namespace, each.name) for each in listed_first(rows)]
    assert found == [("a", "team-1"), ("leaderboard", "team-1"), ("leaderboard", "team-2")]


def test_a_row_of_which_nobody_knows_the_age_is_the_last_of_its_group() -> None:
    rows = [row("old", RUNNING, 0, created_at=None), named("young", RUNNING)]
    assert [each.name for each in listed_first(rows)] == ["young", "old"]


def test_what_waits_in_a_line_stands_in_its_order() -> None:
    places = ("#10", "#2", "#1", "3/7", "12/12")
    rows = [named(place, SubmissionStatus.QUEUED, place=place) for place in places]
    assert [each.name for each in listed_first(rows)] == ["#1", "#2", "3/7", "#10", "12/12"]
    assert [each.takes_turns for each in rows] == [False, False, False, True, True]


@given(st.permutations(range(6)))
def test_the_order_is_the_same_however_the_rows_come(order: list[int]) -> None:
    rows = [named(f"job-{n}", list(SubmissionStatus)[n], n % 3) for n in order]
    assert listed_first(rows) == listed_first(reversed(rows))
    assert len({place_in_list(each) for each in rows}) == len(rows)


@pytest.mark.parametrize("status", [PairStatus.FAILED, PairStatus.BACKING_OFF])
def test_only_the_pairs_of_what_runs_have_problems(status: PairStatus) -> None:
    pairs = (pair(1, 1), pair(2, 1, status=status), pair(3, 1))
    assert [number for number, _ in pair_problems(board(pairs=pairs))] == [2]
    for over in ENDED:
        assert pair_problems(board(pairs=pairs, status=over)) == ()


def ended(status: SubmissionStatus) -> SubmissionRow:
    job = JobFacts(
        "demo", "lab", "u1", AT, 8, conditions=(JobCondition("Failed", True, "", "", AT),)
    )
    return row_of(board(status=status, job=job), now=AT + NEWS_FOR / 2)


def test_a_failure_is_news_and_a_cancel_or_a_success_is_none() -> None:
    lately = [status for status in ENDED if ended(status).failed_lately]
    assert lately == [SubmissionStatus.INCOMPLETE, SubmissionStatus.FAILED]
    assert ended(FAILED).need is Need.FAILING


def test_a_failure_of_which_nobody_knows_when_is_no_news() -> None:
    job = JobFacts("demo", "lab", "u1", AT, 8)
    assert failure_is_news_until(board(status=FAILED, job=job)) is None
    assert not row_of(board(status=FAILED, job=job), now=AT).failed_lately
    assert not row_of(board(status=FAILED, job=None), now=AT).failed_lately


def test_a_row_has_the_team_the_image_and_the_track_only_where_they_are_known() -> None:
    told = row_of(board(job=JobFacts("demo", "lab", "u1", AT, 8, team="Raven")))
    assert (told.team, told.image, told.track) == ("Raven", "", "")
    assert row_of(board(job=None)).team is None
