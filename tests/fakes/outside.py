"""What befalls a submission from outside, done to one that really runs and does nothing.

What a kubelet or a registry would say is written into the cluster as they write it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from fakes.real_console import RealConsole

from console import paths

PODS = "/api/v1/namespaces/default/pods"
JOBS = "/apis/batch/v1/namespaces/default/jobs"
EVENTS = "/api/v1/namespaces/default/events"
NODE = "/api/v1/nodes/local-node"
CONTAINERS = ("simulator-1", "agent-1", "logcopy")
IDLE = ["/bin/sh", "-c", "exec sleep 600"]
Play = Callable[[RealConsole, str], None]
Edit = Callable[[Any], None]


def spec(place: Path, name: str, edit: Edit) -> str:
    """The shipped template with one pair, whose containers do nothing, and what is changed in it."""
    template = yaml.safe_load((paths.job_specs() / "leaderboard_2.0.yaml").read_text())
    pod = template["spec"]["template"]["spec"]
    pod["containers"] = [each for each in pod["containers"] if each["name"] in CONTAINERS]
    for each in (*pod["initContainers"], *pod["containers"]):
        each["command"] = IDLE if each["name"] in CONTAINERS else ["/bin/sh", "-c", "true"]
        each.pop("args", None)
    subsets = next(e for e in pod["containers"][-1]["env"] if e["name"] == "ROUTES_SUBSETS")
    subsets["value"] = "0-4"
    edit(template["spec"])
    file = place / f"{name}.yaml"
    file.write_text(yaml.safe_dump(template))
    return str(file)


# --- what is wrong with the Job itself


def as_it_is(job: Any) -> None:
    """Nothing is."""


def of(job: Any, name: str) -> Any:
    return next(e for e in job["template"]["spec"]["containers"] if e["name"] == name)


def needs(kind: str, name: str) -> Edit:
    def edit(job: Any) -> None:
        wanted = {"name": "SETTING", "valueFrom": {kind: {"name": name, "key": "key"}}}
        of(job, "agent-1")["env"].append(wanted)

    return edit


def mounts_what_is_absent(job: Any) -> None:
    volumes = job["template"]["spec"]["volumes"]
    volumes.append({"name": "extra", "configMap": {"name": "absent"}})
    of(job, "agent-1")["volumeMounts"].append({"name": "extra", "mountPath": "/extra"})


def starts_what_is_absent(job: Any) -> None:
    of(job, "simulator-1")["command"] = ["/opt/none/start"]
    job["backoffLimit"] = 1


def never_pulls(job: Any) -> None:
    of(job, "agent-1")["imagePullPolicy"] = "Never"


def cannot_prepare(job: Any) -> None:
    job["template"]["spec"]["initContainers"][0]["command"] = ["/bin/sh", "-c", "exit 2"]
    job["backoffLimit"] = 1


def has_a_second(job: Any) -> None:
    job["activeDeadlineSeconds"] = 1


# --- what others do to it


def pod_of(console: RealConsole, name: str) -> dict[str, Any]:
    """Its pod, once the node runs it."""
    until = time.monotonic() + 120
    while True:
        pods = console.ask("GET", f"{PODS}?labelSelector=job-name%3D{name}")["items"]
        if pods and pods[-1].get("status", {}).get("phase") == "Running":
            return dict(pods[-1])
        assert time.monotonic() < until, pods


def nothing(console: RealConsole, name: str) -> None:
    """It comes by itself."""


def fails(reason: str, message: str) -> Play:
    """The pod does, as a whole."""

    def play(console: RealConsole, name: str) -> None:
        pod = pod_of(console, name)["metadata"]["name"]
        status = {"phase": "Failed", "reason": reason, "message": message}
        console.patch(f"{PODS}/{pod}/status", {"status": status})

    return play


def container(which: str, **told: Any) -> Play:
    """As the kubelet has it in the pod's status."""

    def play(console: RealConsole, name: str) -> None:
        pod = pod_of(console, name)
        statuses = pod["status"]["containerStatuses"]
        next(each for each in statuses if each["name"] == which).update(ready=False, **told)
        path = f"{PODS}/{pod['metadata']['name']}/status"
        console.patch(path, {"status": {"containerStatuses": statuses}})

    return play


def cannot_pull(reason: str, message: str) -> Play:
    """The agent's image: its state, and the event that outlives it."""
    waits = container("agent-1", state={"waiting": {"reason": reason, "message": message}})
    told = event("Pod", "Failed", f'Failed to pull image "team/agent:v9": {message}', "agent-1")

    def play(console: RealConsole, name: str) -> None:
        waits(console, name)
        told(console, name)

    return play


def out_of_memory(which: str) -> Play:
    times = {"startedAt": "2026-11-22T10:00:00Z", "finishedAt": "2026-11-22T10:10:00Z"}
    ended = {"terminated": {"exitCode": 137, "reason": "OOMKilled", **times}}
    why = {"reason": "CrashLoopBackOff", "message": "back-off 10s restarting failed container"}
    return container(which, restartCount=1, state={"waiting": why}, lastState=ended)


def event(kind: str, reason: str, message: str, part: str = "") -> Play:
    """About the Job, its pod, a container of that, or its node."""

    def play(console: RealConsole, name: str) -> None:
        pod = pod_of(console, name)
        meta, node = pod["metadata"], pod["spec"]["nodeName"]
        version, whole, uid = {
            "Pod": ("v1", meta["name"], meta["uid"]),
            "Job": ("batch/v1", name, meta["ownerReferences"][0]["uid"]),
            "Node": ("v1", node, node),
        }[kind]
        about = {"apiVersion": version, "kind": kind, "name": whole, "uid": uid}
        if part:
            about["fieldPath"] = f"spec.containers{{{part}}}"
        # An event is of a whole second, and what it tells comes after what ran in that.
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1))
        console.ask("POST", EVENTS, {
            "apiVersion": "v1", "kind": "Event", "type": "Warning", "count": 1,
            "metadata": {"name": f"{name}.{reason.lower()}", "namespace": "default"},
            "involvedObject": {**about, "namespace": "default"},
            "reason": reason, "message": message, "firstTimestamp": at, "lastTimestamp": at,
        })  # fmt: skip

    return play


def is_evicted_by_the_api(console: RealConsole, name: str) -> None:
    """As `kubectl drain` does it."""
    pod = pod_of(console, name)["metadata"]["name"]
    eviction: dict[str, Any] = {"apiVersion": "policy/v1", "kind": "Eviction"}
    eviction |= {"metadata": {"name": pod, "namespace": "default"}}
    console.ask("POST", f"{PODS}/{pod}/eviction", eviction)


def loses_its_pod(console: RealConsole, name: str) -> None:
    console.ask("DELETE", f"{PODS}/{pod_of(console, name)['metadata']['name']}")


def is_suspended(console: RealConsole, name: str) -> None:
    pod_of(console, name)
    console.patch(f"{JOBS}/{name}", {"spec": {"suspend": True}})


def is_cancelled(console: RealConsole, name: str) -> None:
    pod_of(console, name)
    console.call("cancel", "--local", name, "--yes")


def offers(console: RealConsole, gpus: int) -> None:
    """The node does: more than it has, so that many find room, or too few."""
    console.patch(f"{NODE}/status", {"status": {"allocatable": {"nvidia.com/gpu": str(gpus)}}})


def cordons(console: RealConsole, *, on: bool) -> None:
    console.patch(NODE, {"spec": {"unschedulable": on or None}})
