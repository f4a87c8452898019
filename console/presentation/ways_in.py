"""Ways into a running container by the user's own kubectl: a shell, its output, a port. Pure.

The console opens no connection for them: kubectl does that better, and asks as the same user.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from console.domain.board import BoardSnapshot
from console.domain.facts import ContainerFacts, ContainerState, PodFacts
from console.errors import ConsoleError, Forbidden, NotFound
from console.operations.ports.cluster import ClusterDescription
from console.operations.shell_commands import ProgramCall, kubectl_call
from console.presentation.containers import all_containers, pairs_of

_SHELL = ("sh", "-c", "if command -v bash >/dev/null; then bash; else sh; fi; true")
"""Whatever was said in it last: that a shell was left is no failure."""


class WayInto(StrEnum):
    """What kubectl is asked for."""

    SHELL = "exec"
    ATTACH = "attach"
    FORWARD = "port-forward"

    @property
    def right(self) -> str:
        """What one has to be allowed to create."""
        return f"pods/{self.value.replace('-', '')}"


class Entrance(msgspec.Struct, frozen=True):
    """One container, and what the cluster says of it."""

    container: str
    state: str
    open: bool
    """It runs."""
    port: int | None = None
    """On which its CARLA server listens; None for one of another kind."""


def entrances(board: BoardSnapshot) -> tuple[Entrance, ...]:
    """All containers of its pod, ours first."""
    ports = {each.simulator: each.carla_port for each in pairs_of(board)}
    return tuple(_entrance(board.pod, name, ports.get(name)) for name in all_containers(board))


def usual(board: BoardSnapshot, looked_at: str = "") -> str:
    """The one that is looked at; else the first agent that runs, or whatever does."""
    known = entrances(board)
    if looked_at in {each.container for each in known}:
        return looked_at
    running = [each.container for each in known if each.open]
    agents = [pair.agent for pair in pairs_of(board)]
    return next((name for name in agents if name in running), (*running, *agents)[0])


def place_of(board: BoardSnapshot, container: str) -> tuple[str, str]:
    """Its own pod, and what that calls it; where none is known, kubectl takes one of the Job's."""
    pod = board.pod_of(container)
    facts = pod.container(container) if pod else None
    return (
        pod.name if pod else f"job/{board.name}",
        facts.asked if facts else container,
    )


def call_of(
    where: ClusterDescription,
    pod: str,
    namespace: str,
    container: str,
    way: WayInto = WayInto.SHELL,
    *,
    command: Sequence[str] = (),
    ports: Sequence[str] = (),
) -> ProgramCall:
    """kubectl's command line. `pod` may be `job/NAME`, of which kubectl takes a pod."""
    if way is WayInto.FORWARD:
        named = pod if "/" in pod else f"pod/{pod}"
        return kubectl_call(where, way, named, *ports, namespace=namespace)
    words = (way.value, *(() if way is WayInto.ATTACH else ("-it",)), pod, "-c", container)
    behind = () if way is WayInto.ATTACH else tuple(command) or _SHELL
    return kubectl_call(where, *words, namespace=namespace, behind=behind)


def closed(board: BoardSnapshot, container: str, line: str) -> ConsoleError | None:
    """Why there is no way into it now; None where there is one."""
    found = next((each for each in entrances(board) if each.container == container), None)
    if found is None:
        names = ", ".join(each.container for each in entrances(board))
        return NotFound(f"{board.name} has no container {container}.", fix=f"There is {names}.")
    if found.open:
        return None
    return NotFound(
        f"There is no way into {container} of {board.name}: {found.state}.",
        why="A shell, its output and its ports are those of a container that runs.",
        fix=f"Once it runs: {line}",
    )


def no_kubectl(line: str) -> ConsoleError:
    """It is not on the PATH."""
    return NotFound(
        "There is no kubectl on the PATH, and the way into a container is kubectl's.",
        fix=f"Install it (1.31 or newer), or say elsewhere: {line}",
    )


def forbidden(way: WayInto, namespace: str, line: str) -> ConsoleError:
    """This login has not the right."""
    return Forbidden(
        f"This login may not create {way.right} in {namespace}, so kubectl {way.value} is refused.",
        why="The cluster says so when it is asked for its roles.",
        fix=f"An administrator grants it: job_specs/shell_access.yaml. With another login: {line}",
    )


def line_of(call: ProgramCall) -> str:
    """For a shell, to be copied."""
    names = (f"{name}={shlex.quote(value)}" for name, value in call.environment.items())
    return " ".join((*names, shlex.join(call.argv)))


def _entrance(pod: PodFacts | None, name: str, port: int | None) -> Entrance:
    found = pod.container(name) if pod else None
    runs = found is not None and found.state is ContainerState.RUNNING
    return Entrance(name, _state(pod, found), runs, port)


def _state(pod: PodFacts | None, found: ContainerFacts | None) -> str:
    if pod is None:
        return "it has no pod now"
    if found is None:
        return "the cluster says nothing of it"
    if found.state is ContainerState.TERMINATED and found.ended is not None:
        return f"it ended with {found.ended.exit_code} ({found.ended.reason})"
    if found.state is ContainerState.WAITING:
        return f"it waits ({found.reason})" if found.reason else "it waits"
    return "running"
