"""What images and nodes are like, as values: where the server lies, whether there is an X server,
how much shared memory, CPU and memory the halves of a pair get, what an agent's image may do.

Puts them into a Job, also into one of an operator's own template. Knows no cluster and no GPU.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import basename, dirname
from typing import Any

from console.kubernetes_grammar.quantities import amount
from console.specs import pod
from console.specs.plan import HALF
from console.specs.pod import ContainerSpec
from console.specs.references import kind_of

SERVER, DISPLAY = "cluster.server", "cluster.display"
PRIVILEGES = "cluster.agent_privileges"
SHM = {"agent": "cluster.agent_shm", "simulator": "cluster.simulator_shm"}
REQUESTS = {
    f"cluster.{half}_{what}": (half, what)
    for half in ("agent", "simulator")
    for what in ("cpu", "memory")
}
USUAL, X11, OFFSCREEN = "usual", "x11", "offscreen"
DROPPED, KEPT = "dropped", "kept"
CHOICES = {DISPLAY: (USUAL, X11, OFFSCREEN), PRIVILEGES: (DROPPED, KEPT)}
DEFAULTS: dict[str, str] = {
    SERVER: "/home/carla/CarlaUE4.sh",
    DISPLAY: USUAL,
    SHM["agent"]: "8Gi",
    SHM["simulator"]: "",
    **dict.fromkeys(REQUESTS, ""),
    PRIVILEGES: DROPPED,
}
"""What holds where nobody says anything."""
X11_SOCKETS = "/tmp/.X11-unix"
VIDEO_DRIVER = "SDL_VIDEODRIVER"
_PATH = re.compile(r"(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)+/(CarlaUE4|CarlaUnreal)\.sh")
_DEVICE = "/dev/shm"


def value_mistake(path: str, value: Any) -> str:
    """The sentence after the path's name; empty where the value is sound."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return f"is {kind_of(value)}, but text is wanted"
    text = str(value)
    if path in CHOICES:
        return "" if text in CHOICES[path] else f"is {text!r}; one of {', '.join(CHOICES[path])}"
    if path == SERVER:
        known = _PATH.fullmatch(text)
        return "" if known else "is no absolute path of CarlaUE4.sh or CarlaUnreal.sh"
    number = amount(text)
    if text and (number is None or number <= 0):
        return f"is {text!r}; a quantity such as 500m, 2 or 8Gi is wanted, or nothing"
    return ""


def surround(job: dict[str, Any], said: Mapping[str, Any]) -> None:
    """Put these values into a Job, each of them sound; a path that is not there says nothing."""
    values = {
        path: str(DEFAULTS[path] if value is None else value)
        for path, value in said.items()
        if path in DEFAULTS
    }
    for half in [each for each in pod.containers(job) if HALF.fullmatch(each.name)]:
        role = half.name.partition("-")[0]
        if server := values.get(SERVER):
            _place_server(half, role, server)
        if role == "simulator":
            _set_display(half, values.get(DISPLAY, USUAL))
        elif values.get(PRIVILEGES) == KEPT:
            half.content["securityContext"] = {"seccompProfile": {"type": "RuntimeDefault"}}
        _share_memory(job, half, values.get(SHM[role], ""))
        _request(half, {what: values.get(path, "") for path, what in _requests_of(role)})
    _keep_sockets(job)


def said_by(job: Mapping[str, Any], template: Mapping[str, Any]) -> dict[str, str]:
    """The values that `surround` was given for a Job of that template."""
    halves = {
        role: each
        for each in reversed(pod.containers(job))
        if HALF.fullmatch(each.name)
        for role in [each.name.partition("-")[0]]
    }
    simulator, agent = halves.get("simulator"), halves.get("agent")
    if simulator is None or agent is None:
        return {}
    display = _display_of(job)
    alone = pod.mapping(agent.content.get("securityContext")).get("allowPrivilegeEscalation")
    said = {
        SERVER: _server_of(simulator),
        DISPLAY: USUAL if display == _display_of(template) else display,
        PRIVILEGES: DROPPED if alone is False else KEPT,
    }
    for role, path in SHM.items():
        said[path] = _shared_of(job, halves[role])
    for path, (role, what) in REQUESTS.items():
        asked = pod.descend(halves[role].content, ("resources", "requests", what))
        said[path] = str(asked or "")
    return said


def _server_of(simulator: ContainerSpec) -> str:
    words = " ".join(map(str, simulator.content.get("args") or ()))
    script = "CarlaUnreal.sh" if "/CarlaUnreal.sh" in words else basename(DEFAULTS[SERVER])
    return f"{simulator.env.get('CARLA_ROOT', dirname(DEFAULTS[SERVER]))}/{script}"


