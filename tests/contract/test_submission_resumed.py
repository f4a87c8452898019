"""Crashing routes, cancelled and failed submissions, and what goes on from them: real containers."""

from __future__ import annotations

import asyncio
import base64
import json
import random
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fakes.embedded import embedded_cluster

from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.events import JobSeen
from console.errors import Conflict, NotFound
from console.operations.outcome.verify import launched_plan
from console.operations.outcome.view import results
from console.operations.ports.cluster import Kind, Propagation
from console.operations.recording.finished_drives import Finished, partial_texts
from console.operations.services import Services
from console.operations.submitting.ending import cancel
from console.operations.submitting.last_words import cancel_and_keep
from console.operations.submitting.launch import launch
from console.operations.submitting.resume import resume
from console.operations.watching.follower import Follower
from console.operations.watching.single_look import board_once
from console.recorder.recorder import Recorder
from console.results.leaderboard import V2_0
from console.specs.again import again
from console.specs.compose import Composed, compose
from console.specs.template import load_template
from console.specs.validation import Judged, demand, validate
from console.specs.values import load_profile

CRASHING = """
pair_seconds: 4
seed: 3
tick_seconds: 0.25
kinds: [perfect]
routes:
  7:
    {attempts}
    ending: sim_run
    server: crash
    at: 0.2
"""
LEADERBOARDS = ["1.0", "2.0"]


