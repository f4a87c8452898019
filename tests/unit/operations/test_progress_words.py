"""A supervisor newer than the console may use words that the console does not know."""

from __future__ import annotations

import json

import pytest
from fakes.documents import AT, plan_for

from console.domain.board import BoardSnapshot
from console.domain.events import JobSeen
from console.domain.facts import JobFacts
from console.domain.folding import fold
from console.operations.recording.progress import ProgressReader
from console.presentation.narrative import narrate


def snapshot(**pair: object) -> str:
    ended = {"attempt": 1, "half": "agent", "reason": "crashed", "exit": 1, "signal": 0,
             "route": "RouteScenario_1_rep0", "t": 5}  # fmt: skip
    told = {"pair": 1, "attempt": 1, "simulator": "ready", "agent": "driving", "done": 1,
            "total": 2, "route": None, "ended": [{**ended, **pair}]}  # fmt: skip
    payload = {"v": 1, "t": 9, "status": "running", "done": 1, "total": 4, "pairs": [told],
               "problems": [{"kind": "later-kind", "pair": 1, "text": "x"}]}  # fmt: skip
    return f"@leaderboard n0nce 7 snapshot {json.dumps(payload)}"


@pytest.mark.parametrize("reason", ["vanished", "abducted", "", "crashed\u001b[2J"])
def test_an_end_for_an_unknown_reason_is_kept_and_nothing_else_is_lost(reason: str) -> None:
    job = JobFacts("demo", "x", "u", AT, 8, plan=plan_for("2.0"), leaderboard="2.0")
    begun = fold(BoardSnapshot("x", "demo"), JobSeen(AT, job))
    board = begun
    reader = ProgressReader(job.plan)
    for event in reader.line(snapshot(reason=reason), AT):
        board = fold(board, event)
    assert reader.refused == 0
    assert [(each.half, each.reason) for each in board.pairs[0].ended] == [("agent", reason)]
    assert board.done == 1
    assert [each.kind for each in board.problems] == ["later-kind"]
    assert "routes 1/4" in narrate(begun, board)


def test_an_unknown_half_or_exit_code_is_no_reason_to_drop_the_rest() -> None:
    reader = ProgressReader(plan_for("2.0"))
    (event,) = reader.line(snapshot(half="referee", exit=-1), AT)
    (end,) = event.report.pairs[0].ended
    assert (end.half, end.exit_code) == ("referee", None)
