"""What calls for a person, by the row and the board of a submission."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from fakes.boards import NOW, ROWS, board, row
from msgspec.structs import replace

from console.domain.blockage import BlockKind
from console.domain.board import BoardSnapshot, PairStatus
from console.domain.board import SubmissionStatus as Status
from console.domain.budget import RestartBudget
from console.domain.calls import LONGEST, Call, Occasion, calls_of
from console.domain.facts import JobCondition
from console.domain.publication import Published, PublishedAs


def called(board: BoardSnapshot, now: datetime = NOW, **row: Any) -> list[Call]:
    return list(calls_of(replace(ROWS[0], **row), board, now))


def occasions(board: BoardSnapshot, now: datetime = NOW, **row: Any) -> list[Occasion]:
    return [each.occasion for each in called(board, now, **row)]


def ended(ago: timedelta, **changes: Any) -> BoardSnapshot:
    plain = board()
    assert plain.job is not None
    failed = JobCondition("Failed", True, since=NOW - ago)
    return replace(plain, job=replace(plain.job, conditions=(failed,)), **changes)


SOON = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status.FAILED, [Occasion.FAILED]),
        (Status.FAILING, [Occasion.FAILED]),
        (Status.COMPLETE, [Occasion.COMPLETE]),
        (Status.CANCELLED, []),
        (Status.DELETED, []),
        (Status.UNVERIFIED, []),
        (Status.UNKNOWN, []),
    ],
)
def test_an_end_that_nobody_ordered_calls(status: Status, expected: list[Occasion]) -> None:
    assert occasions(ended(SOON), status=status) == expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (PublishedAs.REFUSED, [Occasion.UNPUBLISHED]),
        (PublishedAs.HELD, [Occasion.UNPUBLISHED]),
        (PublishedAs.RESUME, [Occasion.RESUME]),
        (PublishedAs.WAITING, []),
        (PublishedAs.FINISHED, []),
    ],
)
@pytest.mark.parametrize("status", [Status.RUNNING, Status.FAILED, Status.CANCELLED])
def test_a_result_that_evalai_does_not_get_by_itself_calls_whatever_it_is_here(
    state: PublishedAs, expected: list[Occasion], status: Status
) -> None:
    told = Published(state, words="Refused: no split.", changed=NOW)
    old = ended(timedelta(days=3))
    calls = calls_of(row("demo", status, 3, published=told), old, NOW)
    assert [each.occasion for each in calls if each.text == "Refused: no split."] == expected
    later = replace(told, changed=NOW + timedelta(hours=2))
    again = calls_of(row("demo", status, 3, published=later), old, NOW + timedelta(hours=2))
    assert not {each.identity for each in calls} & {each.identity for each in again}
    assert calls_of(row("demo", status, 3, published=told), old, NOW + timedelta(days=1)) == ()


def test_an_incomplete_result_calls_once_its_pod_has_ended() -> None:
    assert occasions(ended(SOON), status=Status.INCOMPLETE) == []
    over = ended(SOON, status=Status.INCOMPLETE, pod=None)
    assert occasions(over, status=Status.INCOMPLETE) == [Occasion.FAILED]


def test_what_ended_a_day_ago_calls_nobody() -> None:
    assert occasions(ended(timedelta(hours=23)), status=Status.FAILED) == [Occasion.FAILED]
    assert occasions(ended(timedelta(hours=24)), status=Status.FAILED) == []


def test_a_complete_one_tells_its_score_and_whether_it_counts() -> None:
    [call] = called(
        ended(SOON), status=Status.COMPLETE, done=20, total=20, driving_score=47.3, eligible=False
    )
    assert call.text == "20/20 routes, driving score 47.30; it is not eligible"


def test_what_blocks_calls_once_for_each_kind() -> None:
    [image] = called(board(), status=Status.BLOCKED, blocked_by=BlockKind.IMAGE, reason="No image.")
    [again] = called(board(), status=Status.BLOCKED, blocked_by=BlockKind.IMAGE, reason="Other.")
    assert (image.occasion, image.text) == (Occasion.BLOCKED, "No image.")
    assert image.identity == again.identity


@pytest.mark.parametrize(
    ("limit", "spent", "told"),
    [
        (8, {}, ""),
        (8, {"agent-1": 1, "simulator-1": 1}, ""),
        (8, {"agent-1": 2, "simulator-1": 2}, "one more resume is possible; restarts 4/8: pair 1"),
        (8, {"agent-1": 3, "simulator-1": 3}, "no resume is left: the next failure ends it"),
        (3, {}, ""),
        (3, {"agent-1": 1, "simulator-1": 1}, "no resume is left"),
    ],
)
def test_a_budget_calls_at_its_last_resume_and_not_before_something_is_spent(
    limit: int, spent: dict[str, int], told: str
) -> None:
    calls = called(replace(board(), pairs=(), budget=RestartBudget.of(limit, spent)))
    assert [each.text.startswith(told) for each in calls] == ([True] if told else [])
    assert [each.occasion for each in calls] == ([Occasion.LAST_RESUME] if told else [])


def at_work(status: PairStatus = PairStatus.DRIVING, **changes: Any) -> BoardSnapshot:
    pair = replace(
        board().pairs[0],
        status=status,
        last_sign=NOW,
        since=NOW,
        attempt=1,
        route="RouteScenario_7",
    )
    return replace(board(), pairs=(pair,), budget=RestartBudget(8), **changes)


@pytest.mark.parametrize(
    ("status", "minutes", "stalled"),
    [
        (PairStatus.DRIVING, 4, False),
        (PairStatus.DRIVING, 5, True),
        (PairStatus.BOOTING, 5, True),
        (PairStatus.DONE, 60, False),
        (PairStatus.BACKING_OFF, 60, False),
    ],
)
def test_a_pair_at_work_that_writes_nothing_is_stalled(
    status: PairStatus, minutes: int, stalled: bool
) -> None:
    calls = called(at_work(status), NOW + timedelta(minutes=minutes))
    assert [each.occasion for each in calls] == ([Occasion.STALLED] if stalled else [])


def test_a_stall_is_told_once_for_each_route_and_never_of_what_is_not_live() -> None:
    later = NOW + timedelta(minutes=9)
    [call] = called(at_work(), later)
    assert call.text == f"pair 1 has written nothing since {NOW:%H:%M:%S} UTC at RouteScenario_7"
    assert call.identity == called(at_work(), later + timedelta(minutes=9))[0].identity
    other = at_work()
    other = replace(other, pairs=(replace(other.pairs[0], route="RouteScenario_8"),))
    assert call.identity != called(other, later)[0].identity
    assert called(at_work(live=False), later) == []


def test_a_reason_is_one_bounded_line_that_controls_nothing() -> None:
    hostile = "two\nlines \x1b]2;title\x07 and\ta tab " + "x" * 1000
    [call] = called(ended(SOON), status=Status.FAILED, reason=hostile)
    assert call.text.startswith("two lines and a tab xxx")
    assert len(call.text) == LONGEST


def test_a_later_namesake_is_another_submission() -> None:
    [first] = called(ended(SOON), status=Status.FAILED, uid="a")
    [second] = called(ended(SOON), status=Status.FAILED, uid="b")
    assert first.identity != second.identity
