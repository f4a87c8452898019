"""Ways to get a Job wrong, each a change of its manifest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Job = dict[str, Any]
Change = Callable[[Job], None]


def pod(job: Job) -> Job:
    found: Job = job["spec"]["template"]["spec"]
    return found


def named(job: Job, name: str) -> Job:
    return next(each for each in pod(job)["containers"] if each["name"] == name)


def variable(job: Job, container: str, name: str) -> Job:
    return next(each for each in named(job, container)["env"] if each["name"] == name)


def set_env(container: str, name: str, value: str) -> Change:
    return lambda job: variable(job, container, name).update(value=value)


def drop_env(container: str, name: str) -> Change:
    return lambda job: named(job, container)["env"].remove(variable(job, container, name))


def mount(job: Job, container: str, path: str) -> Job:
    return next(m for m in named(job, container)["volumeMounts"] if m["mountPath"] == path)


def set_mount(container: str, path: str, /, **change: Any) -> Change:
    return lambda job: mount(job, container, path).update(change)


def resources(container: str, **change: Any) -> Change:
    return lambda job: named(job, container).update(resources=change)


def volume(name: str, /, **change: Any) -> Change:
    def apply(job: Job) -> None:
        found = next(each for each in pod(job)["volumes"] if each["name"] == name)
        found.clear()
        found.update(name=name, **change)

    return apply


def metadata(**change: Any) -> Change:
    return lambda job: job["metadata"].update(change)


def spec(**change: Any) -> Change:
    return lambda job: job["spec"].update(change)


def pod_spec(**change: Any) -> Change:
    return lambda job: pod(job).update(change)


def swap(job: Job) -> None:
    pod(job)["containers"].insert(0, pod(job)["containers"].pop(1))


def remove(name: str) -> Change:
    return lambda job: pod(job)["containers"].remove(named(job, name))


def container(which: str, /, **change: Any) -> Change:
    return lambda job: named(job, which).update(change)


def overlapping_routes(job: Job) -> None:
    set_env("agent-2", "ROUTES_SUBSET", "4-9")(job)
    set_env("logcopy", "ROUTES_SUBSETS", "0-4;4-9;10-14;15-19")(job)


def routes_gap(job: Job) -> None:
    set_env("agent-2", "ROUTES_SUBSET", "6-9")(job)
    set_env("logcopy", "ROUTES_SUBSETS", "0-4;6-9;10-14;15-19")(job)


def move_pair(number: int, port: int) -> Change:
    def apply(job: Job) -> None:
        for half in ("simulator", "agent"):
            set_env(f"{half}-{number}", "CARLA_PORT", str(port))(job)
        set_env(f"agent-{number}", "TRAFFIC_MANAGER_PORT", str(port + 10))(job)

    return apply


def give_gpu(number: int, gpu: str) -> Change:
    def apply(job: Job) -> None:
        for half in ("simulator", "agent"):
            set_env(f"{half}-{number}", "NVIDIA_VISIBLE_DEVICES", gpu)(job)

    return apply


def same_port_twice(job: Job) -> None:
    for name in ("simulator-1", "agent-3"):
        named(job, name)["ports"] = [{"containerPort": 9000}]
