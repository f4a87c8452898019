"""Launch, follow, results: the use cases against the embedded cluster with real containers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes.embedded import embedded_cluster

from console.domain.board import SubmissionStatus
from console.operations.fleet import board_once
from console.operations.following import Follower
from console.operations.launching import DryRun, launch
from console.operations.results import results
from console.operations.services import Services
from console.recorder.recorder import Recorder
from console.specs.compose import Composed, compose
from console.specs.template import load_template
from console.specs.values import load_profile


def utc_now() -> datetime:
    return datetime.now(UTC)


def submission(leaderboard: str, name: str, image: str) -> Composed:
    template = load_template(leaderboard)
    values = (
        load_profile("embedded")
        .values(leaderboard)
        .override(
            {"submission.name": name, "submission.submitted_image_uri": image},
            origin="test",
            known=template.paths,
        )
    )
    return compose(template, values, namespace="default", repetitions=1)


@pytest.mark.slow
async def test_a_submission_is_followed_from_launch_to_its_final_result(tmp_path: Path) -> None:
    """All 20 drives are on the board once, verified, and every container's log is on disk."""
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        services = Services(embedded.cluster, Recorder(tmp_path / "recordings"), utc_now)
        composed = submission("2.0", "quick", "console.local/team-agent:quick")
        tried = await launch(services, composed, dry_run=DryRun.SERVER)
        assert tried.job is None
        assert await embedded.cluster.jobs(None) == ()
        launched = await launch(services, composed)
        assert launched.job is not None
        follower = Follower(services, "default", "quick")
        async with asyncio.timeout(60):
            await follower.run()
        board = follower.board
        assert (board.status, board.reason) == (SubmissionStatus.COMPLETE, "")
        view = results(board)
        assert view.final
        assert len({(row.route_id, row.repetition) for row in view.rows}) == 20
        assert view.mean is not None
        assert [pair.done for pair in board.pairs] == [5, 5, 5, 5]
        for container in ("private-contents", "simulator-1", "agent-4", "logcopy"):
            log = services.recorder.log(services.recording_of(launched.job), container)
            assert log.line_count() > 0, container
        once = await board_once(services, "default", "quick")
        assert once.status is SubmissionStatus.COMPLETE
