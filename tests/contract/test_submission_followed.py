"""Launch, follow, results: the use cases against the embedded cluster with real containers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes.embedded import embedded_cluster

from console.domain.board import PairStatus, SubmissionStatus
from console.operations.outcome.view import results
from console.operations.services import Services
from console.operations.submitting.ending import cancel
from console.operations.submitting.launch import DryRun, launch
from console.operations.watching.follower import Follower
from console.operations.watching.single_look import board_once
from console.recorder.recorder import Recorder
from console.specs.compose import Composed, compose
from console.specs.template import load_template
from console.specs.validation import Judged
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
    composed = compose(template, values, namespace="default", repetitions=1)
    logcopy = composed.manifest["spec"]["template"]["spec"]["containers"][-1]
    logcopy["env"] = [each for each in logcopy["env"] if each["name"] != "LOGS_PERIOD"]
    logcopy["env"].append({"name": "LOGS_PERIOD", "value": "0.5"})
    return composed


@pytest.mark.slow
async def test_a_submission_is_followed_from_launch_to_its_final_result(tmp_path: Path) -> None:
    """All 20 drives are on the board once, verified, and every container's log is on disk."""
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        services = Services(embedded.cluster, Recorder(tmp_path / "recordings"), utc_now)
        composed = submission("2.0", "quick", "console.local/team-agent:quick")
        tried = await launch(services, Judged(composed).valid, dry_run=DryRun.SERVER)
        assert tried.job is None
        assert await embedded.cluster.jobs(None) == ()
        launched = await launch(services, Judged(composed).valid)
        assert launched.job is not None
        follower = Follower(services, "default", "quick")
        async with asyncio.timeout(120):
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


@pytest.mark.slow
async def test_a_cancelled_submission_ends_with_what_was_finished(tmp_path: Path) -> None:
    """logcopy's last words are read during the grace period; nothing is called final."""
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        services = Services(embedded.cluster, Recorder(tmp_path / "recordings"), utc_now)
        await launch(
            services, Judged(submission("1.0", "stopped", "console.local/team-agent:quick")).valid
        )
        follower = Follower(services, "default", "stopped")
        following = asyncio.create_task(follower.run())
        async with asyncio.timeout(120):
            while (follower.board.done or 0) < 2:
                follower.changed.clear()
                await follower.changed.wait()
            await cancel(services, "default", "stopped")
            await following
        board = follower.board
        assert board.status is SubmissionStatus.CANCELLED
        assert board.reason == "The operator cancelled it."
        assert board.merged is not None
        assert not board.merged.final
        view = results(board)
        assert 2 <= len(view.rows) < 20
        assert not view.final


@pytest.mark.slow
async def test_a_killed_server_costs_two_restarts_and_loses_no_route(tmp_path: Path) -> None:
    """SIGKILL to pair 3's server: the pair resumes, the other pairs never stop, 20 drives count."""
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        services = Services(embedded.cluster, Recorder(tmp_path / "recordings"), utc_now)
        await launch(
            services, Judged(submission("2.0", "killed", "console.local/team-agent:quick")).valid
        )
        follower = Follower(services, "default", "killed")
        following = asyncio.create_task(follower.run())
        async with asyncio.timeout(120):
            while not (
                follower.board.pairs and follower.board.pairs[2].status is PairStatus.DRIVING
            ):
                follower.changed.clear()
                await follower.changed.wait()
            embedded.kill("simulator-3")
            await following
        board = follower.board
        assert (board.status, board.reason) == (SubmissionStatus.COMPLETE, "")
        assert board.budget.spent == (("simulator-3", 1), ("agent-3", 1))
        assert [pair.attempt for pair in board.pairs] == [1, 1, 2, 1]
        assert len({(row.route_id, row.repetition) for row in results(board).rows}) == 20
        log = services.recorder.log(services.recording_of(board.job), "agent-3")
        assert {each.restarts for each in log.lines(0, log.line_count())} == {0, 1}
        assert all(not gap for _, _, gap in board.streams)
