"""GPUs by claims: two submissions on a real node of eight devices, from the public example driver.

The scheduler, the claims' controller and the kubelet are real, and so is the driver. Debian's
containerd knows no CDI yet: no device reaches a container here, so that its halves tell `?`.
"""

from __future__ import annotations

import shutil

import pytest

from tests.e2e.cluster.cluster import RealCluster
from tests.e2e.cluster.settings import GPUS
from tests.e2e.harness import NAMESPACE, PODS, Console, Json, pods_of, until, wait_for

RESOURCE = "/apis/resource.k8s.io/v1"
CLAIMS = f"{RESOURCE}/namespaces/{NAMESPACE}/resourceclaims"
TEMPLATES = f"{RESOURCE}/namespaces/{NAMESPACE}/resourceclaimtemplates"
CLASS = "gpu.example.com"
BY_CLAIMS = ("--set", "cluster.gpus=claims", "--set", f"cluster.gpu_device_class={CLASS}")
_POD_CLAIM = "resource.kubernetes.io/pod-claim-name"


@pytest.fixture(scope="module", autouse=True)
def _driver(cluster: RealCluster) -> None:
    if shutil.which("go") is None:
        pytest.skip("Go is missing: the example driver is built from its module")
    cluster.give_out_by_claims()
    expression = f"device.driver == '{CLASS}'"
    chosen = {"selectors": [{"cel": {"expression": expression}}]}
    known = cluster.admin.get(f"{RESOURCE}/deviceclasses")["items"]
    if not any(each["metadata"]["name"] == CLASS for each in known):
        document = {"metadata": {"name": CLASS}, "spec": chosen}
        cluster.admin.create(f"{RESOURCE}/deviceclasses", document)


def running(console: Console, name: str) -> None:
    assert console.launch(name, "long", *BY_CLAIMS).returncode == 0
    wait_for(console, name, lambda status: status["status"] == "Running", "it runs", 120)


def devices(cluster: RealCluster, name: str) -> dict[str, str]:
    """The pod's claim -> the device that it has."""
    (pod,) = pods_of(cluster, name)
    found: dict[str, str] = {}
    for claim in cluster.admin.get(CLAIMS)["items"]:
        if reserved_for(claim) == [pod["metadata"]["uid"]]:
            (given,) = claim["status"]["allocation"]["devices"]["results"]
            found[claim["metadata"]["annotations"][_POD_CLAIM]] = given["device"]
    return found


def reserved_for(claim: Json) -> list[str]:
    return [each["uid"] for each in claim.get("status", {}).get("reservedFor", [])]


def test_two_submissions_have_a_device_for_each_pair_and_the_third_waits(
    console: Console, cluster: RealCluster
) -> None:
    for name in ("one", "two"):
        running(console, name)
    first, second = devices(cluster, "one"), devices(cluster, "two")
    assert sorted(first) == sorted(second) == [f"gpu-{pair}" for pair in (1, 2, 3, 4)]
    assert len({*first.values(), *second.values()}) == GPUS
    board = console.status("one")
    assert [pair["gpuAsked"] for pair in board["pairs"]] == [None] * 4
    assert [pair["gpu"] for pair in board["pairs"]] == [None] * 4, "no half can tell here"
    assert console.launch("three", "quick", *BY_CLAIMS).returncode == 0
    waiting = wait_for(console, "three", lambda s: "claims" in s["reason"], "it waits", 60)
    assert waiting["status"] == "Pending", waiting["reason"]
    assert console("delete", "one", "--yes").returncode == 0
    wait_for(console, "three", lambda s: s["status"] == "Running", "it takes them over", 120)


def test_the_claims_and_their_template_go_with_the_submission(
    console: Console, cluster: RealCluster
) -> None:
    running(console, "gone")
    assert len(cluster.admin.get(CLAIMS)["items"]) == 4
    assert [each["metadata"]["name"] for each in cluster.admin.get(TEMPLATES)["items"]] == [
        "gone-gpu"
    ]
    assert console("delete", "gone", "--yes").returncode == 0
    left = (CLAIMS, TEMPLATES, PODS)
    until(lambda: not any(cluster.admin.get(path)["items"] for path in left), "all is gone", 90)
