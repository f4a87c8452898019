"""Pods as real processes: order, environment, volumes, logs, statuses, restarts, ends."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from node_cluster import SHELL, Cluster, cluster, shell, until

STAMP = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z ")


@pytest.fixture
async def local(tmp_path: Path):
    async with cluster(tmp_path / "cluster") as made:
        yield made


def phase(local: Cluster) -> str:
    return local.pod()["status"].get("phase", "")


def conditions(pod: dict) -> dict[str, str]:
    return {entry["type"]: entry["status"] for entry in pod["status"]["conditions"]}


async def test_init_containers_end_before_containers_start_in_the_order_of_the_spec(local):
    """The init container writes, the containers read; events tell the order."""
    volume = {"volumes": [{"name": "v", "emptyDir": {}}]}
    mount = {"volumeMounts": [{"name": "v", "mountPath": "/shared"}]}
    local.create_pod(
        shell("zeta", "cat /shared/x", **mount),
        shell("alpha", "cat /shared/x", **mount),
        initContainers=[shell("first", "echo made > /shared/x", **mount)],
        **volume,
    )
    await until(lambda: phase(local) == "Succeeded")
    assert local.log("zeta") == local.log("alpha") == ["made"]
    started = [event["involvedObject"]["fieldPath"] for event in local.events("Started")]
    assert started == [
        "spec.initContainers{first}",
        "spec.containers{zeta}",
        "spec.containers{alpha}",
    ]
    names = [entry["name"] for entry in local.pod()["status"]["containerStatuses"]]
    assert names == ["alpha", "zeta"]
    assert local.status("first")["ready"] is True


async def test_a_pod_shows_the_phases_and_conditions_of_its_life(local):
    """Pending while initialising, Running and Ready, then Succeeded with Ready False."""
    local.create_pod(shell("c", "sleep 0.2"), initContainers=[shell("i", "true")])
    await until(lambda: local.history and local.history[-1][1]["status"]["phase"] == "Succeeded")
    pods = [obj for kind, obj in local.history if kind == "MODIFIED pods"]
    phases = [pod["status"]["phase"] for pod in pods]
    assert [p for n, p in enumerate(phases) if n == 0 or p != phases[n - 1]] == [
        "Pending",
        "Running",
        "Succeeded",
    ]
    running = next(pod for pod in pods if pod["status"]["phase"] == "Running")
    assert set(conditions(running).values()) == {"True"}
    assert conditions(pods[-1])["Ready"] == "False"
    assert conditions(pods[-1])["PodScheduled"] == "True"
    assert pods[-1]["status"]["podIP"].startswith("127.")
    waiting = pods[1]["status"]["containerStatuses"][0]["state"]["waiting"]["reason"]
    assert waiting == "PodInitializing"


async def test_the_environment_is_the_declared_one_and_nothing_of_the_host(local, monkeypatch):
    """Fields, ConfigMap keys, optional secrets and references to earlier variables."""
    monkeypatch.setenv("HOST_SECRET", "visible")
    local.store.create(
        "configmaps", {"metadata": {"name": "m", "namespace": "default"}, "data": {"k": "v"}}
    )
    env = [
        {"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
        {"name": "KEY", "valueFrom": {"configMapKeyRef": {"name": "m", "key": "k"}}},
        {
            "name": "NONE",
            "valueFrom": {"secretKeyRef": {"name": "s", "key": "k", "optional": True}},
        },
        {"name": "BOTH", "value": "$(POD)-$(KEY)-$(UNKNOWN)-$$(POD)"},
    ]
    container = {
        "name": "c",
        "image": SHELL,
        "command": ["sh", "-c", 'env; echo "ARG=$1"', "x"],
        "args": ["$(BOTH)"],
    }
    local.create_pod({**container, "env": env})
    await until(lambda: phase(local) == "Succeeded")
    seen = dict(line.split("=", 1) for line in local.log("c") if "=" in line)
    assert seen["BOTH"] == "pod-v-$(UNKNOWN)-$(POD)"
    assert seen["ARG"] == seen["BOTH"]
    assert seen["IP"] == local.pod()["status"]["podIP"]
    assert "NONE" not in seen
    assert "HOST_SECRET" not in seen
    assert str(local.folder) in seen["HOME"]
    assert str(local.folder) in seen["TMPDIR"]


async def test_a_configmap_volume_restores_a_tree_and_waits_for_its_configmap(local):
    """FailedMount while the ConfigMap is missing; then items with their paths and modes."""
    items = [{"key": "a__b.sh", "path": "a/b.sh", "mode": 0o755}]
    volume = {"name": "w", "configMap": {"name": "m", "items": items}}
    mount = {"volumeMounts": [{"name": "w", "mountPath": "/opt/workers"}]}
    container = {"name": "c", "image": SHELL, "command": ["/opt/workers/a/b.sh"], **mount}
    local.create_pod(container, volumes=[volume])
    await until(lambda: local.events("FailedMount"))
    assert local.status("c")["state"]["waiting"]["reason"] == "ContainerCreating"
    assert 'configmap "m" not found' in local.events("FailedMount")[0]["message"]
    data = {"a__b.sh": "#!/bin/sh\necho from the map\n"}
    local.store.create(
        "configmaps", {"metadata": {"name": "m", "namespace": "default"}, "data": data}
    )
    await until(lambda: phase(local) == "Succeeded")
    assert local.log("c") == ["from the map"]


async def test_a_sub_path_is_made_with_mode_0777_and_shared_between_containers(local):
    """What one writes through its subPath, the other reads through the whole volume."""
    one = shell(
        "one",
        "stat -c %a /mine; echo hi > /mine/f",
        volumeMounts=[{"name": "v", "mountPath": "/mine", "subPath": "deep/one"}],
    )
    two = shell(
        "two",
        "until cat /all/deep/one/f; do sleep 0.05; done 2>/dev/null",
        volumeMounts=[{"name": "v", "mountPath": "/all"}],
    )
    local.create_pod(one, two, volumes=[{"name": "v", "emptyDir": {}}])
    await until(lambda: phase(local) == "Succeeded")
    assert local.log("one") == ["777"]
    assert local.log("two") == ["hi"]


async def test_log_lines_are_stamped_in_order_and_long_lines_stay_whole(local):
    """stdout and stderr in one file; a line over 16 KiB is one line; text without newline counts."""
    script = "echo out; echo err >&2; printf 'crlf\\r\\n'; head -c 50000 /dev/zero | tr '\\0' x; echo; printf end"
    local.create_pod(shell("c", script))
    await until(lambda: phase(local) == "Succeeded")
    raw = local.kubelet.log_file(local.pod(), "c", 0).path.read_text().splitlines()
    assert all(STAMP.match(line) for line in raw)
    assert sorted({line[:31] for line in raw}) == [line[:31] for line in raw]
    assert [len(text) if len(text) > 10 else text for text in local.log("c")] == [
        "out",
        "err",
        "crlf",
        50000,
        "end",
    ]


async def test_a_crashing_container_backs_off_and_keeps_current_and_previous_log(local):
    """Immediate first restart, then CrashLoopBackOff; restartCount, lastState and two log files."""
    local.create_pod(shell("c", "echo run; sleep 0.1; exit 3"))
    await until(lambda: local.status("c").get("restartCount") == 3)
    states = [
        next(iter(obj["status"]["containerStatuses"][0]["state"].items()))
        for kind, obj in local.history
        if kind == "MODIFIED pods" and obj["status"].get("containerStatuses")
    ]
    words = [name if name != "waiting" else body["reason"] for name, body in states]
    short = [w for n, w in enumerate(words) if n == 0 or w != words[n - 1]]
    crash = ["terminated", "CrashLoopBackOff", "running"]
    assert short[:9] == [
        "ContainerCreating",
        "running",
        "terminated",
        "running",
        *crash,
        *crash[:2],
    ]
    assert local.status("c")["lastState"]["terminated"]["exitCode"] == 3
    assert local.events("BackOff")[0]["type"] == "Warning"
    folder = next((local.folder / "logs").iterdir()) / "c"
    assert sorted(path.name for path in folder.iterdir()) == ["2.log", "3.log"]
    assert local.events("Started")[0]["count"] == 4


async def test_a_signal_shows_as_128_plus_its_number_and_counts_one_restart(local):
    """kill -9 of the container's process from outside."""
    local.create_pod(shell("c", "echo $$$$; exec sleep 60"), shell("other", "exec sleep 60"))
    await until(lambda: phase(local) == "Running" and local.log("c"))
    os.kill(int(local.log("c")[0]), signal.SIGKILL)
    await until(lambda: local.status("c")["restartCount"] == 1)
    ended = local.status("c")["lastState"]["terminated"]
    assert (ended["exitCode"], ended["reason"]) == (137, "Error")
    assert "signal" not in ended
    assert local.status("other")["restartCount"] == 0


