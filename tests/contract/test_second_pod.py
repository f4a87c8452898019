"""A Job's second pod and an image that is not there, on a cluster that really runs containers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes.embedded import Embedded, embedded_cluster

from console.domain.blockage import BlockKind
from console.domain.board import BoardSnapshot, PairStatus, SubmissionStatus
from console.localcluster.node.kubelet import NODE_NAME
from console.operations.ports.cluster import Kind, Propagation
from console.operations.services import Services
from console.operations.submitting.launch import launch
from console.operations.watching.follower import Follower
from console.operations.watching.single_look import board_once
from console.recorder.recorder import Recorder
from console.specs.validation import Judged
from tests.contract.test_two_consoles import submission

Wanted = Callable[[BoardSnapshot], bool]


async def until(follower: Follower, wanted: Wanted) -> BoardSnapshot:
    async with asyncio.timeout(120):
        while not wanted(follower.board):
            follower.changed.clear()
            await follower.changed.wait()
    return follower.board


async def delete(embedded: Embedded, pod: str) -> None:
    cluster = embedded.cluster
    await cluster.delete(Kind.POD, "default", pod, propagation=Propagation.BACKGROUND)


async def evict(embedded: Embedded, pod: str) -> None:
    """As `kubectl drain` does it for each pod of a node."""
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod}}
    path = f"/api/v1/namespaces/default/pods/{pod}/eviction"
    await embedded.ask("POST", path, eviction)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("end", "why"),
    [(delete, "it was deleted"), (evict, "it was evicted, as when a node is drained")],
)
async def test_a_pod_that_is_taken_away_is_lost_with_its_drives_whoever_looks(
    tmp_path: Path, end: Callable[[Embedded, str], Awaitable[None]], why: str
) -> None:
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        recorder = Recorder(tmp_path / "recordings")
        services = Services(embedded.cluster, recorder, lambda: datetime.now(UTC))
        await launch(services, Judged(submission("twice")).valid)
        follower = Follower(services, "default", "twice")
        following = asyncio.create_task(follower.run())
        before = await until(follower, lambda board: len(board.records) >= 3)
        assert before.pod is not None
        await end(embedded, before.pod.name)
        first = before.pod.key
        after = await until(
            follower, lambda b: b.pod is not None and b.pod.key != first and b.report
        )
        (lost,) = after.lost
        assert lost.name == before.pod.name
        assert lost.why.startswith(why)
        assert lost.finished is not None
        assert lost.finished >= 3
        assert after.records == dict(after.told)[after.pod.key]
        assert len(after.records) < 3
        late = await board_once(services, "default", "twice")
        (as_late,) = late.lost
        assert (as_late.name, as_late.why) == (lost.name, lost.why)
        assert as_late.finished == lost.finished
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def cordon(embedded: Embedded, unschedulable: object) -> None:
    """As `kubectl cordon` and, with None, `kubectl uncordon` do it."""
    await embedded.patch(f"/api/v1/nodes/{NODE_NAME}", {"spec": {"unschedulable": unschedulable}})


@pytest.mark.slow
async def test_a_drained_node_blocks_the_next_pod_until_it_is_uncordoned(tmp_path: Path) -> None:
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        recorder = Recorder(tmp_path / "recordings")
        services = Services(embedded.cluster, recorder, lambda: datetime.now(UTC))
        await launch(services, Judged(submission("drained")).valid)
        follower = Follower(services, "default", "drained")
        following = asyncio.create_task(follower.run())
        before = await until(follower, lambda board: len(board.records) >= 1)
        assert before.pod is not None
        first = before.pod
        await cordon(embedded, True)
        await evict(embedded, first.name)
        blocked = await until(follower, lambda b: b.status is SubmissionStatus.BLOCKED)
        assert blocked.blocked_by is BlockKind.NODE
        assert "node(s) were unschedulable" in blocked.reason
        assert "Have a cordoned node that fits uncordoned" in blocked.reason
        assert "An earlier pod is lost because it was evicted, as when a node" in blocked.reason
        assert "cancelled and resumed, it goes on from them" in blocked.reason
        (lost,) = blocked.lost
        assert lost.why.startswith("it was evicted, as when a node is drained")
        assert blocked.records == ()
        await until(follower, lambda board: "Failed pods: 1" in board.reason)
        late = await board_once(services, "default", "drained")
        async with asyncio.timeout(20):  # the lost pod's last words are still read
            while late.reason != follower.board.reason:
                late = await board_once(services, "default", "drained")
        assert late.status is follower.board.status
        await cordon(embedded, None)
        after = await until(follower, lambda b: b.pod is not None and b.report is not None)
        assert after.pod is not None
        assert after.pod.key != first.key
        assert after.status is SubmissionStatus.RUNNING
        assert after.budget.used == 0
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


@pytest.mark.slow
async def test_an_image_that_is_not_there_blocks_the_submission(tmp_path: Path) -> None:
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        recorder = Recorder(tmp_path / "recordings")
        services = Services(embedded.cluster, recorder, lambda: datetime.now(UTC))
        composed = submission("missing")
        for container in composed.manifest["spec"]["template"]["spec"]["containers"]:
            if container["name"].startswith("agent-"):
                container["image"] = "registry.example.com/nobody:1"
        await launch(services, Judged(composed).valid)
        follower = Follower(services, "default", "missing")
        following = asyncio.create_task(follower.run())
        board = await until(follower, lambda b: b.status is SubmissionStatus.BLOCKED)
        assert board.blocked_by is BlockKind.IMAGE
        assert {pair.status for pair in board.pairs} == {PairStatus.BLOCKED}
        late = await board_once(services, "default", "missing")
        assert (late.status, late.blocked_by) == (board.status, board.blocked_by)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
