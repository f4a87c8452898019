"""Native sidecars on the node: started in order, restarted in place, stopped last and in turn."""

from __future__ import annotations

from pathlib import Path

import pytest
from node_cluster import Cluster, cluster, shell, until

from console.localcluster.controllers.scheduler import gpus

UNTIL_TERM = "trap 'echo ending; exit 0' TERM; echo up; while :; do sleep 0.02; done"


@pytest.fixture
async def local(tmp_path: Path):
    async with cluster(tmp_path / "cluster") as made:
        yield made


def sidecar(name: str, script: str = UNTIL_TERM, **more: object) -> dict:
    return shell(name, script, restartPolicy="Always", **more)


def phase(local: Cluster) -> str:
    return local.pod()["status"].get("phase", "")


def reported(local: Cluster, reason: str) -> list[str]:
    return [event["involvedObject"]["fieldPath"] for event in local.events(reason)]


async def test_sidecars_start_before_the_containers_and_are_stopped_after_them_in_reverse(local):
    """The pod's end is the container's; what a sidecar ends with is not asked."""
    local.create_pod(
        shell("agent", "sleep 0.2"),
        restartPolicy="Never",
        initContainers=[shell("first", "true"), sidecar("simulator"), sidecar("logcopy")],
    )
    await until(lambda: phase(local) == "Succeeded")
    assert reported(local, "Started") == [
        "spec.initContainers{first}",
        "spec.initContainers{simulator}",
        "spec.initContainers{logcopy}",
        "spec.containers{agent}",
    ]
    assert reported(local, "Killing") == [
        "spec.initContainers{logcopy}",
        "spec.initContainers{simulator}",
    ]
    assert local.log("simulator") == local.log("logcopy") == ["up", "ending"]
    names = [entry["name"] for entry in local.pod()["status"]["initContainerStatuses"]]
    assert names == ["first", "simulator", "logcopy"]


async def test_a_container_that_fails_ends_a_pod_that_never_restarts_and_its_sidecars(local):
    local.create_pod(
        shell("agent", "sleep 0.1; exit 3"),
        restartPolicy="Never",
        initContainers=[sidecar("simulator")],
    )
    await until(lambda: phase(local) == "Failed")
    assert local.status("simulator")["state"]["terminated"]["exitCode"] == 0
    assert local.processes() == []


async def test_a_sidecar_that_ends_is_restarted_in_place_whatever_it_ended_with(local):
    """Its restarts are counted; the pod stays Running all the while."""
    local.create_pod(
        shell("agent", "sleep 60"),
        restartPolicy="Never",
        terminationGracePeriodSeconds=1,
        initContainers=[sidecar("simulator", "sleep 0.1; exit 0")],
    )
    await until(lambda: local.status("simulator").get("restartCount", 0) >= 2)
    phases = [o["status"]["phase"] for k, o in local.history if k == "MODIFIED pods"]
    assert set(phases[phases.index("Running") :]) == {"Running"}
    assert local.status("agent")["restartCount"] == 0


async def test_a_pod_that_is_deleted_stops_its_containers_first_and_then_the_sidecars(local):
    local.create_pod(
        shell("agent", "trap 'sleep 0.1; exit 0' TERM; while :; do sleep 0.02; done"),
        restartPolicy="Never",
        initContainers=[sidecar("simulator"), sidecar("logcopy")],
    )
    await until(lambda: "running" in local.status("agent")["state"])
    local.store.mark_deleted("pods", "default", "pod")
    await until(lambda: not local.store.list("pods"))
    assert reported(local, "Killing") == [
        "spec.containers{agent}",
        "spec.initContainers{logcopy}",
        "spec.initContainers{simulator}",
    ]
    assert local.processes() == []


async def test_a_step_that_fails_ends_the_sidecars_before_it(local):
    local.create_pod(
        shell("agent", "true"),
        restartPolicy="Never",
        initContainers=[sidecar("simulator"), shell("check", "exit 1")],
    )
    await until(lambda: phase(local) == "Failed")
    assert local.status("agent")["state"]["waiting"]["reason"] == "PodInitializing"
    assert local.processes() == []


async def test_a_pod_is_ready_with_its_sidecars_only(local):
    """A running sidecar is ready and started; one that is down makes the pod unready."""
    script = "[ -e /v/x ] && exit 1; touch /v/x; sleep 0.3; exit 1"
    local.create_pod(
        shell("agent", "sleep 60"),
        restartPolicy="Never",
        terminationGracePeriodSeconds=1,
        volumes=[{"name": "v", "emptyDir": {}}],
        initContainers=[
            sidecar("simulator", script, volumeMounts=[{"name": "v", "mountPath": "/v"}])
        ],
    )

    def ready() -> str:
        found = local.pod()["status"].get("conditions", [])
        return next((c["status"] for c in found if c["type"] == "Ready"), "")

    await until(lambda: ready() == "True")
    assert local.status("simulator")["ready"] is True
    assert local.status("simulator")["started"] is True
    await until(lambda: ready() == "False")


async def test_a_missing_optional_configmap_of_several_in_one_volume_leaves_the_others(local):
    data = {"metadata": {"name": "kept", "namespace": "default"}, "data": {"partial_1.json": "{}"}}
    local.store.create("configmaps", data)
    sources = [{"configMap": {"name": n, "optional": True}} for n in ("kept", "none")]
    local.create_pod(
        shell("c", "ls /v", volumeMounts=[{"name": "v", "mountPath": "/v"}]),
        volumes=[{"name": "v", "projected": {"sources": sources, "defaultMode": 0o644}}],
    )
    await until(lambda: phase(local) == "Succeeded")
    assert local.log("c") == ["partial_1.json"]


def test_a_sidecar_s_gpus_add_to_the_containers_and_to_the_steps_after_it():
    def taking(name: str, count: int, **more: object) -> dict:
        return {"name": name, "resources": {"limits": {"nvidia.com/gpu": str(count)}}, **more}

    inits = [taking("a", 2), taking("s", 1, restartPolicy="Always"), taking("b", 3)]
    assert gpus({"spec": {"initContainers": inits, "containers": [taking("c", 1)]}}) == 4
    assert gpus({"spec": {"initContainers": inits[:2], "containers": [taking("c", 1)]}}) == 2
