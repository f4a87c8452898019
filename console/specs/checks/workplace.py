"""What the workers need around them: variables, directories in volumes, shared places.

One volume has several mount paths, so two containers can name one directory differently; whether
they mean the same is decided by volume and path inside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from console.domain.submission import INIT, LOGCOPY
from console.specs.checks.findings import JobFinding
from console.specs.checks.volumes import located
from console.specs.plan import HALF, NUMBERED_HALF, SUBSET, SUBSETS
from console.specs.pod import ContainerSpec, all_containers
from console.specs.tracks import leaderboard_of

_HALF = ("CARLA_PORT", "CARLA_HOST", "STATUS_DIR")
_TREES = ("LEADERBOARD_ROOT", "SCENARIO_RUNNER_ROOT", "CARLA_API_ROOT")

_VARIABLES: dict[str, tuple[str, ...]] = {
    "simulator": (*_HALF, "CARLA_ROOT", "NVIDIA_DRIVER_CAPABILITIES"),
    "agent": (
        *_HALF,
        *_TREES,
        "NVIDIA_DRIVER_CAPABILITIES",
        "TRAFFIC_MANAGER_PORT",
        "CHALLENGE_TRACK_CODENAME",
        "ROUTES",
        "REPETITIONS",
        "RESUME",
        "AGENT_DIR",
        "CHECKPOINT",
    ),
    LOGCOPY: (
        "PYTHONPATH",
        "LEADERBOARD",
        "LOGS_DIR",
        "STATUS_DIR",
        "ROUTES",
        "ROUTES_SUBSETS",
        "REPETITIONS",
        "PROGRESS_NONCE",
    ),
    INIT: (
        *_TREES,
        "LEADERBOARD_SOURCE",
        "SCENARIO_RUNNER_SOURCE",
        "CARLA_SOURCE",
        "LOGS_DIR",
        "RESUME",
    ),
}

_IN_VOLUMES: dict[str, tuple[str, ...]] = {
    "simulator": ("STATUS_DIR",),
    "agent": (*_TREES, "STATUS_DIR", "AGENT_DIR", "CHECKPOINT", "ROUTES"),
    LOGCOPY: ("PYTHONPATH", "LOGS_DIR", "STATUS_DIR", "ROUTES"),
    INIT: (*_TREES, "LOGS_DIR"),
}


def check_workplace(manifest: Mapping[str, Any]) -> Iterator[JobFinding]:
    """Every variable and directory that a worker reads, in every container of ours."""
    ours = {each.name: each for each in all_containers(manifest) if role_of(each)}
    version = leaderboard_of(manifest)
    for container in ours.values():
        role = role_of(container)
        for name in (
            *_VARIABLES[role],
            *(_of_scenarios(role) if version and version.needs_scenarios else ()),
            *_of_its_pair(container),
        ):
            if name not in container.env_names:
                yield JobFinding(container.place, f"{container.name} has no {name}.", _needed(name))
        for name in _IN_VOLUMES[role]:
            path = container.env.get(name)
            if path is not None and located(container, path) is None:
                what = f"{name} of {container.name} is {path}, which is in none of its volumes."
                yield JobFinding(container.env_place(name), what)
    yield from _shared(ours)


def _of_scenarios(role: str) -> tuple[str, ...]:
    return ("SCENARIOS",) if role == "agent" else ()


def _of_its_pair(half: ContainerSpec) -> tuple[str, ...]:
    """In a pod of its own it tells its pair from the pod's index."""
    role = role_of(half)
    if role not in ("simulator", "agent"):
        return ()
    apart = NUMBERED_HALF.fullmatch(half.name) is None
    own = ("ATTEMPTS_BEFORE",) if apart else ("PAIR",)
    return own if role == "simulator" else (*own, SUBSETS if apart else SUBSET)


def role_of(container: ContainerSpec) -> str:
    """simulator, agent, logcopy or private-contents; empty for a container that is not ours."""
    match = HALF.fullmatch(container.name)
    if match:
        return match[1]
    return container.name if container.name in (LOGCOPY, INIT) else ""


def _needed(name: str) -> str:
    return f"Add {name} to its env."


def _shared(ours: Mapping[str, ContainerSpec]) -> Iterator[JobFinding]:
    """Directories that several containers must see as one."""
    logcopy, init = ours.get(LOGCOPY), ours.get(INIT)
    for container in ours.values():
        role = role_of(container)
        if logcopy and role in ("simulator", "agent"):
            yield from _same(container, "STATUS_DIR", logcopy, "STATUS_DIR")
        if logcopy and role == "agent":
            number = container.name.partition("-")[2] or "1"
            yield from _same(container, "AGENT_DIR", logcopy, "LOGS_DIR", f"/agent/agent{number}")
            yield from _same(container, "ROUTES", logcopy, "ROUTES")
        if init and role == "agent":
            for name in _TREES:
                yield from _same(container, name, init, name)
    if logcopy and init:
        yield from _same(logcopy, "LOGS_DIR", init, "LOGS_DIR")


def _same(
    container: ContainerSpec, name: str, other: ContainerSpec, other_name: str, below: str = ""
) -> Iterator[JobFinding]:
    ours, theirs = container.env.get(name), other.env.get(other_name)
    if ours is None or theirs is None:
        return
    here, there = located(container, ours), located(other, theirs + below)
    if here and there and here != there:
        what = f"{name} of {container.name} lies in {here}, but {other.name} uses {there}."
        yield JobFinding(container.env_place(name), what)
