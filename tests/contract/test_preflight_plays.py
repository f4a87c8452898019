"""Every finding of a preflight, played on the embedded cluster with images that lack one thing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes.embedded import Embedded, embedded_cluster
from fakes.jobs import composed_with, half, pod_spec

from console.domain.preflight.checklist import NodeFinding, NodeVerdict, Topic
from console.operations.services import Services
from console.operations.submitting.preflight import Outcome, preflight
from console.recorder.recorder import Recorder
from console.specs.compose import Composed
from console.specs.validation import Judged

OWN = "console.local"
WELL = {"submission.submitted_image_uri": f"{OWN}/team-agent:quick"}


def services(embedded: Embedded, folder: Path) -> Services:
    return Services(embedded.cluster, Recorder(folder / "recordings"), lambda: datetime.now(UTC))


def submission(leaderboard: str = "2.0", **images: str) -> Composed:
    """A submission with these images; a server that never listens is not waited for as usual."""
    said = {**WELL, **{path.replace("__", "."): image for path, image in images.items()}}
    made = composed_with(said, leaderboard, namespace="default")
    for each in pod_spec(made)["containers"]:
        each["env"].append({"name": "SERVER_LIMIT", "value": "20"})
    return made


def failing(outcome: Outcome) -> dict[Topic, str]:
    return of(NodeVerdict.FAILS, outcome)


def of(verdict: NodeVerdict, outcome: Outcome) -> dict[Topic, str]:
    return {each.topic: each.text for each in outcome.findings if each.verdict is verdict}


@pytest.mark.slow
@pytest.mark.parametrize("leaderboard", ["1.0", "2.0"])
async def test_where_nothing_is_missing_everything_is_told_and_nothing_is_left(
    tmp_path: Path, leaderboard: str
) -> None:
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        here = services(embedded, tmp_path)
        waits: list[str] = []
        outcome = await preflight(here, Judged(submission(leaderboard)).valid, tell=waits.append)
        good = [each for each in outcome.findings if each.verdict is NodeVerdict.OK]
        missing = {*Topic} - {Topic.QUEUE} - {each.topic for each in good}
        assert missing <= {Topic.DISK}, outcome.findings  # as full as this machine's is
        assert any("waiting for" in words for words in waits)
        await gone(embedded)
        assert await embedded.cluster.jobs(None) == ()
        assert not [*here.recorder.recordings()]


async def gone(embedded: Embedded) -> None:
    """The cluster takes what a Job owned away a moment after the Job."""
    kinds = ("jobs", "pods", "configmaps")
    async with asyncio.timeout(30):
        while any("preflight" in str(embedded.store.list(kind)) for kind in kinds):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


PLAYS = {
    "a bare node": (
        "2.0",
        {
            "cluster__simulator_image": f"{OWN}/carla-simulator:no-x.no-graphics.no-town12",
            "submission__submitted_image_uri": f"{OWN}/team-agent:quick.no-agent",
            "cluster__logcopy_image": f"{OWN}/python:low-disk",
        },
        {
            Topic.DISPLAY: "cannot draw on display :0",
            Topic.GRAPHICS: "Vulkan finds no GPU",
            Topic.SERVER: "Could not initialize SDL: x11 not available",
            Topic.TOWNS: "lacks Town12 (12 routes)",
            Topic.AGENT: "agent.py, which is not there",
            Topic.DISK: "1.0 GiB free",
        },
    ),
    "mixed-up GPUs": (
        "2.0",
        {
            "cluster__simulator_image": f"{OWN}/carla-simulator:no-port.gpu-wrong",
            "submission__submitted_image_uri": f"{OWN}/team-agent:no-entry-point.gpu-swapped",
            "cluster__logcopy_image": f"{OWN}/python:clock-ahead",
        },
        {
            Topic.GPUS: "its halves are on different GPUs",
            Topic.SERVER: "did not listen within",
            Topic.AGENT: "no get_entry_point()",
            Topic.CLOCK: "ahead of this machine's",
        },
    ),
    "no GPU and no module": (
        "1.0",
        {
            "cluster__simulator_image": f"{OWN}/carla-simulator:0.9.10.1.needs-x",
            "submission__submitted_image_uri": f"{OWN}/team-agent:no-py-trees.gpu-none",
        },
        {
            Topic.GPUS: "device",
            Topic.DISPLAY: "cannot draw offscreen",
            Topic.EVALUATOR: "No module named 'py_trees'",
        },
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("play", PLAYS)
async def test_what_a_launch_would_fail_by_is_found_before_it(tmp_path: Path, play: str) -> None:
    leaderboard, images, expected = PLAYS[play]
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        outcome = await preflight(
            services(embedded, tmp_path), Judged(submission(leaderboard, **images)).valid
        )
    found = failing(outcome)
    missing = {
        topic: words for topic, words in expected.items() if words not in found.get(topic, "")
    }
    assert missing == {}, outcome.findings
    assert outcome.fails


@pytest.mark.slow
async def test_what_may_pass_is_a_warning_and_no_reason_to_fail(tmp_path: Path) -> None:
    made = submission(submission__submitted_image_uri=f"{OWN}/team-agent:quick.low-shm")
    told = {"ROUTES_SUBSET": "15-17", "ROUTES_SUBSETS": "0-4;5-9;10-14;15-17"}
    for name in ("agent-4", "logcopy"):
        for each in half(made, name)["env"]:
            if each["name"] in told:
                each["value"] = told[each["name"]]
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        outcome = await preflight(services(embedded, tmp_path), Judged(made).valid)
    warned = of(NodeVerdict.WARNING, outcome)
    assert "64 MiB" in warned[Topic.MEMORY]
    assert "18 of the file's 20 routes are launched" in warned[Topic.ROUTES]
    assert not outcome.fails, outcome.findings


@pytest.mark.slow
async def test_an_image_that_cannot_be_pulled_is_named_and_the_rest_is_told(tmp_path: Path) -> None:
    image = "registry.invalid/team:1"
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        made = submission(submission__submitted_image_uri=image)
        for number in (1, 2, 3, 4):
            half(made, f"simulator-{number}")["env"].append({"name": "REACH_LIMIT", "value": "1"})
        outcome = await preflight(services(embedded, tmp_path), Judged(made).valid)
    assert "its image cannot be pulled" in failing(outcome)[Topic.START]
    verdicts = {each.topic: each for each in outcome.findings}
    assert verdicts[Topic.SERVER].verdict is NodeVerdict.OK
    assert verdicts[Topic.EVALUATOR] == NodeFinding(
        Topic.EVALUATOR, NodeVerdict.UNKNOWN, "nothing was told of it"
    )


@pytest.mark.slow
async def test_what_keeps_all_containers_from_starting_is_said_once_and_not_waited_for(
    tmp_path: Path,
) -> None:
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        here = services(embedded, tmp_path)
        for image, words in (
            (f"{OWN}/shell:1", "private-contents failed: [private-contents] the image has no"),
            ("registry.invalid/leaderboard:1", "its image cannot be pulled"),
        ):
            outcome = await preflight(
                here, Judged(submission(cluster__leaderboard_image=image)).valid
            )
            (start,) = [each for each in outcome.findings if each.topic is Topic.START]
            assert start.verdict is NodeVerdict.FAILS
            assert words in start.text
            await gone(embedded)


@pytest.mark.slow
async def test_a_node_with_fewer_gpus_than_pairs_is_named_and_not_waited_for(
    tmp_path: Path,
) -> None:
    async with embedded_cluster(tmp_path / "cluster", gpus=2) as embedded:
        here = services(embedded, tmp_path)
        outcome = await preflight(here, Judged(submission()).valid, seconds=3)
        assert "GPU" in failing(outcome)[Topic.START]


@pytest.mark.slow
async def test_a_look_that_is_left_takes_its_job_along(tmp_path: Path) -> None:
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        running = asyncio.Event()
        look = asyncio.create_task(
            preflight(
                services(embedded, tmp_path),
                Judged(submission()).valid,
                tell=lambda _: running.set(),
            )
        )
        await running.wait()
        look.cancel()
        with pytest.raises(asyncio.CancelledError):
            await look
        await gone(embedded)
