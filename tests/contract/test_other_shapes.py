"""Submissions of other shapes than four pairs of five routes, on the embedded cluster to their end."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.jobs import ended

from console.domain.board import SubmissionStatus
from console.operations.outcome.view import results

pytestmark = pytest.mark.slow
QUICK = {"submission.submitted_image_uri": "console.local/team-agent:quick"}


@pytest.mark.parametrize(
    ("leaderboard", "pairs", "routes"),
    [("2.0", 1, "2"), ("2.0", 8, "1,3,5-10"), ("1.0", 3, "0-3,8,19")],
)
async def test_any_number_of_pairs_and_routes_with_gaps_end_in_a_final_result(
    tmp_path: Path, leaderboard: str, pairs: int, routes: str
) -> None:
    said = QUICK | {"shape.pairs": pairs, "shape.routes": routes}
    board, told = await ended(tmp_path, leaderboard, said)
    assert board.status is SubmissionStatus.COMPLETE, told
    view = results(board)
    assert view.final, view.why_not_final
    assert [pair.number for pair in board.pairs] == list(range(1, pairs + 1))
    driven = [cell.route_id for pair in board.pairs for cell in pair.cells]
    assert len(driven) == len(set(driven)) == {1: 2, 8: 8, 3: 6}[pairs]
