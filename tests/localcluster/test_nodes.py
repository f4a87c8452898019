"""Several nodes of the embedded cluster: where pods go, and what a lost node means for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from node_cluster import Cluster, cluster, shell, until

from console.localcluster.api.ports import LogUnavailable, PortUnreachable, StartFailed
from console.localcluster.controllers.job_indexes import FAILURES, INDEX
from console.localcluster.controllers.scheduler import NodeRefusal, in_words
from console.localcluster.node.handed_gpus import uuid_of

GPU = {"resources": {"limits": {"nvidia.com/gpu": "1"}}}
FIRST, SECOND = "local-node", "local-node-2"
UNTIL_TERM = "trap 'exit 0' TERM; echo up; while :; do sleep 0.05; done"


@pytest.fixture
async def local(tmp_path: Path):
    async with cluster(tmp_path / "cluster", gpus=2, nodes=2) as made:
        yield made


def nodes_of(local: Cluster) -> dict[str, str]:
    """Index -> node of each pod that runs."""
    return {
        pod["metadata"]["annotations"][INDEX]: pod["spec"]["nodeName"]
        for pod in local.store.list("pods")
        if pod["status"]["phase"] == "Running"
    }


def indexed(local: Cluster, script: str, completions: int) -> None:
    local.create_job(
        shell("c", script, **GPU),
        pod={"restartPolicy": "Never"},
        completionMode="Indexed",
        completions=completions,
        parallelism=completions,
        backoffLimitPerIndex=3,
    )


async def test_pods_are_spread_over_the_nodes_and_wait_when_all_are_full(local):
    indexed(local, UNTIL_TERM, 5)
    await until(lambda: len(nodes_of(local)) == 4)
    assert sorted(nodes_of(local).values()) == [FIRST, FIRST, SECOND, SECOND]
    (told,) = local.events("FailedScheduling")
    assert told["message"] == (
        "0/2 nodes are available: 2 Insufficient nvidia.com/gpu. no new claims to deallocate, "
        "preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod."
    )


async def test_a_lost_node_loses_its_own_pods_alone_which_are_made_anew_elsewhere(local):
    """Nobody tells how they ended; after a while they are failures, each of its own index."""
    indexed(local, UNTIL_TERM, 2)
    await until(lambda: len(nodes_of(local)) == 2)
    index = next(i for i, node in nodes_of(local).items() if node == SECOND)
    uids = {p["metadata"]["annotations"][INDEX]: p["metadata"]["uid"] for p in pods(local)}
    lost = next(p for p in pods(local) if p["spec"]["nodeName"] == SECOND)
    local.store.remove("nodes", None, SECOND)
    await until(lambda: len(local.processes()) > 0 and nodes_of(local).get(index) == FIRST)
    fresh = {p["metadata"]["annotations"][INDEX]: p for p in pods(local)}
    kept = "1" if index == "0" else "0"
    assert fresh[kept]["metadata"]["uid"] == uids[kept]
    assert fresh[index]["metadata"]["annotations"][FAILURES] == "1"
    await until(lambda: len(pods(local)) == 2)
    (last,) = [o for k, o in local.history if k == "DELETED pods"]
    assert (last["metadata"]["uid"], last["status"]["phase"]) == (uids[index], "Failed")
    reasons = [c["reason"] for c in last["status"]["conditions"] if c["type"] == "DisruptionTarget"]
    assert reasons == ["DeletionByPodGC"]
    assert "terminated" not in last["status"]["containerStatuses"][0]["state"]
    with pytest.raises(LogUnavailable, match='nodes "local-node-2" not found'):
        local.kubelet.log_file(lost, "c", 0)
    with pytest.raises(StartFailed):
        await local.kubelet.execute(lost, "c", ["true"], tty=False, stdin=False)
    with pytest.raises(PortUnreachable):
        await local.kubelet.dial(lost, 2000)


async def test_the_gpus_of_a_pod_that_has_ended_are_given_out_again(tmp_path: Path):
    """Though the pod is still there, with its log."""
    async with cluster(tmp_path / "cluster", gpus=1) as local:
        seen = []
        for name in ("first", "second"):
            told = shell("c", "echo gpus=$NVIDIA_VISIBLE_DEVICES", **GPU)
            pod = local.create_pod(told, name=name, restartPolicy="Never")
            place = ("pods", "default", name)
            await until(lambda at=place: local.store.get(*at)["status"]["phase"] == "Succeeded")
            seen.append(local.kubelet.log_file(pod, "c", 0).path.read_text().partition(" ")[2])
        assert seen[0] == seen[1] == f"gpus={uuid_of(0, FIRST)}\n"


def test_a_gpu_is_called_as_none_of_another_node():
    assert len({uuid_of(index, node) for index in range(4) for node in (FIRST, SECOND)}) == 8


def pods(local: Cluster) -> list[dict]:
    return local.store.list("pods")


def test_a_pod_s_refusals_are_counted_by_their_reasons():
    many = [NodeRefusal("Too many pods", "No preemption victims found for incoming pod")]
    many += [NodeRefusal("node(s) were unschedulable")] * 2
    assert in_words(many) == (
        "0/3 nodes are available: 1 Too many pods, 2 node(s) were unschedulable. no new claims to"
        " deallocate, preemption: 0/3 nodes are available: 1 No preemption victims found for"
        " incoming pod, 2 Preemption is not helpful for scheduling."
    )
