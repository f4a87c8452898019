"""Jobs with real processes: budget, suspension, time to live, deletion policies, several at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from node_cluster import Cluster, cluster, shell, until


@pytest.fixture
async def local(tmp_path: Path):
    async with cluster(tmp_path / "cluster") as made:
        yield made


def conditions(local: Cluster, name: str = "job") -> list[str]:
    status = local.job(name).get("status", {})
    return [entry["type"] for entry in status.get("conditions", []) if entry["status"] == "True"]


def live_pods(local: Cluster) -> list[dict]:
    return [pod for pod in local.store.list("pods") if pod["status"]["phase"] == "Running"]


def history_of(local: Cluster, *kinds: str) -> list[str]:
    """Object changes in order, a Job's by its last condition, repetitions left out."""
    seen: list[str] = []
    for kind, obj in local.history:
        words = kind
        if kind == "MODIFIED jobs":
            entries = obj.get("status", {}).get("conditions", [])
            words = f"{kind} {entries[-1]['type'] if entries else '-'}"
        elif "deletionTimestamp" in obj["metadata"] and kind.startswith("MODIFIED"):
            words = "DELETING pods"
        if words.startswith(kinds) and (not seen or seen[-1] != words):
            seen.append(words)
    return seen


async def test_a_pair_that_always_crashes_ends_the_job_at_the_budget(local):
    """Two halves restart together; at the sum of 8 the pod goes, and Failed comes after it."""
    local.create_job(
        shell("simulator-1", "sleep 0.1; exit 3"),
        shell("agent-1", "sleep 0.1; exit 4"),
        shell("logcopy", "trap 'exit 0' TERM; while :; do sleep 0.05; done"),
    )
    await until(lambda: "Failed" in conditions(local), 20)
    status = local.job()["status"]
    assert conditions(local) == ["FailureTarget", "Failed"]
    assert (status["failed"], status["terminating"], status["ready"]) == (1, 0, 0)
    assert {entry["reason"] for entry in status["conditions"]} == {"BackoffLimitExceeded"}
    last_pod = [obj for kind, obj in local.history if kind.endswith("pods")][-1]
    restarts = {e["name"]: e["restartCount"] for e in last_pod["status"]["containerStatuses"]}
    assert restarts["logcopy"] == 0
    assert restarts["simulator-1"] + restarts["agent-1"] >= 8
    ended = {
        e["name"]: e["state"]["terminated"]["exitCode"]
        for e in last_pod["status"]["containerStatuses"]
        if "terminated" in e["state"]
    }
    assert ended["logcopy"] == 0
    order = history_of(local, "DELETED", "DELETING", "MODIFIED jobs F")
    assert order.index("DELETED pods") < order.index("MODIFIED jobs Failed")
    assert order[0] == "DELETING pods"
    words = [
        (e["type"], e["reason"]) for e in local.events() if e["involvedObject"]["kind"] == "Job"
    ]
    assert words == [
        ("Normal", "SuccessfulCreate"),
        ("Normal", "SuccessfulDelete"),
        ("Warning", "BackoffLimitExceeded"),
    ]
    assert local.processes() == []


async def test_a_job_is_complete_only_when_all_containers_ended_well(local):
    """The pod stays, its log too."""
    local.create_job(shell("a", "echo a"), shell("b", "sleep 0.4; echo b"))
    await until(lambda: local.store.list("pods") and "terminated" in local.status("a")["state"])
    assert conditions(local) == []
    await until(lambda: "Complete" in conditions(local))
    assert conditions(local) == ["SuccessCriteriaMet", "Complete"]
    status = local.job()["status"]
    assert status["succeeded"] == 1
    assert "completionTime" in status
    assert "active" not in status
    assert local.log("b") == ["b"]
    assert local.pod()["metadata"]["name"].startswith("job-")
    assert "finalizers" not in local.pod()["metadata"]


async def test_a_suspended_job_loses_its_pod_and_a_resumed_one_starts_afresh(local):
    """New pod, new emptyDir, restart counts at 0; nothing counts as failed."""
    mount = {"volumeMounts": [{"name": "v", "mountPath": "/v"}]}
    looks = "seen=$(ls /v | wc -l); touch /v/x; trap 'exit 0' TERM; echo $seen"
    script = f"{looks}; while :; do sleep 0.05; done"
    local.create_job(shell("c", script, **mount), pod={"volumes": [{"name": "v", "emptyDir": {}}]})
    await until(lambda: local.job().get("status", {}).get("ready") == 1 and local.log("c"))
    first = local.pod()["metadata"]["uid"]

    def suspend(value: bool) -> None:
        local.store.mutate("jobs", "default", "job", lambda job: job["spec"].update(suspend=value))

    suspend(True)
    await until(lambda: not local.store.list("pods"))
    await until(lambda: local.job()["status"]["terminating"] == 0)
    assert conditions(local) == ["Suspended"]
    assert "startTime" not in local.job()["status"]
    suspend(False)
    # It is ready once it is started, and writes when it has got so far.
    await until(lambda: local.job()["status"].get("ready") == 1 and local.log("c"))
    assert local.pod()["metadata"]["uid"] != first
    assert local.log("c") == ["0"]
    assert "failed" not in local.job()["status"]
    reasons = [e["reason"] for e in local.events() if e["involvedObject"]["kind"] == "Job"]
    assert [r for r in reasons if r in ("Suspended", "Resumed")] == ["Suspended", "Resumed"]


