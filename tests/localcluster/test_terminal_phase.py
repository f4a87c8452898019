"""A pod that somebody else calls Failed or Succeeded: it stays so, stops, and its Job goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from node_cluster import Cluster, cluster, shell, until

LOST = {
    "phase": "Failed",
    "reason": "NodeShutdown",
    "message": "Pod was terminated in response to imminent node shutdown.",
}
ENDS_AT_ONCE = "trap 'echo bye; exit 7' TERM; echo up; while :; do sleep 0.05; done"
HEARS_NOTHING = "trap '' TERM; echo up; while :; do sleep 0.05; done"


@pytest.fixture
async def local(tmp_path: Path):
    async with cluster(tmp_path / "cluster") as made:
        yield made


def say(local: Cluster, name: str, **told: object) -> None:
    """As a PATCH of pods/NAME/status does."""
    local.store.mutate("pods", "default", name, lambda pod: pod["status"].update(told))


def up(local: Cluster, *names: str) -> bool:
    """All of them have said so, and hear signals as they want to."""
    running = all(local.status(name)["state"].get("running") for name in names)
    return running and all(local.log(name) for name in names)


def all_ended(local: Cluster, name: str) -> bool:
    entries = local.pod(name)["status"]["containerStatuses"]
    return all("terminated" in entry["state"] for entry in entries)


def ready(pod: dict) -> tuple[str, str]:
    (found,) = [c for c in pod["status"]["conditions"] if c["type"] == "Ready"]
    return found["status"], found.get("reason", "")


@pytest.mark.parametrize("phase", ["Failed", "Succeeded"])
async def test_a_phase_that_is_final_stays_with_its_reason_whatever_the_containers_do(local, phase):
    local.create_pod(shell("a", ENDS_AT_ONCE), shell("b", "echo up; sleep 600"))
    await until(lambda: up(local, "a", "b"))
    say(local, "pod", **LOST | {"phase": phase})
    await until(lambda: all_ended(local, "pod"))
    await until(lambda: local.processes() == [])
    told = {obj["status"]["phase"] for kind, obj in local.history if kind == "MODIFIED pods"}
    assert told == {"Pending", "Running", phase}
    pod = local.pod()
    assert {key: pod["status"][key] for key in LOST} == LOST | {"phase": phase}
    assert ready(pod) == ("False", "PodCompleted" if phase == "Succeeded" else "PodFailed")
    codes = {e["name"]: e["state"]["terminated"]["exitCode"] for e in statuses(pod)}
    assert codes == {"a": 7, "b": 143}
    assert local.log("a") == ["up", "bye"]


def statuses(pod: dict) -> list[dict]:
    return pod["status"]["containerStatuses"]


async def test_the_containers_of_a_failed_pod_have_their_grace_and_then_are_killed(local):
    local.create_pod(shell("a", HEARS_NOTHING), terminationGracePeriodSeconds=1)
    await until(lambda: up(local, "a"))
    say(local, "pod", **LOST)
    await until(lambda: local.events("Killing"))
    assert local.status("a")["state"].get("running")
    assert ready(local.pod()) == ("False", "PodFailed")
    await until(lambda: all_ended(local, "pod"))
    assert local.status("a")["state"]["terminated"]["exitCode"] == 137
    assert local.pod()["status"]["reason"] == "NodeShutdown"


async def test_what_waits_to_start_again_in_a_failed_pod_never_does(local):
    local.create_pod(shell("a", "exit 3"), shell("b", "echo up; sleep 600"))
    backing_off = {"reason": "CrashLoopBackOff"}
    await until(
        lambda: backing_off.items() <= local.status("a")["state"].get("waiting", {}).items()
    )
    runs = local.status("a")["restartCount"]
    say(local, "pod", **LOST)
    await until(lambda: local.processes() == [])
    assert local.status("a")["restartCount"] == runs
    assert local.pod()["status"]["phase"] == "Failed"


async def test_a_pod_that_failed_before_it_had_a_node_is_not_placed(local):
    local.create_pod(shell("a", "sleep 600"), name="large", nodeSelector={"none": "such"})
    await until(lambda: local.events("FailedScheduling"))
    say(local, "large", phase="Failed", reason="Preempted")
    node = local.store.list("nodes")[0]["metadata"]["name"]
    label = {"none": "such"}
    local.store.mutate("nodes", None, node, lambda n: n["metadata"]["labels"].update(label))
    local.create_pod(shell("a", "sleep 600"), name="next", nodeSelector={"none": "such"})
    await until(lambda: local.pod("next")["spec"].get("nodeName"))
    assert "nodeName" not in local.pod("large")["spec"]


async def test_conditions_that_others_wrote_are_kept(local):
    local.create_pod(shell("a", "echo up; sleep 600"))
    await until(lambda: up(local, "a"))
    theirs = {"type": "example.com/Checked", "status": "True", "reason": "Seen"}
    known = local.pod()["status"]["conditions"]
    say(local, "pod", **LOST, conditions=[*known, theirs])
    await until(lambda: all_ended(local, "pod"))
    assert theirs in local.pod()["status"]["conditions"]


async def test_a_job_counts_the_failed_pod_and_begins_another_from_nothing(local):
    local.create_job(shell("a", ENDS_AT_ONCE), backoffLimit=2)
    await until(lambda: local.store.list("pods") and up(local, "a"))
    first = local.pod()["metadata"]["name"]
    say(local, first, **LOST)
    await until(lambda: len(local.store.list("pods")) == 2)
    assert local.job()["status"]["failed"] == 1
    (second,) = [p for p in local.store.list("pods") if p["metadata"]["name"] != first]
    name = second["metadata"]["name"]
    await until(lambda: local.pod(name)["status"]["phase"] == "Running")
    await until(lambda: all_ended(local, first))
    assert [e["restartCount"] for e in statuses(local.pod(name))] == [0]
    lost = local.pod(first)
    assert lost["status"]["reason"] == "NodeShutdown"
    assert "deletionTimestamp" not in lost["metadata"]
    assert "finalizers" not in lost["metadata"]
    assert local.job()["status"]["active"] == 1
    assert local.job()["status"].get("conditions", []) == []


async def test_more_failed_pods_than_the_limit_end_the_job(local):
    local.create_job(shell("a", ENDS_AT_ONCE), backoffLimit=0)
    await until(lambda: local.store.list("pods") and up(local, "a"))
    say(local, local.pod()["metadata"]["name"], **LOST)
    await until(lambda: local.job().get("status", {}).get("conditions"))
    await until(lambda: [c["type"] for c in local.job()["status"]["conditions"]][-1] == "Failed")
    assert local.job()["status"]["conditions"][-1]["reason"] == "BackoffLimitExceeded"
    assert local.pod()["status"]["phase"] == "Failed"
