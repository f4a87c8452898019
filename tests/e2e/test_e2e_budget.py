"""The restart budget as Kubernetes counts it: what resumes, a lost sandbox and init restarts cost."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.e2e.cluster.api import Refused
from tests.e2e.cluster.cluster import RealCluster
from tests.e2e.harness import (
    CONTAINERS,
    JOBS,
    Console,
    launching,
    pods_of,
    until,
    wait_for_routes,
)

NOT_COUNTED_SINCE = 35
"""The minor version of Kubernetes from which a container has a restart policy of its own."""
CRASHING_ONCE = (0, 8, 14)
"""Routes of the scenario crash-in-turn, in the order of the crashes; then 19 crashes twice."""
INIT_AND_NINE = 1 + len(CONTAINERS)
POD_UID = "io.kubernetes.pod.uid"


def restarts(cluster: RealCluster, name: str) -> dict[str, int]:
    """What the API server says, by container; the ones without a restart left out."""
    found: dict[str, int] = {}
    for pod in pods_of(cluster, name):
        status = pod["status"]
        for each in (
            *status.get("initContainerStatuses", []),
            *status.get("containerStatuses", []),
        ):
            found |= {each["name"]: each["restartCount"]} if each["restartCount"] else {}
    return found


def failed(console: Console, name: str, scenario: str, *flags: str) -> list[Any]:
    """Every board that the monitor shows of a submission that fails, until its logs are read."""
    with console.running(*launching(name, scenario), *flags, "--wait") as launched:
        until(lambda: console("status", name).returncode == 0, "it is launched")
        with console.running("status", name, "-w", "-o", "json") as watched:
            code, _ = launched.result(300)
            assert code == 7, launched.narration()

            def ended() -> bool:
                boards = watched.documents()
                return bool(boards) and boards[-1]["status"] == "Failed"

            until(ended, "the monitor has seen the end")
            return watched.documents()


def test_exactly_the_allowed_resumes_do_work(console: Console, cluster: RealCluster) -> None:
    """1 and 4 resumes allowed: so many crashes are survived, the next one is the end.

    The monitor counts what is left down to 0 before that. Who looks when the pod is gone is told
    what the recording of that console still proves.
    """
    names = {1: "allowed-one", 4: "allowed-four"}
    driven_again = {1: {0}, 4: {0, 8, 14}}
    with ThreadPoolExecutor() as both:
        runs = {
            n: both.submit(failed, console, name, "crash-in-turn", "--resumes", str(n))
            for n, name in names.items()
        }
    for resumes, run in runs.items():
        boards, name = run.result(), names[resumes]
        limit = cluster.admin.get(f"{JOBS}/{name}")["spec"]["backoffLimit"]
        budgets = [board["budget"] for board in boards if board["budget"]["used"] is not None]
        assert {budget["limit"] for budget in budgets} == {limit} == {2 * resumes + 1}
        assert budgets[-1]["used"] >= limit
        left = [budget["resumesLeft"] for budget in budgets]
        assert left == sorted(left, reverse=True)
        seen_first = budgets[0]["used"]
        assert left[0] == (limit - 1 - seen_first) // 2, "a monitor may open after the first crash"
        assert left[-1] == 0
        records = json.loads(console("results", name, "-o", "json").stdout)["records"]
        finished = {int(record["routeId"].rpartition("_")[2]) for record in records}
        assert finished.intersection(CRASHING_ONCE) == driven_again[resumes]
        assert console.status(name)["budget"]["used"] >= limit
    journals = [
        console("logs", names[4], "-c", f"simulator-{pair}", "--recorded").stdout
        for pair in (1, 2, 3, 4)
    ]
    crashes = [journal.count("Signal 11 caught") for journal in journals]
    assert crashes == [1, 1, 1, 2], "all but the last crash were followed by a drive"


@pytest.mark.machine
def test_a_lost_sandbox_restarts_everything_and_the_monitor_counts_it(
    console: Console, cluster: RealCluster
) -> None:
    """9 or 10 restarts at once; with room for them the submission goes on to its final result."""
    limit = 31
    flags = ("--backoff-limit", str(limit), "--wait")
    with console.running(*launching("lost", "steady"), *flags) as launched:
        wait_for_routes(console, "lost", 2, 120)
        before = restarts(cluster, "lost")
        (pod,) = pods_of(cluster, "lost")
        uid = pod["metadata"]["uid"]
        wanted = f'labels."io.cri-containerd.kind"==sandbox,labels."{POD_UID}"=={uid}'
        cluster.kill_container(cluster.ctr("containers", "list", "-q", wanted).strip())

        def everything_again() -> bool:
            after = restarts(cluster, "lost")
            return all(after.get(name, 0) > before.get(name, 0) for name in CONTAINERS)

        until(everything_again, "every container runs again", 180)
        code, shown = launched.result(300)
    assert code == 0, launched.narration()
    assert "FINAL" in shown
    counted = restarts(cluster, "lost")
    assert len(CONTAINERS) <= sum(counted.values()) <= INIT_AND_NINE
    budget = console.status("lost")["budget"]
    assert budget["byContainer"] == counted
    assert (budget["limit"], budget["used"]) == (limit, sum(counted.values()))
    assert budget["resumesLeft"] == (limit - 1 - budget["used"]) // 2


def test_restarts_of_the_init_container_use_the_budget_up(
    console: Console, cluster: RealCluster
) -> None:
    """An image that is no Leaderboard: the console names the container and what it said."""
    image = "--set=cluster.leaderboard_image=console.local/shell:1"
    boards = failed(console, "no-init", "quick", image, "--backoff-limit", "2")
    assert "restart budget of 2 is used up" in boards[-1]["reason"]
    spent = [board["budget"]["byContainer"] for board in boards if board["budget"]["used"]]
    assert spent[-1] == {"private-contents": 2}
    journal = console("logs", "no-init", "-c", "private-contents", "--recorded").stdout
    assert "the image has no folder /workspace/leaderboard" in journal


def self_restarting(name: str) -> dict[str, Any]:
    """A pod that is never restarted, with a container that is: it fails three times, then not."""
    script = "echo again >> /count/runs; [ $(wc -l < /count/runs) -gt 3 ]"
    container = {
        "name": "c",
        "image": "console.local/shell:1",
        "command": ["sh", "-c", script],
        "restartPolicy": "OnFailure",
        "volumeMounts": [{"name": "count", "mountPath": "/count"}],
    }
    pod = {
        "restartPolicy": "Never",
        "containers": [container],
        "volumes": [{"name": "count", "emptyDir": {}}],
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name},
        "spec": {"backoffLimit": 0, "template": {"spec": pod}},
    }


def kept_by_a_dry_run(cluster: RealCluster) -> bool:
    """Whether the server takes a container's own policy; 1.34 drops it, older ones refuse it."""
    try:
        answer = cluster.admin.create(f"{JOBS}?dryRun=All", self_restarting("never"))
    except Refused as refused:
        if refused.code != 422 or "restartPolicy" not in str(refused):
            raise
        return False
    return "restartPolicy" in answer["spec"]["template"]["spec"]["containers"][0]


def test_restarts_by_a_container_s_own_policy_are_not_counted(cluster: RealCluster) -> None:
    """From Kubernetes 1.35 a way out of the budget; a dry run tells whether a server has it."""
    minor = int(cluster.settings.kubernetes.split(".")[1])
    assert kept_by_a_dry_run(cluster) is (minor >= NOT_COUNTED_SINCE)
    if minor < NOT_COUNTED_SINCE:
        return
    cluster.admin.create(JOBS, self_restarting("never"))

    def ended() -> Any:
        conditions = cluster.admin.get(f"{JOBS}/never").get("status", {}).get("conditions", [])
        return {each["type"] for each in conditions} & {"Complete", "Failed"}

    assert until(ended, "the Job has ended", 150) == {"Complete"}
    assert restarts(cluster, "never") == {"c": 3}
