"""A running Job that somebody suspends and resumes: its second pod begins anew, and says why."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.consoles import agent_that, launched
from fakes.embedded import Embedded, embedded_cluster
from test_two_consoles import submission

from console.cli.boards import board_text
from console.cli.documents import board_document
from console.domain.board import FINISHED, BoardSnapshot, SubmissionStatus
from console.specs.compose import Composed

WHY = "the Job was suspended"


def paused(name: str) -> Composed:
    composed = submission(name)
    for container in composed.manifest["spec"]["template"]["spec"]["containers"]:
        if container["name"].startswith("agent-"):
            container["image"] = agent_that("brief", "pair_seconds: 3\nseed: 20\n")
    return composed


async def suspend(embedded: Embedded, job: str, *, to: bool) -> None:
    """`kubectl patch job … -p '{"spec": {"suspend": true}}'`."""
    path = f"/apis/batch/v1/namespaces/default/jobs/{job}"
    await embedded.patch(path, {"spec": {"suspend": to}})


def finished_cells(board: BoardSnapshot) -> int:
    return sum(cell.state in FINISHED for pair in board.pairs for cell in pair.cells)


@pytest.mark.slow
async def test_a_job_that_others_suspend_and_resume_begins_anew_and_tells_what_was_lost(
    tmp_path: Path,
) -> None:
    async with (
        embedded_cluster(tmp_path / "cluster") as embedded,
        launched(embedded, tmp_path, paused("paused")) as consoles,
    ):
        before = await consoles.until(lambda board: len(board.records) >= 3)
        assert before.pod is not None
        await suspend(embedded, "paused", to=True)
        board = await consoles.until(
            lambda board: board.status is SubmissionStatus.SUSPENDED and not board.pod_lives
        )
        assert board.reason == "The Job is suspended: nothing runs until it resumes."
        await consoles.agree()
        await suspend(embedded, "paused", to=False)
        first = before.pod.key
        board = await consoles.until(
            lambda board: board.pod and board.pod.key != first and board.report
        )
        (lost,) = board.lost
        assert (lost.name, lost.why) == (before.pod.name, WHY)
        assert lost.finished is not None
        assert lost.finished >= len(before.records)
        assert finished_cells(board) <= len(dict(board.told)[board.pod.key]) < lost.finished
        assert f"lost because {WHY}: {lost.cost} went with it" in board.reason
        assert board.budget.used == 0
        board = await consoles.until(lambda board: board.ended and board.merged)
        assert (board.status, board.done) == (SubmissionStatus.COMPLETE, 20)
        here, elsewhere = await consoles.late()
        assert here.lost == board.lost
        assert board_document(here)["lostPods"] == board_document(board)["lostPods"]
        assert f"lost pod {lost.told}" in board_text(here)
        assert [(each.name, each.why, each.finished) for each in elsewhere.lost] == [
            (lost.name, WHY, None)
        ]
        await consoles.agree()
