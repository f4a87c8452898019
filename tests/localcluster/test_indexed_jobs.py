"""Indexed Jobs: the decision on plain objects, then whole Jobs of real processes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from node_cluster import Cluster, cluster, shell, until

from console.localcluster.api.defaulting import default_job, own_pods
from console.localcluster.api.validation.job import check_job
from console.localcluster.changes import timestamp
from console.localcluster.controllers.job_decision import decide
from console.localcluster.controllers.job_facts import TRACKING_FINALIZER
from console.localcluster.controllers.job_indexes import FAILURES, INDEX, short
from console.localcluster.controllers.job_steps import (
    CreatePod,
    Decision,
    DeletePod,
    Emit,
    ReleasePod,
    WriteStatus,
)

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def job(completions: int = 3, limit: int | None = 2, **more: object) -> dict:
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "c"}]}}
    spec = {"completionMode": "Indexed", "completions": completions, "parallelism": completions}
    spec |= {} if limit is None else {"backoffLimitPerIndex": limit}
    meta = {"name": "job", "namespace": "default", "uid": "u"}
    status = more.pop("status", {})
    whole = {"metadata": meta, "spec": {**spec, **more, "template": template}, "status": status}
    default_job(whole)
    own_pods(whole, "u")
    return whole


def pod(index: int, phase: str = "Running", failures: int = 0, **more: object) -> dict:
    """One pod of an index; `ended` seconds ago, `deleted`, `counted`, `age` in seconds."""
    ended = timestamp(NOW - timedelta(seconds=float(more.get("ended", 0))))
    meta = {
        "name": f"job-{index}-{phase}-{failures}",
        "uid": f"{index}{phase}{failures}",
        "annotations": {INDEX: str(index), FAILURES: str(failures)},
        "creationTimestamp": timestamp(NOW - timedelta(seconds=float(more.get("age", 0)))),
    }
    if not more.get("counted"):
        meta["finalizers"] = [TRACKING_FINALIZER]
    if more.get("deleted"):
        meta |= {"deletionTimestamp": timestamp(NOW), "deletionGracePeriodSeconds": 30}
    over = phase in ("Succeeded", "Failed")
    state = {"terminated": {"exitCode": 0, "finishedAt": ended}} if over else {"running": {}}
    status = {"phase": phase, "containerStatuses": [{"name": "c", "state": state}]}
    return {"metadata": meta, "spec": {"containers": [{"name": "c"}]}, "status": status}


def made(decision: Decision) -> list[tuple[int | None, int | None]]:
    return [(s.index, s.failures) for s in decision.steps if isinstance(s, CreatePod)]


def released(decision: Decision) -> list[str]:
    return [step.name for step in decision.steps if isinstance(step, ReleasePod)]


def last_status(decision: Decision) -> dict:
    return [step.status for step in decision.steps if isinstance(step, WriteStatus)][-1]


def test_each_index_gets_a_pod_of_its_own():
    decision = decide(job(), [], NOW)
    assert made(decision) == [(0, 0), (1, 0), (2, 0)]
    assert last_status(decision)["active"] == 3
    assert last_status(decision)["failedIndexes"] == ""
    assert made(decide(job(limit=None), [], NOW)) == [(0, None), (1, None), (2, None)]


def test_not_more_indexes_run_at_once_than_the_job_s_parallelism():
    """The first that wait go first; one that has failed for good makes room for the next."""
    assert made(decide(job(parallelism=1), [], NOW)) == [(0, 0)]
    assert made(decide(job(parallelism=2), [pod(0), pod(1)], NOW)) == []
    assert made(decide(job(parallelism=2), [pod(0), pod(1, "Succeeded")], NOW)) == [(2, 0)]
    assert made(decide(job(parallelism=2), [pod(0), pod(1, "Failed", 2)], NOW)) == [(2, 0)]


def test_a_failed_pod_is_replaced_after_the_back_off_of_its_own_index():
    """And it is counted, and let go, only once another one has taken its place."""
    pods = [pod(0), pod(1, "Failed", 1, ended=19), pod(2)]
    decision = decide(job(), pods, NOW)
    assert made(decision) == []
    assert released(decision) == []
    assert decision.again_at == NOW + timedelta(seconds=1)
    later = decide(job(), pods, NOW + timedelta(seconds=1))
    assert made(later) == [(1, 2)]
    assert released(later) == []
    after = decide(job(), [*pods, pod(1, "Pending", 2)], NOW + timedelta(seconds=2))
    assert released(after) == ["job-1-Failed-1"]
    assert last_status(after)["failed"] == 1


def test_one_index_does_not_wait_for_the_back_off_of_another():
    pods = [pod(0, "Failed", 0, ended=11), pod(1, "Failed", 1, ended=11), pod(2)]
    decision = decide(job(), pods, NOW)
    assert made(decision) == [(0, 1)]
    assert decision.again_at == NOW + timedelta(seconds=9)


def test_an_index_fails_for_good_at_its_limit_and_the_others_go_on():
    pods = [pod(0), pod(1, "Failed", 2, ended=100), pod(2)]
    decision = decide(job(), pods, NOW)
    assert made(decision) == []
    assert released(decision) == ["job-1-Failed-2"]
    status = last_status(decision)
    assert (status["failedIndexes"], status["failed"], status["active"]) == ("1", 1, 2)
    assert not any(c["type"] == "FailureTarget" for c in status.get("conditions", []))


def test_a_job_whose_indexes_are_all_over_fails_if_one_of_them_did():
    status = {"failedIndexes": "1", "failed": 3, "completedIndexes": "0", "succeeded": 1}
    pods = [pod(1, "Failed", 2, counted=True), pod(2, "Succeeded")]
    decision = decide(job(status=status), pods, NOW)
    ended = last_status(decision)
    assert [(c["type"], c["reason"], c["message"]) for c in ended["conditions"]] == [
        ("FailureTarget", "FailedIndexes", "Job has failed indexes"),
        ("Failed", "FailedIndexes", "Job has failed indexes"),
    ]
    assert (ended["completedIndexes"], ended["succeeded"], ended["failed"]) == ("0,2", 2, 3)
    assert Emit("Warning", "FailedIndexes", "Job has failed indexes") in decision.steps


def test_more_failed_indexes_than_allowed_end_the_job():
    pods = [pod(0), pod(1, "Failed", 2), pod(2)]
    decision = decide(job(maxFailedIndexes=0), pods, NOW)
    assert {"job-0-Running-0", "job-2-Running-0"} == {
        step.name for step in decision.steps if isinstance(step, DeletePod)
    }
    assert last_status(decision)["conditions"][0]["reason"] == "MaxFailedIndexesExceeded"


def test_a_success_is_counted_by_its_index_once():
    pods = [pod(0, "Succeeded", counted=True), pod(1, "Succeeded"), pod(2, "Succeeded")]
    status = {"completedIndexes": "0", "succeeded": 1}
    decision = decide(job(status=status), pods, NOW)
    ended = last_status(decision)
    assert (ended["completedIndexes"], ended["succeeded"]) == ("0-2", 3)
    assert [c["type"] for c in ended["conditions"]] == ["SuccessCriteriaMet", "Complete"]


def test_the_pod_of_a_lost_node_counts_as_failed_when_its_deletion_is_asked_for():
    """It never tells that it has ended."""
    pods = [pod(0), pod(1, deleted=True), pod(2)]
    decision = decide(job(), pods, NOW + timedelta(seconds=60))
    assert made(decision) == [(1, 1)]


def test_a_resumed_job_s_indexes_have_their_whole_budget():
    """Pods that a suspension deletes do not count."""
    suspended = decide(job(suspend=True), [pod(0), pod(1, failures=2), pod(2)], NOW)
    assert len(released(suspended)) == 3
    assert "failed" not in last_status(suspended)
    leaving = [pod(1, failures=2, deleted=True, counted=True)]
    assert made(decide(job(), leaving, NOW)) == [(0, 0), (1, 0), (2, 0)]


def test_of_two_pods_of_one_index_the_younger_goes_and_so_does_one_of_none():
    twice = [pod(0, age=9), pod(0, "Pending", 1, age=3), pod(7), pod(1)]
    decision = decide(job(), twice, NOW)
    gone = {step.name for step in decision.steps if isinstance(step, DeletePod)}
    assert gone == {"job-7-Running-0", "job-0-Pending-1"}
    assert made(decision) == []


@pytest.mark.parametrize(
    ("indexes", "text"), [([], ""), ([0, 1], "0,1"), ([5, 0, 1, 2], "0-2,5"), ([3], "3")]
)
def test_indexes_are_told_in_their_short_form(indexes, text):
    assert short(indexes) == text


@pytest.mark.parametrize(
    ("name", "spec", "told"),
    [
        ("a" * 62, {}, "will not able to create pod with invalid DNS label: " + "a" * 62 + "-2"),
        ("job", {"maxFailedIndexes": 1, "limit": None}, "when maxFailedIndexes is specified"),
        ("job", {"completionMode": "NonIndexed"}, "requires indexed completion mode"),
        ("job", {"limit": -1}, "must be greater than or equal to 0"),
    ],
)
def test_an_indexed_job_that_could_not_be_counted_is_refused(name, spec, told):
    asked = job(**spec)
    asked["metadata"]["name"] = name
    assert any(told in cause.text for cause in check_job(asked))


@pytest.fixture
async def local(tmp_path: Path):
    async with cluster(tmp_path / "cluster") as one:
        yield one


def conditions(local: Cluster) -> list[str]:
    return [each["type"] for each in local.job().get("status", {}).get("conditions", [])]


async def test_the_pods_of_an_indexed_job_know_which_they_are(local):
    """Name, hostname, label, annotation, variable; the failed one is made anew, and knows it."""
    mount = {"volumeMounts": [{"name": "v", "mountPath": "/v"}]}
    path = "metadata.annotations['batch.kubernetes.io/job-index-failure-count']"
    before = {"name": "BEFORE", "valueFrom": {"fieldRef": {"fieldPath": path}}}
    script = (
        'echo "$JOB_COMPLETION_INDEX $BEFORE $HOSTNAME"; [ $JOB_COMPLETION_INDEX$BEFORE != 10 ]'
    )
    local.create_job(
        shell("c", script, env=[before], **mount),
        pod={"restartPolicy": "Never", "volumes": [{"name": "v", "emptyDir": {}}]},
        completionMode="Indexed",
        completions=3,
        parallelism=3,
        backoffLimitPerIndex=1,
    )
    await until(lambda: "Complete" in conditions(local))
    pods = sorted(local.store.list("pods"), key=lambda each: each["metadata"]["name"])
    told = [
        (each["metadata"]["labels"][INDEX], each["metadata"]["annotations"][FAILURES])
        for each in pods
    ]
    assert sorted(told) == [("0", "0"), ("1", "0"), ("1", "1"), ("2", "0")]
    assert [each["metadata"]["name"][:6] for each in pods] == [
        "job-0-",
        "job-1-",
        "job-1-",
        "job-2-",
    ]
    logs = {each["metadata"]["name"]: _log(local, each) for each in pods}
    assert sorted(logs.values()) == ["0 0 job-0", "1 0 job-1", "1 1 job-1", "2 0 job-2"]
    status = local.job()["status"]
    assert (status["completedIndexes"], status["failed"]) == ("0-2", 1)
    assert all("finalizers" not in each["metadata"] for each in pods)


def _log(local: Cluster, pod: dict) -> str:
    text = local.kubelet.log_file(pod, "c", 0).path.read_text()
    return text.strip().partition(" ")[2]


async def test_a_hopeless_index_spends_its_own_budget_and_the_job_fails_at_the_end(local):
    local.create_job(
        shell("c", "[ $JOB_COMPLETION_INDEX = 1 ] && exit 3; sleep 0.1"),
        pod={"restartPolicy": "Never"},
        completionMode="Indexed",
        completions=2,
        parallelism=2,
        backoffLimitPerIndex=1,
    )
    await until(lambda: "Failed" in conditions(local), 20)
    status = local.job()["status"]
    assert (status["completedIndexes"], status["failedIndexes"], status["failed"]) == ("0", "1", 2)
    phases = sorted(each["status"]["phase"] for each in local.store.list("pods"))
    assert phases == ["Failed", "Failed", "Succeeded"]
