"""A submission whose pairs have a pod each, on two real nodes, one of which is lost on the way.

The second node is a kubelet and a runtime in namespaces of their own. All of it is killed at once,
which nobody tells the API; its operator then declares it out of service, as Kubernetes asks for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.cluster.api import Refused
from tests.e2e.cluster.cluster import RealCluster
from tests.e2e.cluster.second_node import SecondNode
from tests.e2e.cluster.settings import GPUS, NODE_NAME
from tests.e2e.harness import (
    CONFIG_MAPS,
    JOBS,
    Console,
    launching,
    node_log,
    pods_of,
    until,
    wait_for,
)

Json = Any
NAME = "spread"
LAYOUT = ("--layout", "pod-per-pair", "--pairs", "3")
INDEX = "batch.kubernetes.io/job-completion-index"
FAILURES = "batch.kubernetes.io/job-index-failure-count"
_PREPARED = re.compile(r"Preparing (RouteScenario_\d+) ")


@pytest.fixture
def second(cluster: RealCluster) -> Iterator[SecondNode]:
    """With a GPU for one pair; the first node has two."""
    node = SecondNode(cluster)
    node.up(1)
    cluster.offer_gpus(2)
    yield node
    node.remove()
    cluster.offer_gpus(GPUS)


@pytest.fixture
def undisturbed(tmp_path: Path) -> Iterator[Console]:
    """An embedded cluster, where the same is launched and nothing happens to it."""
    console = Console(tmp_path / "embedded", tmp_path / "no-kubeconfig")
    up = console("local", "up")
    assert up.returncode == 0, up.stderr
    yield console
    console("local", "down")


def test_a_lost_node_costs_its_own_pair_one_resume_and_the_result_is_the_same(
    console: Console, cluster: RealCluster, second: SecondNode, undisturbed: Console
) -> None:
    with (
        undisturbed.running(*launching(NAME, "steady"), *LAYOUT, "--wait", "--local") as beside,
        console.running(*launching(NAME, "steady"), *LAYOUT, "--wait") as launched,
    ):
        before = until(lambda: all_run(cluster), "three pods run")
        assert Counter(node_of(pod) for pod in before.values()) == {NODE_NAME: 2, second.name: 1}
        (index,) = (index for index, pod in before.items() if node_of(pod) == second.name)
        wait_for(console, NAME, lambda status: done(status, index) >= 2, "it finished two drives")
        kept = until(lambda: kept_drives(cluster, index), "they are kept in the cluster")

        second.lose()
        cluster.offer_gpus(3)
        second.declare_lost()
        after = until(lambda: made_anew(cluster, index, before), "it is made anew")
        assert node_of(after[index]) == NODE_NAME
        assert after[index]["metadata"]["annotations"][FAILURES] == "1"
        others = before.keys() - {index}
        assert {i: uid_of(before[i]) for i in others} == {i: uid_of(after[i]) for i in others}
        code, shown = launched.result(200)
        assert code == 0, launched.narration()
        assert "20/20 routes  FINAL" in shown
        assert beside.result(60)[0] == 0, beside.narration()
    goes_on_after_its_finished_drives(console, cluster, index, kept)
    job = cluster.admin.get(f"{JOBS}/{NAME}")["status"]
    assert (job["completedIndexes"], job["failedIndexes"], job["failed"]) == ("0-2", "", 1)
    merged = console("results", NAME, "-o", "merged").stdout
    assert merged
    assert merged == undisturbed("results", NAME, "-o", "merged", "--local").stdout


def goes_on_after_its_finished_drives(
    console: Console, cluster: RealCluster, index: str, kept: set[str]
) -> None:
    """The pod that took its place drove what was left, and spent one resume of this pair alone."""
    (pod,) = (each for each in pods_of(cluster, NAME) if index_of(each) == index)
    told = b"\n".join(node_log(cluster, pod, "agent", 0)).decode()
    driven = set(_PREPARED.findall(told))
    assert driven
    assert not driven & kept
    pairs = console.status(NAME)["pairs"]
    spent = {str(pair["pair"] - 1): (pair["attempt"], pair["restarts"]) for pair in pairs}
    assert spent == {"0": (1, 0), "1": (1, 0), "2": (1, 0)} | {index: (2, 1)}
    assert pod["status"]["phase"] == "Succeeded"


def all_run(cluster: RealCluster) -> dict[str, Json] | None:
    """The pods by their index, once all three run."""
    pods = {index_of(pod): pod for pod in pods_of(cluster, NAME)}
    running = [pod for pod in pods.values() if pod["status"]["phase"] == "Running"]
    return pods if len(running) == 3 else None


def made_anew(cluster: RealCluster, index: str, before: dict[str, Json]) -> dict[str, Json] | None:
    """The pods by their index, once another one of that index runs."""
    lost = uid_of(before[index])
    pods = {index_of(pod): pod for pod in pods_of(cluster, NAME) if uid_of(pod) != lost}
    fresh = pods.get(index)
    return pods if fresh and fresh["status"]["phase"] == "Running" else None


def kept_drives(cluster: RealCluster, index: str) -> set[str] | None:
    """The routes whose finished drives a new pod of that index would find."""
    pair = int(index) + 1
    try:
        found = cluster.admin.get(f"{CONFIG_MAPS}/{NAME}-kept-{pair}")
    except Refused:
        return None
    text = found.get("data", {}).get(f"partial_{pair}.json", "")
    routes = {each.removesuffix("_rep0") for each in re.findall(r"RouteScenario_\d+_rep0", text)}
    return routes if len(routes) >= 2 else None


def done(status: Json, index: str) -> int:
    (pair,) = (pair for pair in status["pairs"] if str(pair["pair"] - 1) == index)
    return int(pair["routes"]["done"] or 0)


def index_of(pod: Json) -> str:
    return str(pod["metadata"]["annotations"][INDEX])


def uid_of(pod: Json) -> str:
    return str(pod["metadata"]["uid"])


def node_of(pod: Json) -> str:
    return str(pod["spec"].get("nodeName", ""))
