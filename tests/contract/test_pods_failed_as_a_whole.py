"""Pods that fail as a whole, before any container has a state: why, and what it costs the budget.

No node can take them, so that nobody but the test says how they end.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from fakes.consoles import Consoles, launched
from fakes.embedded import Embedded, embedded_cluster
from test_two_consoles import submission

from console.cli.boards import board_text
from console.cli.documents import board_document
from console.domain.board import BoardSnapshot, SubmissionStatus
from console.specs.compose import Composed

REJECTED = "its node rejected it"
ENDS = {
    "evicted": (
        "Evicted",
        "The node was low on resource: ephemeral-storage.",
        "its node evicted it (Evicted: The node was low on resource: ephemeral-storage)",
    ),
    "out-of-gpus": (
        "OutOfnvidia.com/gpu",
        "Node didn't have enough resource: nvidia.com/gpu, requested: 4, used: 8, capacity: 8",
        f"{REJECTED} (OutOfnvidia.com/gpu: Node didn't have enough resource: nvidia.com/gpu, "
        "requested: 4, used: 8, capacity: 8)",
    ),
    "shut-down": (
        "NodeShutdown",
        "Pod was rejected as the node is shutting down.",
        "its node shuts down (NodeShutdown: Pod was rejected as the node is shutting down)",
    ),
    "terminated": (
        "Terminated",
        "Pod was terminated in response to imminent node shutdown.",
        "its node shuts down "
        "(Terminated: Pod was terminated in response to imminent node shutdown)",
    ),
    "unhealthy-gpu": (
        "UnexpectedAdmissionError",
        "Allocate failed due to no healthy devices present, which is unexpected",
        f"{REJECTED} (UnexpectedAdmissionError: Allocate failed due to no healthy devices "
        "present, which is unexpected)",
    ),
    "preempted": (
        "Preempting",
        "Preempted in order to admit critical pod",
        "it made room for a pod of higher priority "
        "(Preempting: Preempted in order to admit critical pod)",
    ),
}


def nowhere(name: str) -> Composed:
    """One that no node takes; its second failed pod is one too many."""
    composed = submission(name)
    spec = composed.manifest["spec"]
    spec["backoffLimit"] = 1
    spec["template"]["spec"]["nodeSelector"] = {"node.kubernetes.io/instance-type": "p9.none"}
    return composed


async def fail(embedded: Embedded, pod: str, end: tuple[str, str, str]) -> None:
    """As a kubelet writes it that takes or keeps no container of the pod."""
    reason, message, _ = end
    status: dict[str, Any] = {"phase": "Failed", "reason": reason, "message": message}
    await embedded.patch(f"/api/v1/namespaces/default/pods/{pod}/status", {"status": status})


def waits(board: BoardSnapshot, *, lost: int) -> bool:
    """Its newest pod waits for a node that does not come."""
    blocked = board.status is SubmissionStatus.BLOCKED and board.pod_lives
    return blocked and len(board.lost) == lost and (board.job and board.job.failed) == lost


async def told(consoles: Consoles, *words: str) -> None:
    """By `status`, whoever looks."""
    for board in (consoles.board, *await consoles.late()):
        for each in words:
            assert each in board_text(board), consoles.name
    await consoles.agree()


async def fails_twice(embedded: Embedded, folder: Path, name: str) -> None:
    end = ENDS[name]
    async with launched(embedded, folder, nowhere(name)) as consoles:
        for failed in (0, 1):
            board = await consoles.until(lambda board, n=failed: waits(board, lost=n))
            assert board.pod is not None
            if failed:
                ((lost,), used) = board.lost, board.budget.used
                assert (lost.why, used) == (end[2], 0)
                assert board_document(board)["budget"]["podsFailed"] == 1
                await told(consoles, f"{lost.name}: {end[2]}", "failed pods 1/1")
            await fail(embedded, board.pod.name, end)
        board = await consoles.until(lambda board: board.status is SubmissionStatus.FAILED)
        assert board_document(board)["budget"]["podsFailed"] == 2
        why = f"2 pods failed as a whole, the last because {end[2]}; the limit is 1."
        assert board.reason == why
        await told(consoles, why, "failed pods 2/1")


@pytest.mark.slow
async def test_a_pod_that_fails_as_a_whole_is_told_with_its_reason_and_counted_whoever_looks(
    tmp_path: Path,
) -> None:
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        await asyncio.gather(*(fails_twice(embedded, tmp_path, name) for name in ENDS))
