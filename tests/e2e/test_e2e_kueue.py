"""Kueue decides who runs: the real one, with quota for one submission at a time.

Its controller is built from its public module; what is applied to the cluster is the module's own.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from tests.e2e.cluster import kueue
from tests.e2e.cluster.api import Refused
from tests.e2e.cluster.cluster import RealCluster
from tests.e2e.cluster.settings import GPU
from tests.e2e.harness import (
    ACCOUNT,
    JOBS,
    NAMESPACE,
    Console,
    Json,
    clean,
    launching,
    pods_of,
    until,
    wait_for,
    wait_for_routes,
)
from tests.e2e.scenes import IMAGE

VERSION = "kueue.x-k8s.io/v1beta2"
KUEUE = f"/apis/{VERSION}"
QUEUES = f"{KUEUE}/namespaces/{NAMESPACE}/localqueues"
BINDINGS = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{NAMESPACE}/rolebindings"
INTO = ("--queue", "teams")
WRONG, CANCELLED = 2, 7
URGENT = "urgent"
JOB_UID = "kueue.x-k8s.io/job-uid"


def object_of(kind: str, name: str, **spec: Any) -> Json:
    meta = {"name": name}
    return {"apiVersion": VERSION, "kind": kind, "metadata": meta, "spec": spec}


def queue(name: str, leads_to: str) -> Json:
    return object_of("LocalQueue", name, clusterQueue=leads_to)


def quota() -> Json:
    """GPUs for one submission, and room for everything else."""
    amounts = {"cpu": "100", "memory": "100Gi", GPU: "4"}
    resources = [{"name": each, "nominalQuota": amount} for each, amount in amounts.items()]
    group = {
        "coveredResources": list(amounts),
        "flavors": [{"name": "any", "resources": resources}],
    }
    return {
        "resourceGroups": [group],
        "namespaceSelector": {},
        "preemption": {"withinClusterQueue": "LowerPriority"},
    }


@pytest.fixture(scope="module", autouse=True)
def _kueue(cluster: RealCluster) -> Iterator[None]:
    if shutil.which("go") is None:
        pytest.skip("Go is missing: Kueue is built from its module")
    try:
        kueue.install(cluster)
        _share_out(cluster)
        yield
    finally:
        clean(cluster)
        kueue.remove(cluster)
        cluster.admin.delete(f"{BINDINGS}/queues-of-the-test")


def _share_out(cluster: RealCluster) -> None:
    """A queue of the namespace, and the right of the console's account to look at it."""
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "leaderboard-queues"}
    subject = {"kind": "ServiceAccount", "name": ACCOUNT, "namespace": NAMESPACE}
    binding = {"metadata": {"name": "queues-of-the-test"}, "roleRef": role}
    cluster.admin.create(BINDINGS, binding | {"subjects": [subject]})
    made = {
        "clusterqueues": object_of("ClusterQueue", "gpus", **quota()),
        "resourceflavors": object_of("ResourceFlavor", "any"),
        "workloadpriorityclasses": {
            "apiVersion": VERSION,
            "kind": "WorkloadPriorityClass",
            "metadata": {"name": URGENT},
            "value": 1000,
        },
    }
    for plural, document in made.items():
        until(partial(_made, cluster, f"{KUEUE}/{plural}", document), plural, 30)
    cluster.admin.create(QUEUES, queue("teams", "gpus"))


def _made(cluster: RealCluster, path: str, document: Json) -> bool:
    """Its webhook answers a moment after it says that it is ready."""
    try:
        cluster.admin.create(path, document)
    except Refused as refused:
        if refused.code != 500:
            raise
        return False
    return True


def row(console: Console, name: str) -> Json:
    told = json.loads(console("list", "-o", "json").stdout)
    return next(each for each in told if each["name"] == name)


def queued(console: Console, name: str, place: str) -> Json:
    """The status of one that waits at that place, with Kueue's reason."""
    seen = ["nothing"]

    def waits_there(told: Json) -> bool:
        seen.append(f"{told['status']}: {told['reason']}")
        return told["status"] == "Queued" and place in told["reason"]

    try:
        return wait_for(console, name, waits_there, f"it waits, {place}", 60)
    except AssertionError as late:
        raise AssertionError(f"{late}, but {seen[-1]}") from late


def until_another_second(cluster: RealCluster, name: str) -> None:
    """Those that came in one second stand in the order of their uids, which is by chance."""
    uid = cluster.admin.get(f"{JOBS}/{name}")["metadata"]["uid"]

    def passed() -> bool:
        every = cluster.admin.get(f"{KUEUE}/namespaces/{NAMESPACE}/workloads")["items"]
        own = [each for each in every if each["metadata"]["labels"].get(JOB_UID) == uid]
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return any(each["metadata"]["creationTimestamp"] < now for each in own)

    until(passed, f"the second is over in which {name} came into its queue", 30)


def running(console: Console, name: str, seconds: float = 90) -> Json:
    return wait_for(console, name, lambda told: told["status"] == "Running", "it runs", seconds)


