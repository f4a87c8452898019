"""The Job of a version that has no file of its own, made from that of another one by rule. Pure.

Nothing is taken away, and what is added stands at the end of a list: a line that a message names
is still that of the file.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from console.domain.submission import LOGCOPY
from console.results import bench2drive_routes
from console.results.version_rules import Leaderboard
from console.specs import pod
from console.specs.plan import HALF, SUBSET, SUBSETS, VERSION_LABEL

_ROUTES = "ROUTES"
_PROGRAMS = "/opt/leaderboard-console/console/workers"
_OFFICIAL = "exec python3 -I -S -u"
_PORT, _HOST = '--port="$CARLA_PORT"', '--host="$CARLA_HOST"'
_BRIDGE = (
    f'python3 -I -S {_PROGRAMS}/server_bridge.py --install "$AGENT_DIR/server" &&'
    ' export CARLA_ROOT="$AGENT_DIR/server" && cd "$LEADERBOARD_ROOT/.." &&'
)
"""Where its evaluator looks for a server to start, and from where it reads its weathers."""
_APART = 50
"""Between a server's port and the one at which the bridge answers for it."""


def made_for(version: Leaderboard, content: dict[str, Any]) -> dict[str, Any]:
    """The Job of that version, of the content of the file that it is made from."""
    job = copy.deepcopy(content)
    for metadata in (job["metadata"], job["spec"]["template"]["metadata"]):
        metadata["labels"][VERSION_LABEL] = version.name
    for container in pod.containers(job):
        if container.name == LOGCOPY:
            pod.set_variable(container.content, "LEADERBOARD", version.name)
    if version.counts_successes:
        _drive_bench2drive(job, version)
    if version.starts_its_server:
        for agent in _agents(job):
            agent["args"] = [_bridged(str(each)) for each in agent["args"]]
    return job


def _drive_bench2drive(job: dict[str, Any], version: Leaderboard) -> None:
    agents = list(_agents(job))
    subsets = bench2drive_routes.shared(len(agents))
    for agent, subset in zip(agents, subsets, strict=True):
        pod.set_variable(agent, SUBSET, subset)
        agent["env"].append({"name": version.told_by, "value": "True"})
    for container in pod.containers(job):
        if container.name == LOGCOPY:
            pod.set_variable(container.content, SUBSETS, ";".join(subsets))
        for variable in pod.items(container.content.get("env")):
            if variable.get("name") == _ROUTES:
                folder = str(variable["value"]).rpartition("/")[0]
                variable["value"] = f"{folder}/{version.routes_file}"


def _bridged(argument: str) -> str:
    """A pair has its server beside it: what the evaluator starts is only a way there."""
    if not argument.startswith(_OFFICIAL):
        return argument
    here = argument.replace(_PORT, f'--port="$((CARLA_PORT + {_APART}))"')
    here = here.replace(_HOST, "--host=localhost --gpu-rank=0")
    return f"{_BRIDGE} {here}"


def _agents(job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for container in pod.containers(job):
        if HALF.fullmatch(container.name) and container.name.startswith("agent"):
            yield container.content
