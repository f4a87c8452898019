"""Given up, driven again, and one final result of all twenty: real containers."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes.embedded import embedded_cluster
from msgspec.structs import replace

from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.driven_again import Why
from console.operations.outcome.view import ResultsView, results
from console.operations.services import Services
from console.operations.submitting.launch import launch
from console.operations.submitting.rerun import RerunWanted, rerun
from console.operations.watching.follower import Follower
from console.recorder.recorder import Recorder
from console.specs.compose import Composed, compose
from console.specs.template import load_template
from console.specs.validation import Judged
from console.specs.values import load_profile

QUICK = """
pair_seconds: 3
seed: 3
tick_seconds: 0.25
kinds: [perfect]
"""
BROKEN = f"""{QUICK}
routes:
  7: {{ending: sim_run, server: crash, at: 0.2}}
  16: {{ending: agent_run, at: 0.5}}
"""


@pytest.fixture(autouse=True)
def chance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two images, one of which is out of luck."""
    monkeypatch.setenv("CARLA_CONSOLE_STATE_DIR", str(tmp_path))
    folder = tmp_path / "scenarios"
    folder.mkdir()
    (folder / "unlucky.yaml").write_text(BROKEN)
    (folder / "lucky.yaml").write_text(QUICK)


def with_luck(composed: Composed) -> Composed:
    """The same Job, in which nothing crashes by chance."""
    text = json.dumps(composed.manifest).replace("team-agent:unlucky", "team-agent:lucky")
    return replace(composed, manifest=json.loads(text))


def submission(leaderboard: str, layout: str) -> Composed:
    template = load_template(leaderboard)
    given = {
        "submission.name": "raven",
        "submission.submitted_image_uri": "console.local/team-agent:unlucky",
        "job.logs_period": 1,
        "shape.layout": layout,
        "shape.pairs": 4,
    }
    values = load_profile("embedded").values(leaderboard)
    values = values.override(given, origin="test", known=template.paths)
    return compose(template, values, namespace="default", repetitions=1)


async def followed(services: Services, name: str) -> BoardSnapshot:
    follower = Follower(services, "default", name)
    async with asyncio.timeout(400):
        await follower.run()
    return follower.board


def told_as_one_final_result(view: ResultsView, old: BoardSnapshot, new: BoardSnapshot) -> None:
    """All drives of the route file are there, and those that stayed have the scores they had."""
    assert (new.status, view.final, view.eligible) == (SubmissionStatus.COMPLETE, True, True), [
        view.why_not_eligible,
        *map(str, view.problems),
    ]
    after = {row.route_id: row for row in view.rows}
    assert len(after) == view.total == 20
    assert {row.status for row in after.values()} <= {"Perfect", "Completed"}
    stayed = [row for row in results(old).rows if not row.failed]
    assert [row.score_composed for row in stayed] == [
        after[row.route_id].score_composed for row in stayed
    ]
    assert view.document is not None
    assert json.loads(view.document)["eligible"] is True


@pytest.mark.slow
@pytest.mark.parametrize(
    ("leaderboard", "layout"),
    [("1.0", "one-pod"), ("2.0", "one-pod"), ("2.0", "pod-per-pair")],
)
async def test_what_crashes_have_ended_is_driven_again_beside_what_stays_to_one_final_result(
    tmp_path: Path, leaderboard: str, layout: str
) -> None:
    """The old submission, its records and its recording stay as they are."""
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        recorder = Recorder(tmp_path / "recordings")
        services = Services(embedded.cluster, recorder, lambda: datetime.now(UTC))
        await launch(services, Judged(submission(leaderboard, layout)).valid)
        old = await followed(services, "raven")
        assert old.status is SubmissionStatus.COMPLETE, old.reason
        failed = {row.route_id: row for row in results(old).rows if row.failed}
        assert [row.status for row in failed.values()] == [
            "Failed - Simulation crashed", "Failed - Agent crashed",
        ]  # fmt: skip
        assert old.job is not None
        recorded = recorder.merged_text(services.recording_of(old.job))

        found = await rerun(services, "default", "raven", RerunWanted())
        assert [(each.route, each.why, each.status, each.of) for each in found.replaced] == [
            ("RouteScenario_7", Why.CRASHED, "Failed - Simulation crashed", "raven"),
            ("RouteScenario_16", Why.CRASHED, "Failed - Agent crashed", "raven"),
        ]
        assert (found.resumption.kept, found.missing) == (18, 0)
        await launch(services, Judged(with_luck(found.resumption.composed)).valid)
        new = await followed(services, "raven-2")

        told_as_one_final_result(results(new), old, new)
        assert results(new).driven_again == found.replaced
        # The one before is as it was.
        assert recorder.merged_text(services.recording_of(old.job)) == recorded
