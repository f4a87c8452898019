"""A Job that a real image of the CARLA server could not run fails here too, with its words."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.jobs import ended

from console.domain.board import BoardSnapshot, SubmissionStatus


async def outcome(
    folder: Path, leaderboard: str, of: str, **said: str
) -> tuple[BoardSnapshot, str]:
    """How a submission ends with these values of the cluster, and what those containers said."""
    given = {f"cluster.{key}": value for key, value in said.items()}
    given["submission.submitted_image_uri"] = "console.local/team-agent:quick"
    return await ended(folder, leaderboard, given, of=of)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("leaderboard", "tag", "words"),
    [
        ("1.0", "needs-x", "Could not initialize SDL: offscreen not available"),
        ("2.0", "no-x", "Could not initialize SDL: x11 not available"),
    ],
)
async def test_a_server_that_cannot_open_a_window_fails_the_job_in_its_own_words(
    tmp_path: Path, leaderboard: str, tag: str, words: str
) -> None:
    image = f"console.local/carla-simulator:{tag}"
    board, said = await outcome(tmp_path, leaderboard, "simulator", simulator_image=image)
    assert board.status is SubmissionStatus.FAILED
    assert words in said
    assert not board.done


@pytest.mark.slow
async def test_on_a_node_without_an_x_server_leaderboard_two_drives_offscreen(
    tmp_path: Path,
) -> None:
    image = "console.local/carla-simulator:no-x"
    board, _ = await outcome(
        tmp_path, "2.0", "simulator-1", simulator_image=image, display="offscreen"
    )
    assert board.status is SubmissionStatus.COMPLETE


@pytest.mark.slow
async def test_an_image_without_a_town_of_the_routes_fails_the_job(tmp_path: Path) -> None:
    image = "console.local/carla-simulator:no-town13"
    board, said = await outcome(tmp_path, "2.0", "agent", simulator_image=image)
    assert board.status is SubmissionStatus.FAILED
    assert "RuntimeError: map not found" in said


@pytest.mark.slow
async def test_a_server_in_another_folder_is_found_by_its_path(tmp_path: Path) -> None:
    image = "console.local/carla-simulator:0.9.14-in-workspace"
    server = "/workspace/CarlaUE4.sh"
    board, _ = await outcome(tmp_path, "2.0", "agent-1", simulator_image=image, server=server)
    assert board.status is SubmissionStatus.COMPLETE