def test_the_first_is_admitted_and_the_others_say_their_place_and_why(
    console: Console, cluster: RealCluster
) -> None:
    for name, scenario in (("one", "long"), ("two", "quick"), ("three", "quick")):
        done = console.launch(name, scenario, *INTO)
        assert done.returncode == 0, done.stderr
        assert "warning" not in done.stderr
        until_another_second(cluster, name)
    running(console, "one")
    second = queued(console, "two", "1st in line")
    assert second["reason"].startswith("Waits in Kueue's queue teams, 1st in line: ")
    assert f"insufficient unused quota for {GPU}" in second["reason"]
    queued(console, "three", "2nd in line")
    told = row(console, "three")
    assert (told["status"], told["queuePlace"]) == ("Queued", "#2")
    assert "2nd in line" in console("status", "three").stdout

    with console.running("status", "three", "-w", "-o", "json") as watched:
        assert console("cancel", "two", "--yes").returncode == 0
        wait_for(console, "two", lambda s: s["status"] == "Cancelled", "it is cancelled", 30)
        until(
            lambda: any("1st in line" in each["reason"] for each in watched.documents()),
            "who follows it sees it move up",
            60,
        )
    assert pods_of(cluster, "two") == []
    until(lambda: _condition(cluster, "two", "Failed"), "its Job has ended", 60)

    assert console("cancel", "one", "--yes").returncode == 0
    running(console, "three")


def _condition(cluster: RealCluster, name: str, kind: str) -> bool:
    status = cluster.admin.get(f"{JOBS}/{name}").get("status", {})
    return any(e["type"] == kind and e["status"] == "True" for e in status.get("conditions", []))


def test_a_queue_that_admits_nothing_is_said_beforehand_and_by_the_row(
    console: Console, cluster: RealCluster
) -> None:
    refused = console.launch("lost", "quick", "--queue", "nowhere")
    assert refused.returncode == WRONG
    assert f"Namespace {NAMESPACE} has no queue nowhere" in refused.stderr
    assert cluster.admin.get(JOBS)["items"] == []

    cluster.admin.create(QUEUES, queue("brief", "gone"))
    _, *usual = launching("look", "quick")
    told = json.loads(console("preflight", *usual, "--queue", "nowhere", "-o", "json").stdout)
    (found,) = (each for each in told["findings"] if each["topic"] == "queue")
    assert (found["verdict"], "no queue nowhere" in found["text"]) == ("fails", True)

    launched = console.launch("stuck", "quick", "--queue", "brief")
    assert launched.returncode == 0
    assert "warning: the queue brief admits nothing now: " in launched.stderr
    stuck = wait_for(console, "stuck", lambda s: s["status"] == "Blocked", "it is blocked", 60)
    assert stuck["reason"].startswith("Kueue does not admit it: ")
    cluster.admin.delete(f"{QUEUES}/brief")
    until(lambda: "LocalQueue brief doesn't exist" in row(console, "stuck")["reason"], "why", 60)
    assert console("cancel", "stuck", "--yes").returncode == 0
    assert row(console, "stuck")["status"] == "Cancelled"
    until(lambda: _condition(cluster, "stuck", "Failed"), "its Job has ended", 60)
    assert pods_of(cluster, "stuck") == []


def test_a_namespaces_default_queue_takes_what_names_none(
    console: Console, cluster: RealCluster
) -> None:
    cluster.admin.create(QUEUES, queue("default", "gpus"))
    try:
        assert console.launch("one", "long").returncode == 0
        running(console, "one")
        assert console.launch("two", "quick").returncode == 0
        assert "queue default" in queued(console, "two", "1st in line")["reason"]
        until_another_second(cluster, "two")
        conditions = cluster.admin.get(f"{JOBS}/two")["status"]["conditions"]
        assert [each["type"] for each in conditions] == ["Suspended"], "it was never let go"
        assert console.launch("three", "quick", *INTO).returncode == 0
        assert "queue teams" in queued(console, "three", "2nd in line")["reason"]
        cluster.admin.create(QUEUES, queue("brief", "gpus"))
        assert console.launch("four", "quick", "--queue", "brief").returncode == 0
        cluster.admin.delete(f"{QUEUES}/brief")
        assert console("cancel", "four", "--yes").returncode == 0
        until(lambda: _condition(cluster, "four", "Failed"), "its Job has ended", 60)
    finally:
        cluster.admin.delete(f"{QUEUES}/default")


def test_what_kueue_preempts_says_so_and_loses_no_finished_route(
    console: Console, cluster: RealCluster
) -> None:
    """Followed by a console that records; an urgent Job of somebody else takes the GPUs."""
    with console.running(*launching("one", "steady"), *INTO, "--wait") as launched:
        before = wait_for_routes(console, "one", 2)["routes"]["done"]
        cluster.admin.create(JOBS, urgent())
        told = queued(console, "one", "1st in line")
        assert told["reason"].startswith("Kueue took back its room: Preempted to accommodate")
        assert "finished before: cancelled and resumed, it goes on from there." in told["reason"]
        until(lambda: pods_of(cluster, "one") == [], "its pod is gone", 60)
        assert console("cancel", "one", "--yes").returncode == 0
        code, _ = launched.result(90)
    assert code == CANCELLED, launched.narration()
    cluster.admin.delete(f"{JOBS}/urgent")
    resumed = console("resume", "one", "--as", "on")
    assert resumed.returncode == 0, resumed.stderr
    kept = int(resumed.stderr.partition("on goes on from one: ")[2].split()[0])
    assert kept >= before
    labels = cluster.admin.get(f"{JOBS}/on")["metadata"]["labels"]
    assert labels["kueue.x-k8s.io/queue-name"] == "teams"
    running(console, "on")


def urgent() -> Json:
    container = {"name": "c", "image": IMAGE, "command": ["sleep", "600"]}
    container["resources"] = {"limits": {GPU: "4"}}
    spec = {"restartPolicy": "Never", "terminationGracePeriodSeconds": 1, "containers": [container]}
    labels = {"kueue.x-k8s.io/queue-name": "teams", "kueue.x-k8s.io/priority-class": URGENT}
    return {
        "metadata": {"name": "urgent", "labels": labels},
        "spec": {"suspend": True, "template": {"spec": spec}},
    }
