"""A Job's pairs, as many as are wanted: each is its first pair, under another number.

What follows from a number is told here and nowhere else: names, GPU, ports, folders. How far two
pairs' numbers lie apart is read from the Job where it has two. Judges nothing.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from console.domain.submission import INIT, LOGCOPY, PORTS_BETWEEN_PAIRS, USUAL_PAIRS
from console.specs import pod
from console.specs.plan import NUMBERED_HALF, SUBSET, SUBSETS, subsets_of
from console.specs.pod import ContainerSpec

PAIR, FOLDERS = "PAIR", "PAIRS"
_STEPS = {
    "NVIDIA_VISIBLE_DEVICES": 1,
    "CARLA_PORT": PORTS_BETWEEN_PAIRS,
    "TRAFFIC_MANAGER_PORT": PORTS_BETWEEN_PAIRS,
}
"""Variables that differ from pair to pair, and by how much where a Job has one pair only."""


class _Half(msgspec.Struct, frozen=True):
    """One half of the first pair, as the pattern of all others."""

    content: dict[str, Any]
    role: str
    number: int
    steps: Mapping[str, int]


def set_pairs(manifest: dict[str, Any], subsets: Sequence[str]) -> None:
    """Let the Job have a pair for each of these subsets, and no other."""
    open_folders(manifest, len(subsets))
    if subsets_of(manifest) == tuple(subsets):
        return
    if len(subsets_of(manifest)) != len(subsets):
        spec = pod.pod_spec(manifest)
        spec["containers"] = _with_pairs(pod.regular(manifest), len(subsets))
    agents = [each for each in pod.containers(manifest) if each.name.startswith("agent-")]
    for agent, subset in zip(agents, subsets, strict=True):
        pod.set_variable(agent.content, SUBSET, subset)
    for each in pod.containers(manifest):
        if each.name == LOGCOPY:
            pod.set_variable(each.content, SUBSETS, ";".join(subsets))


def open_folders(manifest: dict[str, Any], pairs: int) -> None:
    """Let the init container lay out that many pairs' folders; the usual number goes untold."""
    for each in pod.all_containers(manifest):
        if each.name == INIT and (FOLDERS in each.env_names or pairs != USUAL_PAIRS):
            told = pod.items(each.content.get("env"))
            told = [one for one in told if one.get("name") != FOLDERS]
            more = [] if pairs == USUAL_PAIRS else [{"name": FOLDERS, "value": str(pairs)}]
            each.content["env"] = [*told, *more]


def _with_pairs(there: Sequence[ContainerSpec], pairs: int) -> list[dict[str, Any]]:
    """The pairs stand where the first of them stood."""
    patterns = _patterns(there)
    made = [_made(half, number) for number in range(1, pairs + 1) for half in patterns]
    others = [each for each in there if not NUMBERED_HALF.fullmatch(each.name)]
    place = next((n for n, each in enumerate(there) if NUMBERED_HALF.fullmatch(each.name)), 0)
    contents = [each.content for each in others]
    return [*contents[:place], *made, *contents[place:]]


def _patterns(there: Sequence[ContainerSpec]) -> list[_Half]:
    """The halves of the first pair, in their order."""
    halves = [(each, found) for each in there if (found := NUMBERED_HALF.fullmatch(each.name))]
    numbers = sorted({int(found[2]) for _, found in halves})
    by_name = {each.name: each for each in there}
    patterns = []
    for each, found in halves:
        if int(found[2]) == numbers[0]:
            second = by_name.get(f"{found[1]}-{numbers[1]}") if len(numbers) > 1 else None
            steps = {name: _step(each, second, name) for name in _STEPS}
            patterns.append(_Half(each.content, found[1], numbers[0], steps))
    return patterns


def _step(first: ContainerSpec, second: ContainerSpec | None, name: str) -> int:
    one, other = first.env.get(name, ""), second.env.get(name, "") if second else ""
    return int(other) - int(one) if one.isdigit() and other.isdigit() else _STEPS[name]


def _made(half: _Half, number: int) -> dict[str, Any]:
    """The half with all that follows from the pair's number."""
    content = copy.deepcopy(half.content)
    content["name"] = f"{half.role}-{number}"
    away = number - half.number
    for variable in pod.items(content.get("env")):
        name, value = variable.get("name"), str(variable.get("value", ""))
        if name == PAIR:
            variable["value"] = str(number)
        elif name in half.steps and value.isdigit():
            variable["value"] = str(int(value) + away * half.steps[str(name)])
    own = f"{half.role}/{half.role}{half.number}"
    for mount in pod.items(content.get("volumeMounts")):
        if mount.get("subPath") == own:
            mount["subPath"] = f"{half.role}/{half.role}{number}"
    return content
