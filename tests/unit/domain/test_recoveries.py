"""What became of a call for a person: whether it holds, has passed, or is not known."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fakes.boards import NOW, ROWS, board
from msgspec.structs import replace

from console.domain.blockage import BlockKind
from console.domain.board import BoardSnapshot, PairStatus
from console.domain.board import SubmissionStatus as Status
from console.domain.budget import RestartBudget
from console.domain.calls import Occasion, calls_of
from console.domain.fleet import SubmissionRow
from console.domain.recoveries import Passed, passed

LATER = NOW + timedelta(minutes=9)
ROW = replace(ROWS[0], status=Status.RUNNING)


def with_pair(**changes: Any) -> BoardSnapshot:
    pair = replace(
        board().pairs[1],
        status=PairStatus.DRIVING,
        last_sign=NOW,
        since=NOW,
        attempt=1,
        route="R_7",
    )
    return replace(board(), pairs=(replace(pair, **changes),), budget=RestartBudget(8))


def then(seen: BoardSnapshot, row: SubmissionRow = ROW) -> Passed | None:
    """What has become of a stall of pair 2, by that later board."""
    [call] = calls_of(ROW, with_pair(), LATER)
    assert call.occasion is Occasion.STALLED
    return passed(call, calls_of(row, seen, LATER), row, seen, LATER)


def told(found: Passed | None) -> str:
    return found.recovery.text if found and found.recovery else ""


@pytest.mark.parametrize(
    ("changes", "begins"),
    [
        ({"last_sign": LATER}, "pair 2 goes on with R_7; before, pair 2 has written nothing since"),
        ({"last_sign": LATER, "route": "R_8"}, "pair 2 goes on with R_8;"),
        ({"last_sign": LATER, "attempt": 2}, "pair 2 was started again with R_7;"),
        ({"status": PairStatus.DONE}, "pair 2 has finished;"),
    ],
)
def test_a_pair_that_is_well_again_is_said_to_be(changes: dict[str, Any], begins: str) -> None:
    assert told(then(with_pair(**changes))).startswith(begins)


@pytest.mark.parametrize("status", [PairStatus.BACKING_OFF, PairStatus.RESETTING])
def test_a_pair_on_its_way_to_another_attempt_is_not_well_yet(status: PairStatus) -> None:
    assert then(with_pair(status=status, since=LATER, last_sign=LATER)) is None


def test_of_what_is_not_live_nobody_knows_that_it_has_passed() -> None:
    assert then(replace(with_pair(last_sign=LATER), live=False)) is None


@pytest.mark.parametrize("status", [Status.FAILED, Status.CANCELLED, Status.COMPLETE])
def test_what_has_ended_is_not_stalled_and_not_well(status: Status) -> None:
    found = then(with_pair(), replace(ROW, status=status))
    assert found is not None
    assert found.recovery is None


def test_what_is_blocked_by_something_else_is_not_well() -> None:
    blocked = replace(ROW, status=Status.BLOCKED, blocked_by=BlockKind.NODE)
    [call] = calls_of(blocked, board(), NOW)
    other = replace(blocked, blocked_by=BlockKind.IMAGE)
    found = passed(call, calls_of(other, board(), NOW), other, board(), NOW)
    assert found is not None
    assert found.recovery is None