def utc_now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(autouse=True)
def scenarios(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`hopeless` crashes at route 7 in every attempt, `unlucky` in the first one."""
    monkeypatch.setenv("CARLA_CONSOLE_STATE_DIR", str(tmp_path))
    folder = tmp_path / "scenarios"
    folder.mkdir()
    always = CRASHING.replace("    {attempts}\n", "")
    (folder / "hopeless.yaml").write_text(always)
    once = CRASHING.replace("    {attempts}\n    ending", "    - attempts: [1]\n      ending")
    once = once.replace("    server", "      server").replace("    at", "      at")
    (folder / "unlucky.yaml").write_text(once + "    - outcome: perfect\n")


def submission(leaderboard: str, name: str, tag: str, **job: int) -> Composed:
    template = load_template(leaderboard)
    image = f"console.local/team-agent:{tag}"
    values = (
        load_profile("embedded")
        .values(leaderboard)
        .override(
            {
                "submission.name": name,
                "submission.submitted_image_uri": image,
                **{f"job.{key}": value for key, value in job.items()},
            },
            origin="test",
            known=template.paths,
        )
    )
    composed = compose(template, values, namespace="default", repetitions=1)
    logcopy = composed.manifest["spec"]["template"]["spec"]["containers"][-1]
    logcopy["env"] = [each for each in logcopy["env"] if each["name"] != "LOGS_PERIOD"]
    logcopy["env"].append({"name": "LOGS_PERIOD", "value": "0.3"})
    return composed


async def followed(services: Services, name: str) -> BoardSnapshot:
    follower = Follower(services, "default", name)
    async with asyncio.timeout(120):
        await follower.run()
    return follower.board


def driven(services: Services, board: BoardSnapshot) -> list[str]:
    """The routes that the evaluators of a submission began, from their recorded logs."""
    assert board.job is not None
    found = []
    for pair in range(1, 5):
        log = services.recorder.log(services.recording_of(board.job), f"agent-{pair}")
        text = "\n".join(line.text for line in log.lines(0, log.line_count()))
        found += re.findall(r"Preparing (RouteScenario_\d+)", text)
    return found


def finished(board: BoardSnapshot) -> set[str]:
    return {record.route_id for record in board.records}


@pytest.mark.slow
@pytest.mark.parametrize("leaderboard", LEADERBOARDS)
async def test_a_route_that_always_crashes_costs_two_attempts_and_not_the_submission(
    tmp_path: Path, leaderboard: str
) -> None:
    """It is recorded as failed, the other 19 are driven, and the final status is the contract's."""
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        services = Services(embedded.cluster, Recorder(tmp_path / "recordings"), utc_now)
        await launch(services, Judged(submission(leaderboard, "braked", "hopeless")).valid)
        board = await followed(services, "braked")
        assert (board.status, board.reason) == (SubmissionStatus.COMPLETE, "")
        assert board.budget.used == 4
        view = results(board)
        assert view.final
        statuses = {row.route_id: row.status for row in view.rows}
        assert len(statuses) == 20
        assert statuses["RouteScenario_7"] == "Failed - Simulation crashed"
        assert board.merged is not None
        document = json.loads(board.merged.text)
        ending = ("Finished", True) if leaderboard == "1.0" else ("Crashed", False)
        assert (document["entry_status"], document["eligible"]) == ending
        (problem,) = [each for each in board.problems if each.kind == "given-up"]
        assert problem.pair == 2
        assert problem.text.startswith("RouteScenario_7_rep0 was given up after 2 attempts")
        routes = driven(services, board)
        assert routes.count("RouteScenario_7") == 2
        assert len(routes) == 21
        crashes = {(end.half, end.route) for end in board.pairs[1].ended if end.attempt in (1, 2)}
        assert crashes == {(half, "RouteScenario_7_rep0") for half in ("simulator", "agent")}


@pytest.mark.slow
@pytest.mark.parametrize("leaderboard", LEADERBOARDS)
async def test_a_submission_that_nobody_followed_is_cancelled_and_goes_on_elsewhere(
    tmp_path: Path, leaderboard: str
) -> None:
    """Nothing runs 10 s after the cancel; no finished route is driven again; the result is final."""
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        services = Services(embedded.cluster, Recorder(tmp_path / "recordings"), utc_now)
        await launch(services, Judged(submission(leaderboard, "cut", "quick")).valid)
        async with asyncio.timeout(120):
            while ((await board_once(services, "default", "cut")).done or 0) < 6:  # noqa: ASYNC110 - nobody follows
                await asyncio.sleep(0.2)
        with pytest.raises(Conflict, match="not over"):
            await resume(services, "default", "cut")
        stopped = await cancel_and_keep(services, "default", "cut")
        assert stopped.kept >= 6
        assert stopped.seconds is not None
        assert stopped.seconds < 10
        assert (await board_once(services, "default", "cut")).done == stopped.kept
        elsewhere = Services(embedded.cluster, Recorder(tmp_path / "recordings"), utc_now)
        found = await resume(elsewhere, "default", "cut")
        assert stopped.kept == found.kept < found.total == 20
        assert found.repeated == ()
        demand(validate(found.composed))
        await launch(elsewhere, Judged(found.composed).valid)
        board = await followed(elsewhere, "cut-2")
        assert board.status is SubmissionStatus.COMPLETE
        assert results(board).final
        assert len(finished(board)) == 20
        assert len(driven(elsewhere, board)) == 20 - found.kept
        with pytest.raises(Conflict, match="final result"):
            await resume(elsewhere, "default", "cut-2")


@pytest.mark.slow
@pytest.mark.parametrize("leaderboard", ["1.0"])
async def test_a_failed_submission_goes_on_with_a_larger_budget(
    tmp_path: Path, leaderboard: str
) -> None:
    """The Job has failed and its pod is gone; the recorded routes are all there is."""
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        services = Services(embedded.cluster, Recorder(tmp_path / "recordings"), utc_now)
        await launch(
            services, Judged(submission(leaderboard, "spent", "unlucky", backoff_limit=1)).valid
        )
        board = await followed(services, "spent")
        assert board.status is SubmissionStatus.FAILED
        before = finished(board)
        assert {"RouteScenario_5", "RouteScenario_6"} <= before
        found = await resume(services, "default", "spent", new_name="rescue", backoff_limit=8)
        assert found.kept == len(before)
        await launch(services, Judged(found.composed).valid)
        board = await followed(services, "rescue")
        assert board.status is SubmissionStatus.COMPLETE
        assert results(board).final
        assert len(finished(board)) == 20
        assert before.isdisjoint(driven(services, board))


@pytest.mark.slow
async def test_nothing_recorded_means_nothing_to_go_on_from(tmp_path: Path) -> None:
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        services = Services(embedded.cluster, Recorder(tmp_path / "recordings"), utc_now)
        await launch(services, Judged(submission("2.0", "early", "steady")).valid)
        assert (await cancel_and_keep(services, "default", "early")).kept == 0
        with pytest.raises(NotFound, match="no finished drive"):
            await resume(services, "default", "early")


@pytest.mark.slow
async def test_a_suspended_submission_that_is_cancelled_ends_and_never_has_a_pod(
    tmp_path: Path,
) -> None:
    """Its own deadline holds again for the one that goes on from it."""
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        services = Services(embedded.cluster, Recorder(tmp_path / "recordings"), utc_now)
        held = submission("2.0", "held", "steady")
        held.manifest["spec"] |= {"suspend": True, "activeDeadlineSeconds": 7200}
        await launch(services, Judged(held).valid)
        job = await cancel(services, "default", "held")
        assert job.cancelled
        assert (await board_once(services, "default", "held")).status is SubmissionStatus.CANCELLED
        async with asyncio.timeout(30):
            async for event in services.cluster.watch_submission("default", "held"):
                if isinstance(event, JobSeen) and event.job.condition("Failed"):
                    break
            board = await board_once(services, "default", "held")
        assert (board.status, board.pod) == (SubmissionStatus.CANCELLED, None)
        assert board.reason == "The operator cancelled it."
        with pytest.raises(Conflict, match="ended already"):
            await cancel(services, "default", "held")
        stored = await services.cluster.read(Kind.JOB, "default", "held")
        composed = again(stored, "held-2", {1: "{}"})
        assert composed.manifest["spec"]["activeDeadlineSeconds"] == 7200
        assert "parallelism" not in composed.manifest["spec"]
        demand(validate(composed))


@pytest.mark.slow
async def test_a_resume_with_partials_of_megabytes_goes_to_its_end(tmp_path: Path) -> None:
    """Four finished drives a pair, each with 200 KB of infractions: more than a ConfigMap holds."""
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        services = Services(embedded.cluster, Recorder(tmp_path / "recordings"), utc_now)
        old = submission("2.0", "old", "unlucky")
        plan = launched_plan(old.plan, None)
        assert plan is not None
        records = {
            (route, 0): heavy_record(route, place)
            for pair in plan.pairs
            for place, route in enumerate(pair.routes[:4])
        }
        texts, _ = partial_texts(plan, Finished(records, ("carla_camera",)))
        assert sum(map(len, texts.values())) > 3_000_000
        composed = again(old.manifest, "new", texts)
        assert len(composed.further) > 1
        demand(validate(composed))
        await launch(services, Judged(composed).valid)
        board = await followed(services, "new")
        assert (board.status, board.reason) == (SubmissionStatus.COMPLETE, "")
        assert len(driven(services, board)) == 4
        maps = [each["metadata"]["name"] for each in embedded.store.list("configmaps")]
        assert len(maps) == 1 + len(composed.further)
        background = Propagation.BACKGROUND
        await services.cluster.delete(Kind.JOB, "default", "new", propagation=background)
        async with asyncio.timeout(20):
            while embedded.store.list("configmaps"):  # noqa: ASYNC110 - nothing tells of its end
                await asyncio.sleep(0.1)


def heavy_record(route: str, place: int) -> dict[str, Any]:
    noise = base64.b64encode(random.Random(place).randbytes(150_000)).decode()
    collisions = [noise[start : start + 9_000] for start in range(0, len(noise), 9_000)]
    infractions = {name: [] for name in V2_0.infractions}
    return {
        "index": place,
        "route_id": f"{route}_rep0",
        "status": "Completed",
        "num_infractions": len(collisions),
        "infractions": {**infractions, "collisions_layout": collisions},
        "scores": {"score_route": 100.0, "score_penalty": 1.0, "score_composed": 100.0},
        "meta": {"route_length": 90.0, "duration_game": 5.0, "duration_system": 9.0},
    }
