"""A pod that loses its sandbox: everything of it runs again in place, as on a real node."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from pathlib import Path

import pytest
from node_cluster import Cluster, cluster, shell, until

HISTORY = Path(__file__).parent / "histories" / "sbx.log"
MOUNT = {"volumeMounts": [{"name": "v", "mountPath": "/shared"}]}
VOLUME = {"volumes": [{"name": "v", "emptyDir": {}}], "terminationGracePeriodSeconds": 2}
ADDRESS = [{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]


@pytest.fixture
async def local(tmp_path: Path):
    async with cluster(tmp_path / "cluster") as made:
        yield made


def restarts(local: Cluster) -> dict[str, int]:
    status = local.pod()["status"]
    entries = status["initContainerStatuses"] + status["containerStatuses"]
    return {entry["name"]: entry["restartCount"] for entry in entries}


def all_run(local: Cluster, *names: str) -> bool:
    return all("running" in local.status(name)["state"] for name in names)


def again_of_both(local: Cluster) -> bool:
    return restarts(local) == {"init": 1, "a": 1, "b": 1}


async def two_containers(local: Cluster) -> dict:
    local.create_pod(
        shell("a", "echo $IP; cat /shared/made; exec sleep 60", env=ADDRESS, **MOUNT),
        shell("b", "trap 'echo asked; exit 143' TERM; while :; do sleep 0.02; done"),
        initContainers=[shell("init", "echo life >> /shared/made", **MOUNT)],
        **VOLUME,
    )
    await until(lambda: all_run(local, "a", "b") and len(local.log("a")) == 2)
    return local.pod()


async def test_a_lost_sandbox_runs_init_and_containers_again_in_the_same_pod(local):
    """Same uid, volumes kept, one restart of each, init included; another address."""
    before = await two_containers(local)
    os.kill(local.sandbox(), signal.SIGKILL)
    await until(lambda: again_of_both(local) and len(local.log("a", 1)) == 3)
    after = local.pod()
    assert after["metadata"]["uid"] == before["metadata"]["uid"]
    assert local.log("a", 1) == [after["status"]["podIP"], "life", "life"]
    assert after["status"]["podIP"] != before["status"]["podIP"]
    assert local.log("b") == ["asked"], "containers are asked to stop before they are killed"
    (event,) = local.events("SandboxChanged")
    assert (event["type"], event["count"]) == ("Normal", 1)
    local.store.mark_deleted("pods", "default", "pod", grace_seconds=1)
    await until(lambda: not local.store.list("pods"))
    assert local.processes() == []


async def test_a_pod_whose_processes_all_die_at_once_restarts_each_container_once(local):
    """As at the end of a node: killed without a word, 137, and one restart, not two."""
    await two_containers(local)
    for pid in [local.sandbox(), *local.processes()]:
        with contextlib.suppress(ProcessLookupError):  # one may end by itself meanwhile
            os.kill(pid, signal.SIGKILL)
    await until(lambda: again_of_both(local) and len(local.log("a", 1)) == 3)
    assert local.status("a")["lastState"]["terminated"]["exitCode"] == 137
    assert local.log("a", 1)[1:] == ["life", "life"]


async def test_what_had_ended_well_does_not_run_again(local):
    """Under OnFailure, before the loss or by its SIGTERM; a pod with nothing left has ended."""
    local.create_pod(
        shell("early", "exit 0"),
        shell("polite", "trap 'exit 0' TERM; echo up; while :; do sleep 0.02; done"),
        shell("other", "echo up; exec sleep 60"),
        initContainers=[shell("init", "true")],
    )
    await until(lambda: all_run(local, "other") and local.log("polite") and local.log("other"))
    os.kill(local.sandbox(), signal.SIGTERM)
    await until(lambda: restarts(local)["other"] == 1)
    assert restarts(local) == {"init": 1, "early": 0, "polite": 0, "other": 1}
    assert local.status("polite")["state"]["terminated"]["reason"] == "Completed"


async def test_a_pod_that_may_not_restart_fails_with_its_sandbox(local):
    """restartPolicy Never: no other sandbox."""
    local.create_pod(shell("c", "echo up; exec sleep 60"), restartPolicy="Never")
    await until(lambda: all_run(local, "c") and local.log("c"))
    os.kill(local.sandbox(), signal.SIGKILL)
    await until(lambda: local.pod()["status"]["phase"] == "Failed")
    assert local.status("c")["restartCount"] == 0


async def test_a_sandbox_lost_while_the_pod_is_deleted_holds_nothing_up(local):
    local.create_pod(
        shell("deaf", "trap '' TERM; echo up; while :; do sleep 0.02; done"),
        terminationGracePeriodSeconds=30,
    )
    await until(lambda: all_run(local, "deaf") and local.log("deaf"))
    os.kill(local.sandbox(), signal.SIGKILL)
    await until(lambda: local.events("SandboxChanged"))
    local.store.mark_deleted("pods", "default", "pod", grace_seconds=0)
    await until(lambda: not local.store.list("pods") and not local.processes())


def recorded_end() -> dict[str, list]:
    """The containers of the real pod when it was deleted: restarts, state, ready, started."""
    line = next(text for text in HISTORY.read_text().splitlines() if "POD DELETED" in text)
    found: dict[str, list] = json.loads(line[line.index("{") :])
    return found


async def test_a_lost_sandbox_ends_a_job_as_it_did_on_a_real_cluster(local):
    """Nine counts against a limit of 8: eight halves and init; logcopy had ended well."""
    halves = [f"{role}-{pair}" for pair in range(1, 5) for role in ("simulator", "agent")]
    stays = "trap 'exit 143' TERM; echo up; while :; do sleep 0.1; done"
    local.create_job(
        *[shell(half, stays) for half in halves],
        shell("logcopy", "trap 'exit 0' TERM; echo up; while :; do sleep 0.1; done"),
        pod={"initContainers": [shell("prepare", "true")], "terminationGracePeriodSeconds": 5},
    )
    await until(lambda: local.store.list("pods") and all_run(local, "logcopy", *halves))
    await until(lambda: all(local.log(half) for half in halves) and local.log("logcopy"))
    os.kill(local.sandbox(), signal.SIGKILL)
    await until(
        lambda: local.history[-1][0] == "MODIFIED jobs" and not local.store.list("pods"), 20
    )
    pods = [obj for kind, obj in local.history if kind.endswith("pods")]
    status = pods[-1]["status"]
    ended = {
        entry["name"]: [
            entry["restartCount"],
            f"terminated:{entry['state']['terminated']['reason']}",
            entry["ready"],
            entry["started"],
        ]
        for entry in status["initContainerStatuses"] + status["containerStatuses"]
    }
    assert ended == recorded_end()
    assert status["phase"] == "Failed"
    await until(lambda: len(local.job()["status"].get("conditions", [])) == 2)
    assert [c["reason"] for c in local.job()["status"]["conditions"]] == [
        "BackoffLimitExceeded"
    ] * 2
