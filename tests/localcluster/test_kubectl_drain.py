"""`kubectl cordon`, `drain` and `uncordon` of the embedded node, with pods that really run."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from api_bench import KUBECTLS, TOKEN, Kubectl
from node_cluster import Cluster, cluster, shell, until

from console.localcluster.api.certificate import make_identity
from console.localcluster.api.server import ApiServer
from console.localcluster.node.kubelet import NODE_NAME

pytestmark = pytest.mark.kubectl

CORDONED = (
    "0/1 nodes are available: 1 node(s) were unschedulable. no new claims to deallocate, "
    "preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."
)
DRAIN = ("drain", NODE_NAME, "--ignore-daemonsets", "--delete-emptydir-data", "--force")
SCRATCH = {"volumes": [{"name": "scratch", "emptyDir": {}}]}
WORKS = "trap 'echo bye; exit 143' TERM; echo up; while :; do sleep 0.05; done"


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[Cluster]:
    async with cluster(tmp_path / "cluster") as made:
        yield made


@pytest.fixture(params=KUBECTLS)
async def kubectl(
    request: pytest.FixtureRequest, local: Cluster, tmp_path: Path
) -> AsyncIterator[Kubectl]:
    if not request.param:
        pytest.skip("there is no kubectl on the PATH")
    identity = make_identity()
    async with ApiServer(local.store, local.kubelet, TOKEN, tls=identity) as server:
        yield Kubectl(request.param, tmp_path / "kubectl", server.url, identity)


def node(local: Cluster) -> dict:
    return local.store.get("nodes", None, NODE_NAME)


def named(local: Cluster) -> dict[str, dict]:
    return {pod["metadata"]["name"]: pod for pod in local.store.list("pods")}


async def running_job(local: Cluster) -> str:
    local.create_job(shell("a", WORKS), backoffLimit=3, pod=SCRATCH)
    await until(lambda: local.store.list("pods") and local.status("a")["state"].get("running"))
    await until(lambda: local.log("a"))
    return local.pod()["metadata"]["name"]


async def test_a_drained_node_loses_its_pods_and_takes_none_until_it_is_uncordoned(
    local: Cluster, kubectl: Kubectl
):
    first = await running_job(local)
    told = await kubectl.out(*DRAIN)
    assert f"node/{NODE_NAME} cordoned" in told
    assert f"evicting pod default/{first}" in told
    assert f"pod/{first} evicted" in told
    assert f"node/{NODE_NAME} drained" in told
    assert first not in named(local)
    last = [obj for kind, obj in local.history if kind == "DELETED pods"][-1]
    assert last["metadata"]["name"] == first
    reasons = {c["type"]: c.get("reason") for c in last["status"]["conditions"]}
    assert reasons["DisruptionTarget"] == "EvictionByEvictionAPI"
    assert last["status"]["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 143
    await until(lambda: [e["message"] for e in local.events("FailedScheduling")] == [CORDONED])
    (second,) = named(local)
    assert local.job()["status"]["failed"] == 1
    await kubectl.out("uncordon", NODE_NAME)
    await until(lambda: named(local)[second]["status"]["phase"] == "Running")
    assert local.job()["status"]["active"] == 1


async def test_a_cordoned_node_says_so_and_keeps_what_it_runs(local: Cluster, kubectl: Kubectl):
    first = await running_job(local)
    assert await kubectl.out("cordon", NODE_NAME) == f"node/{NODE_NAME} cordoned\n"
    await until(lambda: node(local)["spec"].get("taints"))
    (taint,) = node(local)["spec"]["taints"]
    assert (taint["key"], taint["effect"]) == ("node.kubernetes.io/unschedulable", "NoSchedule")
    assert taint["timeAdded"]
    assert "Ready,SchedulingDisabled" in await kubectl.out("get", "nodes")
    described = await kubectl.out("describe", "node", NODE_NAME)
    assert "node.kubernetes.io/unschedulable:NoSchedule" in described
    assert "Unschedulable:      true" in described
    assert named(local)[first]["status"]["phase"] == "Running"
    again = await kubectl.out("cordon", NODE_NAME)
    assert again == f"node/{NODE_NAME} already cordoned\n"
    assert await kubectl.out("uncordon", NODE_NAME) == f"node/{NODE_NAME} uncordoned\n"
    await until(lambda: node(local)["spec"] == {})
    words = [e["message"] for e in local.events() if e["involvedObject"]["kind"] == "Node"]
    assert words[-2:] == [
        f"Node {NODE_NAME} status is now: {word}"
        for word in ("NodeNotSchedulable", "NodeSchedulable")
    ]


async def test_a_rehearsed_drain_changes_nothing(local: Cluster, kubectl: Kubectl):
    first = await running_job(local)
    told = await kubectl.out(*DRAIN, "--dry-run=server")
    assert f"evicting pod default/{first} (server dry run)" in told
    assert node(local)["spec"] == {}
    assert "deletionTimestamp" not in named(local)[first]["metadata"]
    assert "DisruptionTarget" not in {
        c["type"] for c in named(local)[first]["status"]["conditions"]
    }


async def test_a_drain_that_would_lose_data_is_refused_by_kubectl(local: Cluster, kubectl: Kubectl):
    first = await running_job(local)
    code, _, err = await kubectl.run("drain", NODE_NAME)
    assert code == 1
    assert "cannot delete Pods with local storage" in err
    assert "deletionTimestamp" not in named(local)[first]["metadata"]


async def test_a_pod_called_failed_by_hand_stops_and_its_job_goes_on(
    local: Cluster, kubectl: Kubectl
):
    first = await running_job(local)
    status = {"phase": "Failed", "reason": "NodeLost", "message": "gone with its node"}
    await kubectl.out(
        "patch", "pod", first, "--subresource=status", "-p", json.dumps({"status": status})
    )
    await until(lambda: len(named(local)) == 2)
    await until(lambda: "terminated" in local.pod(first)["status"]["containerStatuses"][0]["state"])
    assert {key: local.pod(first)["status"][key] for key in status} == status
    words = (await kubectl.out("describe", "pod", first)).split()
    told = [words[words.index(field) + 1] for field in ("Status:", "Reason:")]
    assert told == ["Failed", "NodeLost"]


async def test_pods_that_tolerate_a_taint_are_placed_and_others_say_why_not(
    local: Cluster, kubectl: Kubectl
):
    await kubectl.out("taint", "node", NODE_NAME, "team=a:NoSchedule")
    local.create_pod(shell("a", "sleep 600"), name="other")
    tolerations = [{"key": "team", "value": "a", "effect": "NoSchedule"}]
    local.create_pod(shell("a", "sleep 600"), name="ours", tolerations=tolerations)
    await until(lambda: named(local)["ours"]["spec"].get("nodeName"))
    await until(lambda: local.events("FailedScheduling"))
    (told,) = local.events("FailedScheduling")
    assert told["involvedObject"]["name"] == "other"
    assert "1 node(s) had untolerated taint(s). " in told["message"]
    await kubectl.out("taint", "node", NODE_NAME, "team-")
    await until(lambda: named(local)["other"]["spec"].get("nodeName"))
