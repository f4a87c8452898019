"""What fails all pairs alike is said once and at once, from the evaluator to the sentence."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes.embedded import embedded_cluster

from console.domain.board import BoardSnapshot, SubmissionStatus
from console.operations.outcome.view import results
from console.operations.services import Services
from console.operations.submitting.launch import launch
from console.operations.watching.follower import Follower
from console.presentation.narrative import narrate
from console.recorder.recorder import Recorder
from console.specs.compose import Composed, compose
from console.specs.template import load_template
from console.specs.validation import Judged
from console.specs.values import load_profile

CAUSE = "the agent's sensors are not allowed on this track"


def submission(leaderboard: str) -> Composed:
    """With the usual ten seconds between logcopy's rounds: an ended attempt is told before."""
    template = load_template(leaderboard)
    values = (
        load_profile("embedded")
        .values(leaderboard)
        .override(
            {
                "submission.name": "rejected",
                "submission.submitted_image_uri": "console.local/team-agent:invalid-sensors",
            },
            origin="test",
            known=template.paths,
        )
    )
    return compose(template, values, namespace="default", repetitions=1)


@pytest.mark.slow
@pytest.mark.parametrize("leaderboard", ["1.0", "2.0"])
async def test_invalid_sensors_are_named_for_all_pairs_in_one_sentence(
    tmp_path: Path, leaderboard: str
) -> None:
    """Within some seconds of the first record or ended attempt, and no score becomes final."""
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        services = Services(
            embedded.cluster, Recorder(tmp_path / "recordings"), lambda: datetime.now(UTC)
        )
        await launch(services, Judged(submission(leaderboard)).valid)
        follower = Follower(services, "default", "rejected")
        following = asyncio.create_task(follower.run())
        told: list[tuple[float, str]] = []
        before = BoardSnapshot("default", "rejected")
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(120):
            while not following.done():
                board = follower.board
                told += [(loop.time(), sentence) for sentence in narrate(before, board)]
                before = board
                await asyncio.sleep(0.05)
        await following
        told += [(loop.time(), sentence) for sentence in narrate(before, follower.board)]
        sentences = [sentence for _, sentence in told]
        shared = [(at, sentence) for at, sentence in told if CAUSE in sentence]
        ended = [
            at for at, sentence in told if "attempt 1: agent has an invalid set-up" in sentence
        ]
        assert shared, sentences
        assert shared[0][0] <= min(ended), sentences
        board = follower.board
        (problem,) = [each for each in board.problems if CAUSE in each.text]
        assert (problem.kind, problem.pair) == ("shared-failure", 0)
        assert problem.text.startswith("pairs 1, 2, 3 and 4: ")
        assert board.status is SubmissionStatus.FAILED
        assert CAUSE in board.reason
        assert not results(board).final