def _display_of(job: Mapping[str, Any]) -> str:
    drawn = (each.env.get(VIDEO_DRIVER) for each in pod.containers(job))
    return OFFSCREEN if OFFSCREEN in drawn else X11


def _shared_of(job: Mapping[str, Any], half: ContainerSpec) -> str:
    named = {each.get("name") for each in half.mounts if each.get("mountPath") == _DEVICE}
    volumes = (each for each in pod.items(pod.pod_spec(job).get("volumes")))
    sizes = (
        pod.descend(each, ("emptyDir", "sizeLimit")) for each in volumes if each["name"] in named
    )
    return str(next(sizes, None) or "")


def _requests_of(role: str) -> Iterator[tuple[str, str]]:
    return ((path, what) for path, (half, what) in REQUESTS.items() if half == role)


def _place_server(half: ContainerSpec, role: str, server: str) -> None:
    """The server's own folder is where it writes, and where recordings are looked for."""
    before, after = _saved(DEFAULTS[SERVER]), _saved(server)
    if before == after:
        return
    for mount in half.mounts:
        if mount.get("mountPath") == before:
            mount["mountPath"] = after
    old = f'"$CARLA_ROOT/{basename(DEFAULTS[SERVER])}"'
    words = half.content.get("args")
    half.content["args"] = [
        str(word).replace(old, f'"$CARLA_ROOT/{basename(server)}"').replace(before, after)
        for word in (words if isinstance(words, list) else [])
    ]
    if role == "simulator":
        _set(half, "CARLA_ROOT", dirname(server))
        _set(half, "SERVER_LOG", f"{after}/Logs/{basename(server).removesuffix('.sh')}.log")


def _saved(server: str) -> str:
    return f"{server.removesuffix('.sh')}/Saved"


def _set_display(simulator: ContainerSpec, display: str) -> None:
    mounts = [each for each in simulator.mounts if each.get("mountPath") != X11_SOCKETS]
    if display == OFFSCREEN:
        _unset(simulator, "DISPLAY")
        _set(simulator, VIDEO_DRIVER, OFFSCREEN)
        simulator.content["volumeMounts"] = mounts
    elif display == X11:
        _unset(simulator, VIDEO_DRIVER)
        _set(simulator, "DISPLAY", ":0")
        simulator.content["volumeMounts"] = [*mounts, {"name": "x11", "mountPath": X11_SOCKETS}]


def _keep_sockets(job: dict[str, Any]) -> None:
    """The node's directory of X servers is a volume where it is mounted, and only there."""
    spec = pod.pod_spec(job)
    volumes = pod.items(spec.get("volumes"))
    used = any(m.get("name") == "x11" for each in pod.containers(job) for m in each.mounts)
    there = [each for each in volumes if each.get("name") == "x11"]
    if used and not there:
        spec["volumes"] = [*volumes, {"name": "x11", "hostPath": {"path": X11_SOCKETS}}]
    elif there and not used:
        spec["volumes"] = [each for each in volumes if each not in there]


def _share_memory(job: dict[str, Any], half: ContainerSpec, size: str) -> None:
    """64 MB is what a runtime gives: too little for PyTorch's loaders and for ROS 2."""
    if not size or any(each.get("mountPath") == _DEVICE for each in half.mounts):
        return
    name = f"shm-{half.name}"
    volume = {"name": name, "emptyDir": {"medium": "Memory", "sizeLimit": size}}
    spec = pod.pod_spec(job)
    spec["volumes"] = [*pod.items(spec.get("volumes")), volume]
    half.content["volumeMounts"] = [*half.mounts, {"name": name, "mountPath": _DEVICE}]


def _request(half: ContainerSpec, wanted: Mapping[str, str]) -> None:
    """A pod that requests nothing is the first to be evicted."""
    asked = {what: quantity for what, quantity in wanted.items() if quantity}
    if asked:
        resources = pod.mapping(half.content.get("resources"))
        requests = {**pod.mapping(resources.get("requests")), **asked}
        half.content["resources"] = {**resources, "requests": requests}


def _set(half: ContainerSpec, name: str, value: str) -> None:
    for variable in pod.items(half.content.get("env")):
        if variable.get("name") == name:
            variable["value"] = value
            return
    half.content["env"] = [*pod.items(half.content.get("env")), {"name": name, "value": value}]


def _unset(half: ContainerSpec, name: str) -> None:
    told = pod.items(half.content.get("env"))
    half.content["env"] = [each for each in told if each.get("name") != name]