async def test_a_finished_container_never_starts_again(local):
    """Exit 0 under OnFailure is final while its neighbour is restarted."""
    local.create_pod(shell("done", "exit 0"), shell("bad", "exit 1"))
    await until(lambda: local.status("bad").get("restartCount") == 2)
    assert local.status("done")["restartCount"] == 0
    assert local.status("done")["state"]["terminated"]["reason"] == "Completed"
    assert phase(local) == "Running"


async def test_under_never_the_pod_fails_when_all_ended_and_one_failed(local):
    """restartPolicy Never."""
    local.create_pod(shell("a", "exit 0"), shell("b", "exit 2"), restartPolicy="Never")
    await until(lambda: phase(local) == "Failed")
    assert local.status("b")["restartCount"] == 0


async def test_a_command_that_does_not_exist_is_a_start_error(local):
    """Exit code 128, started in 1970, an empty log."""
    local.create_pod(
        {"name": "c", "image": SHELL, "command": ["no-such-program"]}, restartPolicy="Never"
    )
    await until(lambda: phase(local) == "Failed")
    ended = local.status("c")["state"]["terminated"]
    assert (ended["reason"], ended["exitCode"]) == ("StartError", 128)
    assert ended["startedAt"] == "1970-01-01T00:00:00Z"
    assert "executable file not found" in ended["message"]
    assert local.log("c") == []


