"""A container that is not ours and never ends, in the pod of a submission that has finished."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fakes.consoles import agent_that, launched
from fakes.embedded import embedded_cluster
from test_two_consoles import submission

from console.cli.boards import board_text
from console.cli.documents import board_document
from console.domain.board import SubmissionStatus
from console.domain.facts import ContainerState
from console.specs.compose import Composed

PROXY: dict[str, Any] = {
    "name": "istio-proxy",
    "image": "console.local/shell:1",
    "command": ["sh", "-c", "echo proxy started; echo proxy ready; exec sleep 1000000"],
}
WHY = (
    "Everything of the submission has ended, but istio-proxy runs on: it is not ours and keeps "
    "the Job from completing. End it to complete it."
)


def meshed(name: str) -> Composed:
    composed = submission(name)
    containers = composed.manifest["spec"]["template"]["spec"]["containers"]
    for container in containers:
        if container["name"].startswith("agent-"):
            container["image"] = agent_that("brief", "pair_seconds: 1\nseed: 20\n")
    containers.append(PROXY)
    return composed


@pytest.mark.slow
async def test_a_sidecar_that_never_ends_is_shown_recorded_and_named_as_what_holds_the_job(
    tmp_path: Path,
) -> None:
    async with (
        embedded_cluster(tmp_path / "cluster") as embedded,
        launched(embedded, tmp_path, meshed("meshed")) as consoles,
    ):
        board = await consoles.until(lambda board: board.reason == WHY)
        assert (board.status, board.done) == (SubmissionStatus.RUNNING, 20)
        assert board.merged is not None
        assert board.merged.final
        for seen in (board, *await consoles.late()):
            (proxy,) = seen.foreign
            assert (proxy.name, proxy.state) == ("istio-proxy", ContainerState.RUNNING)
            assert WHY in board_text(seen)
            assert "istio-proxy  running  not ours" in board_text(seen)
            (shown,) = board_document(seen)["foreignContainers"]
            assert (shown["name"], shown["state"]) == ("istio-proxy", "running")
        assert "istio-proxy" in [name for name, _, _ in board.streams]
        assert board.job is not None
        log = consoles.here.recorder.log(consoles.here.recording_of(board.job), "istio-proxy")
        lines = [each.text for each in log.lines(0, log.line_count())]
        assert lines == ["proxy started", "proxy ready"]
        await consoles.agree()