async def test_a_finished_job_with_a_time_to_live_goes_with_its_pod(local):
    """ttlSecondsAfterFinished 1: Job and pod are gone, in the foreground."""
    local.create_job(shell("c", "true"), ttlSecondsAfterFinished=1)
    await until(lambda: not local.store.list("jobs"))
    assert local.store.list("pods") == []
    assert history_of(local, "DELETED") == ["DELETED pods", "DELETED jobs"]


async def test_a_job_past_its_deadline_fails(local):
    """activeDeadlineSeconds."""
    local.create_job(shell("c", "exec sleep 60"), activeDeadlineSeconds=1)
    await until(lambda: "Failed" in conditions(local))
    assert {entry["reason"] for entry in local.job()["status"]["conditions"]} == {
        "DeadlineExceeded"
    }
    assert local.processes() == []


async def test_a_deleted_pod_counts_as_failed_and_is_replaced_after_a_pause(local):
    """The console's user deletes the pod, not the Job."""
    local.create_job(shell("c", "exec sleep 60"))
    await until(lambda: live_pods(local))
    first = local.pod()["metadata"]["name"]
    local.store.mark_deleted("pods", "default", first)
    await until(lambda: live_pods(local) and local.pod()["metadata"]["name"] != first)
    assert local.job()["status"]["failed"] == 1


async def test_the_orphan_policy_leaves_the_pod_and_the_configmap_running_without_owner(local):
    """The Job goes at once; what it owned stays and names no owner any more."""
    job = local.create_job(shell("c", "exec sleep 60"))
    create_owned_configmap(local, job)
    await until(lambda: live_pods(local))
    local.store.mark_deleted("jobs", "default", "job", finalizer="orphan")
    await until(lambda: not local.store.list("jobs"))
    await until(lambda: "finalizers" not in local.pod()["metadata"])
    assert "ownerReferences" not in local.pod()["metadata"]
    assert len(local.store.list("configmaps")) == 1
    assert live_pods(local)


@pytest.mark.parametrize(
    ("finalizer", "order"),
    [
        (None, ["DELETED jobs", "DELETED pods"]),
        ("foregroundDeletion", ["DELETED pods", "DELETED jobs"]),
    ],
)
async def test_deleting_a_job_takes_its_pods_and_configmaps(local, finalizer, order):
    """Background: the Job goes first. Foreground: it waits for its dependants."""
    job = local.create_job(shell("c", "exec sleep 60"))
    create_owned_configmap(local, job)
    await until(lambda: live_pods(local))
    local.store.mark_deleted("jobs", "default", "job", finalizer=finalizer)
    await until(lambda: not local.store.list("jobs") and not local.store.list("pods"))
    assert local.store.list("configmaps") == []
    await until(lambda: len(history_of(local, "DELETED")) == 2)
    assert history_of(local, "DELETED") == order
    assert local.processes() == []


async def test_two_jobs_run_side_by_side(local):
    """Each has its own pod, address and log."""
    for name in ("one", "two"):
        local.create_job(shell("c", f"echo {name}; sleep 0.3"), name=name)
    await until(lambda: conditions(local, "one") and conditions(local, "two"))
    addresses = {pod["status"]["podIP"] for pod in local.store.list("pods")}
    assert len(addresses) == 2


async def test_a_job_that_wants_more_pods_runs_them_in_parallel(local):
    """completions 3, parallelism 2."""
    local.create_job(shell("c", "sleep 0.2"), completions=3, parallelism=2)
    await until(lambda: len(live_pods(local)) == 2)
    await until(lambda: "Complete" in conditions(local))
    assert local.job()["status"]["succeeded"] == 3


async def test_failed_pods_beyond_the_limit_fail_the_job_and_stay(local):
    """Pod policy Never: two failed pods against limit 1."""
    local.create_job(shell("c", "exit 1"), pod={"restartPolicy": "Never"}, backoffLimit=1)
    await until(lambda: "Failed" in conditions(local))
    assert local.job()["status"]["failed"] == 2
    assert [pod["status"]["phase"] for pod in local.store.list("pods")] == ["Failed", "Failed"]


def create_owned_configmap(local: Cluster, job: dict) -> None:
    owner = {"apiVersion": "batch/v1", "kind": "Job", "name": "job", "uid": job["metadata"]["uid"]}
    meta = {"name": "workers", "namespace": "default", "ownerReferences": [owner]}
    local.store.create("configmaps", {"metadata": meta, "data": {}})


async def test_a_job_s_pod_gets_what_a_server_gives_every_pod(local):
    limits = {"cpu": "100m", "memory": "64Mi"}
    local.create_job(shell("c", "sleep 0.2", resources={"limits": limits}))
    await until(lambda: local.store.list("pods") and "startTime" in local.pod()["status"])
    pod = local.pod()
    (container,) = pod["spec"]["containers"]
    assert container["resources"]["requests"] == limits
    assert pod["status"]["qosClass"] == "Guaranteed"
    assert pod["spec"]["serviceAccountName"] == "default"
    assert {each["key"].rpartition("/")[2] for each in pod["spec"]["tolerations"]} == {
        "not-ready",
        "unreachable",
    }