async def test_an_unknown_image_waits_and_an_invalid_name_says_so(local):
    """ErrImagePull, then ImagePullBackOff; the pod stays Pending though a neighbour runs."""
    local.create_pod(
        {"name": "c", "image": "console.local/unknown:9"},
        {"name": "bad", "image": "Upper/Case"},
        shell("fine", "sleep 30"),
    )
    await until(lambda: local.events("BackOff"))
    await until(lambda: "running" in local.status("fine").get("state", {}))
    reasons = {
        entry["state"]["waiting"]["reason"]
        for kind, obj in local.history
        if kind == "MODIFIED pods"
        for entry in obj["status"].get("containerStatuses", [])
        if entry["name"] == "c" and "waiting" in entry["state"]
    }
    assert reasons == {"ContainerCreating", "ErrImagePull", "ImagePullBackOff"}
    assert local.status("bad")["state"]["waiting"]["reason"] == "InvalidImageName"
    assert phase(local) == "Pending"
    assert (
        local.events("BackOff")[0]["message"] == 'Back-off pulling image "console.local/unknown:9"'
    )


async def test_a_missing_secret_is_a_configuration_error_until_it_exists(local):
    """CreateContainerConfigError, then the container starts."""
    env = [{"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]
    local.create_pod(shell("c", 'test "$TOKEN" = hello', env=env))
    await until(
        lambda: (
            local.status("c").get("state", {}).get("waiting", {}).get("reason")
            == "CreateContainerConfigError"
        )
    )
    local.store.create(
        "secrets", {"metadata": {"name": "s", "namespace": "default"}, "data": {"k": "aGVsbG8="}}
    )
    await until(lambda: phase(local) == "Succeeded")


async def test_the_termination_message_is_read_and_cut(local):
    """12288 bytes shared by all containers of the pod; the file is per run."""
    local.create_pod(
        shell("c", 'echo x > "$TERMINATION_MESSAGE"; test -w /dev/termination-log'),
        *[
            shell(f"n{n}", "head -c 4000 /dev/zero | tr '\\0' y > $TERMINATION_MESSAGE")
            for n in range(9)
        ],
    )
    await until(lambda: phase(local) == "Succeeded")
    assert local.status("c")["state"]["terminated"]["message"] == "x\n"
    assert len(local.status("n3")["state"]["terminated"]["message"]) == 1228


async def test_nothing_of_a_container_survives_its_first_process(local):
    """A child in a session of its own is killed with the container, and so are stop's leftovers."""
    local.create_pod(
        shell("c", "setsid sleep 77 & sleep 0.3"), shell("d", "setsid sleep 77 & exec sleep 77")
    )
    await until(lambda: "terminated" in local.status("c").get("state", {}))
    # The sandbox and two of d, which may still be on their way to what they become.
    await until(lambda: len(local.processes()) == 3 and len(local.running("sleep", "77")) == 2)
    local.store.mark_deleted("pods", "default", "pod", grace_seconds=5)
    await until(lambda: not local.store.list("pods"))
    assert local.processes() == []


async def test_deleting_sends_sigterm_and_kills_after_the_grace(local):
    """One container traps SIGTERM and ends well, one ignores it and is killed."""
    local.create_pod(
        shell("good", 'trap "echo bye; exit 0" TERM; echo ready; while :; do sleep 0.05; done'),
        shell("deaf", 'trap "" TERM; echo ready; while :; do sleep 0.05; done'),
    )
    await until(lambda: phase(local) == "Running" and local.log("good") and local.log("deaf"))
    sink = local.kubelet.log_file(local.pod(), "good", 0)
    local.store.mark_deleted("pods", "default", "pod", grace_seconds=1)
    await until(lambda: sink.finished)
    assert local.log("good") == ["ready", "bye"]
    await until(lambda: not local.store.list("pods"))
    kind, last = local.history[-1]
    assert kind == "DELETED pods"
    codes = {
        e["name"]: e["state"]["terminated"]["exitCode"] for e in last["status"]["containerStatuses"]
    }
    assert codes == {"good": 0, "deaf": 137}
    assert last["status"]["phase"] == "Failed"
    assert {event["message"] for event in local.events("Killing")} == {
        "Stopping container good",
        "Stopping container deaf",
    }
    for left in ("pods", "logs"):
        await until(lambda left=left: not list((local.folder / left).iterdir()))


async def test_pods_listen_on_the_same_port_at_once(local):
    """Each pod has an address of its own, and the node one too."""
    server = "import os, socket; s = socket.create_server((os.environ['IP'], 2000)); print('up', flush=True); s.accept()"
    env = [{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]
    for name in ("one", "two", "three"):
        container = {
            "name": "c",
            "image": "python:3.11",
            "command": ["python3", "-c", server],
            "env": env,
        }
        local.create_pod(container, name=name)

    def logs() -> list[str]:
        running = [pod for pod in local.store.list("pods") if "containerStatuses" in pod["status"]]
        running = [p for p in running if p["status"]["containerStatuses"][0]["started"]]
        return [local.kubelet.log_file(pod, "c", 0).path.read_text() for pod in running]

    await until(lambda: [text[31:] for text in logs()] == ["up\n"] * 3)
    addresses = {pod["status"]["podIP"] for pod in local.store.list("pods")}
    assert len(addresses) == 3
    for address in addresses:
        _, writer = await asyncio.open_connection(address, 2000)
        writer.close()
        await writer.wait_closed()


async def test_a_pod_that_does_not_fit_waits_and_is_placed_when_there_is_room(local):
    """Selector and GPUs; the event and the condition carry the scheduler's words."""
    gpus = {"resources": {"limits": {"nvidia.com/gpu": "10"}}}
    local.create_pod(shell("c", "sleep 60", **gpus), name="big")
    local.create_pod(shell("c", "true", **gpus), name="late")
    local.create_pod(
        shell("c", "true"), name="lost", nodeSelector={"node.kubernetes.io/instance-type": "p4"}
    )
    await until(lambda: len(local.events("FailedScheduling")) == 2)
    messages = " ".join(event["message"] for event in local.events("FailedScheduling"))
    assert "1 Insufficient nvidia.com/gpu" in messages
    assert "didn't match Pod's node affinity/selector" in messages
    assert conditions(local.pod("late"))["PodScheduled"] == "False"
    local.store.mark_deleted("pods", "default", "big", grace_seconds=0)
    await until(lambda: local.pod("late")["status"].get("phase") == "Succeeded")
    assert conditions(local.pod("lost"))["PodScheduled"] == "False"


async def test_a_stopped_cluster_leaves_no_process(tmp_path):
    """Leaving the loop kills everything, also what ignores signals."""
    async with cluster(tmp_path / "cluster") as made:
        made.create_pod(shell("c", 'trap "" TERM; setsid sleep 88 & while :; do sleep 0.1; done'))
        await until(lambda: len(made.processes()) >= 2)
    assert made.processes() == []


async def test_a_pod_is_without_a_node_since_the_first_refusal_whatever_is_said_later(
    local, monkeypatch
):
    """As `PodScheduled` on a real cluster: its time changes with its status, not with its words."""
    local.create_pod(shell("c", "true"), name="lost", nodeSelector={"kind": "p4"})
    await until(lambda: len(local.events("FailedScheduling")) == 1)
    refused = scheduled(local.pod("lost"))
    later = local.store.now() + timedelta(minutes=5)
    monkeypatch.setattr(local.store, "now", lambda: later)
    node = local.store.list("nodes")[0]["metadata"]["name"]
    local.store.mutate("nodes", None, node, lambda found: found["spec"].update(unschedulable=True))
    await until(lambda: scheduled(local.pod("lost"))["message"] != refused["message"])
    assert scheduled(local.pod("lost"))["lastTransitionTime"] == refused["lastTransitionTime"]


def scheduled(pod: dict) -> dict:
    return next(entry for entry in pod["status"]["conditions"] if entry["type"] == "PodScheduled")
