"""What a Job needs of its nodes and images that nobody can see from here: told, not judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from console.results.version_rules import Leaderboard
from console.specs import pod
from console.specs.plan import HALF
from console.specs.pod import ContainerSpec
from console.specs.surroundings import OFFSCREEN, VIDEO_DRIVER, X11_SOCKETS
from console.specs.towns import towns_of_image
from console.specs.tracks import ROUTES, leaderboard_of


def notes(job: Mapping[str, Any]) -> tuple[str, ...]:
    """One sentence or two about each thing, the first pair standing for all."""
    halves = [each for each in pod.containers(job) if HALF.fullmatch(each.name)]
    simulator = next((each for each in halves if each.name.startswith("simulator")), None)
    agent = next((each for each in halves if each.name.startswith("agent")), None)
    if simulator is None or agent is None:
        return ()
    return (
        _display(simulator),
        _towns(simulator, agent, leaderboard_of(job)),
        *_privileges(agent),
        *_requests(halves),
        *_memory(agent),
    )


def _display(simulator: ContainerSpec) -> str:
    if simulator.env.get(VIDEO_DRIVER) == OFFSCREEN:
        return "Display: the servers draw offscreen; their nodes need no X server."
    display = simulator.env.get("DISPLAY", "")
    return (
        f"Display: the servers need an X server on their node (DISPLAY {display}, its socket in"
        f" {X11_SOCKETS}). Without one: --set cluster.display=offscreen."
    )


def _towns(simulator: ContainerSpec, agent: ContainerSpec, leaderboard: Leaderboard | None) -> str:
    has = towns_of_image(simulator.image)
    told = f"{simulator.image} has {', '.join(has)}" if has else f"of {simulator.image} unknown"
    drives = ", ".join(leaderboard.towns if leaderboard else ()) or "unknown"
    routes = agent.env.get(ROUTES, "").rpartition("/")[2]
    return (
        f"Towns: {told}; of the routes in {routes} not known here, but to a preflight (public"
        f" routes of Leaderboard {leaderboard or '?'}: {drives})."
    )


def _privileges(agent: ContainerSpec) -> Iterator[str]:
    security = pod.mapping(agent.content.get("securityContext"))
    if security.get("allowPrivilegeEscalation") is False:
        yield (
            "Privileges: an agent gains none: sudo and setuid programs of the team's image fail"
            " ('no new privileges'). To allow them: --set cluster.agent_privileges=kept."
        )


def _requests(halves: list[ContainerSpec]) -> Iterator[str]:
    asked = (pod.descend(each.content, ("resources", "requests", "memory")) for each in halves)
    if not all(asked):
        yield (
            "Eviction: not every half requests memory, so a node that runs short of it evicts this"
            " pod early. cluster.agent_memory and cluster.simulator_memory change that."
        )


def _memory(agent: ContainerSpec) -> Iterator[str]:
    if not any(each.get("mountPath") == "/dev/shm" for each in agent.mounts):
        yield (
            "Shared memory: an agent has the runtime's 64 MB, too little for PyTorch's loaders and"
            " ROS 2. cluster.agent_shm changes that."
        )
