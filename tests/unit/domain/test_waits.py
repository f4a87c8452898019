"""A submission that waits for room calls once it has waited for long, and says when it begins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fakes.boards import ROWS, board
from msgspec.structs import replace

from console.domain.blockage import BlockKind
from console.domain.board import BoardSnapshot
from console.domain.board import SubmissionStatus as Status
from console.domain.calls import Call, Occasion, calls_of
from console.domain.facts import ClusterEvent, JobCondition, PodFacts, Turn
from console.domain.fleet import SubmissionRow
from console.domain.recoveries import Passed, passed
from console.domain.waits import waiting

CREATED = datetime(2026, 11, 22, 10, 2, tzinfo=UTC)
NOW = CREATED + timedelta(minutes=30)
FULL = "0/3 nodes are available: 3 Insufficient nvidia.com/gpu."
VERDICT = " preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod."
ROW = replace(
    ROWS[0], status=Status.PENDING, reason=f"Waiting for room on a node: {FULL}", restarts=0
)
QUEUED = replace(ROW, status=Status.QUEUED, reason="Waits in Kueue's queue teams, 2nd in line.")
RUNNING = replace(ROW, status=Status.RUNNING, reason="")


def pod(pair: int | None = None, node: str = "", **changes: Any) -> PodFacts:
    facts = PodFacts(
        f"demo-{pair}", "leaderboard", f"p{pair}", "demo", "Pending", node=node, created_at=CREATED
    )
    told = {"reason": "Unschedulable", "message": FULL + VERDICT}
    return replace(facts, index=None if pair is None else pair - 1, **{**told, **changes})


def pending(**more: object) -> BoardSnapshot:
    return board(**{"pod": pod(), "pairs": (), "status": Status.PENDING, **more})


def in_queue(suspended_at: datetime | None = CREATED, **changes: Any) -> BoardSnapshot:
    plain = board(pod=None, pairs=(), status=Status.QUEUED)
    assert plain.job is not None
    suspended = (JobCondition("Suspended", True, since=suspended_at),)
    facts = {"suspended": True, "queue": "teams", "conditions": suspended, **changes}
    return replace(plain, job=replace(plain.job, **facts))


def apart(*parts: PodFacts, **more: object) -> BoardSnapshot:
    return board(**{"pod": parts[0], "parts": parts, "pairs": (), **more})


def called(seen: BoardSnapshot, row: SubmissionRow = ROW, now: datetime = NOW) -> list[Call]:
    return [each for each in calls_of(row, seen, now) if each.occasion is Occasion.WAITING]


def test_a_pod_without_a_node_calls_after_half_an_hour_and_not_before() -> None:
    assert called(pending(), now=NOW - timedelta(seconds=1)) == []
    [call] = called(pending())
    assert call.text == (
        "waiting since 10:02 UTC; GPUs: ? asked, ? free. "
        "0/3 nodes are available: 3 Insufficient nvidia.com/gpu"
    )


def test_what_waits_in_a_queue_calls_too_and_is_one_wait_with_the_one_for_a_node() -> None:
    [queued] = called(in_queue(), QUEUED)
    assert queued.text.endswith("? free. Waits in Kueue's queue teams, 2nd in line.")
    [on] = called(pending())
    assert queued.identity == on.identity


def test_a_queue_that_took_its_room_back_begins_the_wait_anew() -> None:
    again = in_queue(suspended_at=NOW)
    assert called(again, QUEUED) == []
    later = NOW + timedelta(minutes=30)
    assert called(again, QUEUED, later)[0].text.startswith("waiting since 10:32 UTC;")


def test_how_long_is_asked_only_of_what_waits() -> None:
    def never() -> timedelta:
        raise AssertionError("it was asked")

    assert calls_of(RUNNING, board(pairs=()), NOW, never) == ()
    quick = calls_of(ROW, pending(), CREATED + timedelta(minutes=2), lambda: timedelta(minutes=2))
    assert [each.occasion for each in quick] == [Occasion.WAITING]


@pytest.mark.parametrize(
    ("seen", "row"),
    [
        (pending(pod=pod(node="gpu-1")), ROW),
        (pending(pod=pod(deleting=True)), ROW),
        (pending(pod=pod(created_at=None)), ROW),
        (pending(pod=None), ROW),
        (pending(live=False), ROW),
        (pending(), replace(ROW, status=Status.BLOCKED, blocked_by=BlockKind.NODE)),
        (pending(), replace(ROW, status=Status.CANCELLED)),
        (in_queue(queue=""), replace(ROW, status=Status.SUSPENDED)),
        (in_queue(queue="", turn=Turn("b", 3, 7, 2), waits=True), QUEUED),
        (in_queue(deleting=True), QUEUED),
    ],
)
def test_what_has_room_or_is_not_meant_to_run_or_takes_its_turn_calls_nobody(
    seen: BoardSnapshot, row: SubmissionRow
) -> None:
    assert called(seen, row, NOW + timedelta(days=1)) == []


def test_of_a_wait_that_began_another_day_the_day_is_said() -> None:
    [call] = called(pending(), now=NOW + timedelta(days=1))
    assert call.text.startswith("waiting since 11-22 10:02 UTC;")


def test_pairs_that_wait_while_others_drive_are_named_with_the_schedulers_words() -> None:
    event = ClusterEvent("e", "Warning", "FailedScheduling", FULL, 9, NOW, "Pod/demo-3")
    some = apart(pod(1, node="a", phase="Running"), pod(2), pod(3), events=(event,))
    [call] = called(some, RUNNING)
    assert call.text.startswith("pairs 2 and 3 waiting since 10:02 UTC; GPUs: 2 asked, ? free. 0/3")
    one = apart(pod(1, node="a", phase="Running"), pod(3), events=(event,))
    head = "pair 3 waiting since 10:02 UTC; GPUs: 1 asked, ? free."
    assert called(one, RUNNING)[0].text == f"{head} {FULL}".rstrip(".")
    assert called(one, RUNNING)[0].matter == call.matter
    whole = waiting(apart(pod(1), pod(2), status=Status.PENDING))
    assert whole is not None
    assert (whole.gpus, whole.pairs) == (2, ())


def after(row: SubmissionRow, seen: BoardSnapshot, call: Call | None = None) -> Passed | None:
    call = call or called(pending())[0]
    return passed(call, called(seen, row), row, seen, NOW)


def test_it_goes_on_once_it_runs_and_not_while_it_is_only_kept_otherwise() -> None:
    blocked = replace(ROW, status=Status.BLOCKED, blocked_by=BlockKind.NODE)
    assert after(ROW, pending()) is None
    assert after(ROW, pending(pod=pod(node="gpu-1"))) is None
    assert after(QUEUED, in_queue(suspended_at=NOW)) is None
    assert after(blocked, pending()) is None
    found = after(RUNNING, board())
    assert found is not None
    assert found.recovery is not None
    assert found.recovery.text.startswith("it runs; before, waiting since 10:02 UTC;")
    assert found.recovery.ends is Occasion.WAITING


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.SUSPENDED, Status.FAILED])
def test_what_is_taken_out_of_its_wait_does_not_go_on(status: Status) -> None:
    found = after(replace(ROW, status=status), board())
    assert found is not None
    assert found.recovery is None


def test_pairs_go_on_when_the_last_of_them_has_room() -> None:
    some = apart(pod(1, node="a", phase="Running"), pod(2), pod(3))
    [call] = called(some, RUNNING)
    fewer = apart(pod(1, node="a", phase="Running"), pod(2, node="b"), pod(3, created_at=NOW))
    assert after(RUNNING, fewer, call) is None
    found = after(RUNNING, apart(pod(1, node="a"), pod(2, node="b"), pod(3, node="b")), call)
    assert found is not None
    assert found.recovery is not None
    assert found.recovery.text.startswith("all its pairs have room; before, pairs 2 and 3 waiting")
