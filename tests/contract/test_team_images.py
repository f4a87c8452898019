"""A team's image that lacks something, or brings its own copy, ends as it would with the real thing."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.jobs import ended

from console.diagnosis.outlook import outlook
from console.domain.board import BoardSnapshot, PairStatus, SubmissionStatus
from console.operations.outcome.view import results


async def end_of(folder: Path, leaderboard: str, variant: str, **images: str) -> BoardSnapshot:
    """The board of a submission with that image when it is over."""
    said = {f"cluster.{name}": image for name, image in images.items()}
    said["submission.submitted_image_uri"] = f"console.local/team-agent:{variant}"
    board, _ = await ended(folder, leaderboard, said)
    return board


@pytest.mark.slow
@pytest.mark.parametrize(
    ("leaderboard", "variant"),
    [("2.0", "own-leaderboard"), ("1.0", "own-srunner"), ("2.0", "no-carla")],
)
async def test_what_the_private_contents_have_an_image_may_lack_and_cannot_replace(
    tmp_path: Path, leaderboard: str, variant: str
) -> None:
    board = await end_of(tmp_path, leaderboard, variant)
    assert board.status is SubmissionStatus.COMPLETE
    view = results(board)
    assert (view.final, view.eligible, view.problems) == (True, True, ())
    assert min(row.score_composed for row in view.rows) < 100


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variant", "images", "missing"),
    [
        ("no-py-trees", {}, "py_trees"),
        ("no-carla", {"leaderboard_image": "console.local/leaderboard:2.0-no-egg"}, "carla"),
    ],
)
async def test_what_only_the_image_could_bring_is_named_when_it_is_missing(
    tmp_path: Path, variant: str, images: dict[str, str], missing: str
) -> None:
    board = await end_of(tmp_path, "2.0", variant, **images)
    assert board.status is SubmissionStatus.INCOMPLETE
    assert board.budget.used == 0
    why = f"the evaluator cannot be loaded: ModuleNotFoundError: No module named '{missing}'"
    assert f"pairs 1, 2, 3 and 4: {why}" in board.reason
    assert {each.reason for pair in board.pairs for each in pair.ended if each.half == "agent"} == {
        "not-loaded"
    }
    assert {pair.status for pair in board.pairs} == {PairStatus.FAILED}
    found = outlook(board)
    assert found
    assert found.certain
    assert why in found.reason
