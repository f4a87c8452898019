"""Upstream's own evaluators, in our rendered Jobs: loaded whole, from the official sources, known.

Real scenarios, criteria, statistics and CARLA's real client library; there is no CARLA server.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
import upstream_images
from fakes.embedded import embedded_cluster
from fakes.jobs import composed_with

from console.domain.board import PairStatus
from console.domain.preflight.checklist import NodeVerdict, Topic
from console.operations.services import Services
from console.operations.submitting.launch import launch
from console.operations.submitting.preflight import preflight
from console.operations.watching.follower import Follower
from console.recorder.recorder import Recorder
from console.specs.validation import Judged

LEADERBOARDS = {"1.0": "1.0", "2.0": "2.0", "2.1": "2.0"}
"""Upstream's branch -> the Job that runs it."""
SURROUNDINGS = ("empty", "normal", "hostile")
SAID = {"submission.submitted_image_uri": "console.local/team-agent:quick"}


def services(cluster: object, folder: Path) -> Services:
    return Services(cluster, Recorder(folder / "recordings"), lambda: datetime.now(UTC))


@pytest.mark.parametrize("surroundings", SURROUNDINGS)
@pytest.mark.parametrize("version", LEADERBOARDS)
async def test_a_preflight_finds_that_it_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, surroundings: str
) -> None:
    upstream_images.place(monkeypatch, version, surroundings)
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        made = composed_with(SAID, LEADERBOARDS[version], namespace="default")
        outcome = await preflight(services(embedded.cluster, tmp_path), Judged(made).valid)
    found = {each.topic: each for each in outcome.findings}
    for topic in (Topic.EVALUATOR, Topic.AGENT):
        assert found[topic].verdict is NodeVerdict.OK, found[topic].text
    assert "TeamAgent" in found[Topic.AGENT].text


@pytest.mark.parametrize("surroundings", SURROUNDINGS)
@pytest.mark.parametrize("version", LEADERBOARDS)
async def test_what_it_runs_is_told_file_by_file_and_held_against_the_private_contents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, surroundings: str
) -> None:
    upstream_images.place(monkeypatch, version, surroundings)
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        here = services(embedded.cluster, tmp_path)
        await launch(
            here, Judged(composed_with(SAID, LEADERBOARDS[version], namespace="default")).valid
        )
        follower = Follower(here, "default", "demo")
        following = asyncio.create_task(follower.run())
        try:
            async with asyncio.timeout(120):
                while len(reports := loaded(tmp_path)) < 4:  # noqa: ASYNC110 - other processes
                    await asyncio.sleep(0.2)
                while all(pair.status is not PairStatus.DRIVING for pair in follower.board.pairs):
                    await follower.changed.wait()
                    follower.changed.clear()
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
        kinds = {each.kind for each in follower.board.problems}
    assert "evaluator" not in kinds, follower.board.problems
    for lines in reports:
        official = [line for line in lines if "_ROOT/" in line]
        assert len(official) > 30
        assert not [line for line in lines if "/opt/team" in line]


def loaded(folder: Path) -> list[list[str]]:
    """The evaluators' reports that are complete, line by line."""
    texts = [path.read_text() for path in folder.rglob("pair-*.agent.evaluator-*")]
    return [text.splitlines()[1:] for text in texts if text.startswith("state=loaded")]
