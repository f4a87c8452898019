"""Reads the plan of a submission back out of its Job, composed here or fetched from a cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from console.domain.routes import parse_subset
from console.domain.submission import (
    INIT,
    LOGCOPY,
    HangLimits,
    Images,
    Layout,
    PairPlan,
    SubmissionPlan,
)
from console.errors import InvalidInput
from console.results.drives import Drives, known_routes
from console.results.leaderboard import LAUNCHED, named, names
from console.results.subsets import MOST_DRIVES, PlanError
from console.specs import pod
from console.specs.again_annotation import driven_again_of
from console.specs.document_places import Place, spell
from console.specs.pod import ContainerSpec

VERSION_LABEL = "leaderboard.carla.org/version"
CANCELLED_ANNOTATION = "leaderboard.carla.org/cancelled-at"
TEAM_ANNOTATION = "leaderboard.carla.org/team-name"
RESUMES_ANNOTATION = "leaderboard.carla.org/resumes"
"""On a Job that goes on from another one: that one's name."""
UPSTREAM_LOGCOPY = "console.workers.upstream_logcopy"
"""The program of logcopy in a Job that upstream's state machine starts."""
HALF = re.compile(r"(simulator|agent)(?:-[1-9]\d{0,2})?")
"""A half of a pair; without a number in a pod of its own."""
NUMBERED_HALF = re.compile(r"(simulator|agent)-([1-9]\d{0,2})")
SUBSET, SUBSETS = "ROUTES_SUBSET", "ROUTES_SUBSETS"
"""The variables for the routes of a pair, and for those of all."""
RESUMES = "backoffLimitPerIndex"
OF_THE_PARTNER = "GPU_OF_PARTNER"
"""Tells an agent that sees every GPU of its node to take that of its simulator."""
_NUMBER = re.compile(r"\d{1,9}")
_LIMIT = re.compile(r"(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+", re.ASCII)
_NO_PAIR = "There is no simulator-1 and no agent-1"
_LONGEST_LIMIT = 9
"""Characters: what is longer, or no number, a supervisor replaces by its own (`limit`)."""


class Fault(msgspec.Struct, frozen=True):
    """Why a part of the plan cannot be read."""

    place: Place
    what: str


def plan_of(manifest: Mapping[str, Any]) -> SubmissionPlan:
    """The plan of a Job; InvalidInput where it is not a submission of ours, saying why."""
    metadata = pod.mapping(manifest.get("metadata"))
    name = str(metadata.get("name") or "")
    if faults := tuple(plan_faults(manifest)):
        raise InvalidInput(
            f"The Job {name or 'without a name'} is not a submission that the console can read.",
            why=" ".join(f"{spell(fault.place)}: {fault.what}" for fault in faults[:3]),
        )
    by_name = {each.name: each for each in pod.all_containers(manifest)}
    numbers, logcopy = pair_numbers(manifest), by_name[LOGCOPY]
    simulator, agent = (half_of(by_name, half, numbers[0]) for half in ("simulator", "agent"))
    return SubmissionPlan(
        name=name,
        namespace=str(metadata.get("namespace") or "default"),
        drives=Drives(
            named(logcopy.env["LEADERBOARD"]),
            int(logcopy.env["REPETITIONS"]),
            subsets_of(manifest),
        ),
        backoff_limit=_backoff_limit(manifest),
        pairs=tuple(_pair(number, by_name) for number in numbers),
        nonce=logcopy.env.get("PROGRESS_NONCE", ""),
        images=Images(by_name[INIT].image, simulator.image, agent.image, logcopy.image),
        track=agent.env.get("CHALLENGE_TRACK_CODENAME", "SENSORS"),
        routes_file=agent.env.get("ROUTES", ""),
        counted_upstream=_counted_upstream(metadata, logcopy),
        team_id=logcopy.env.get("TEAM_ID", ""),
        layout=layout_of(manifest),
        driven_again=driven_again_of(metadata.get("annotations")),
    )


def team_in_lists(annotations: Mapping[str, Any] | None, team_id: str) -> str:
    """The team's name; `#7`, its number, for a Job that names none; empty where it has neither."""
    named = str((annotations or {}).get(TEAM_ANNOTATION, ""))
    return named or (f"#{team_id}" if team_id else "")


def _counted_upstream(metadata: Mapping[str, Any], logcopy: ContainerSpec) -> bool:
    """A console may resume such a Job: no execution waits for that one."""
    command = logcopy.content.get("command")
    resumes = RESUMES_ANNOTATION in pod.mapping(metadata.get("annotations"))
    return isinstance(command, list) and UPSTREAM_LOGCOPY in command and not resumes


def layout_of(manifest: Mapping[str, Any]) -> Layout:
    """Told by the containers' names alone: of a pod for each pair there is one template, and its
    halves have no numbers."""
    names = {each.name for each in pod.all_containers(manifest)}
    numbered = any(NUMBERED_HALF.fullmatch(name) for name in names)
    return Layout.POD_PER_PAIR if "agent" in names and not numbered else Layout.ONE_POD


def half_of(by_name: Mapping[str, ContainerSpec], half: str, number: int) -> ContainerSpec:
    """The container of that half of a pair, which may be that of all pairs."""
    return by_name.get(f"{half}-{number}") or by_name[half]


def subsets_of(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """The routes of each pair as its agent is told them, in the order of the pairs' numbers."""
    by_name = {each.name: each for each in pod.all_containers(manifest)}
    if layout_of(manifest) is Layout.POD_PER_PAIR:
        told = by_name["agent"].env.get(SUBSETS)
        return () if told is None else tuple(told.split(";"))
    agents = (f"agent-{number}" for number in pair_numbers(manifest))
    return tuple(by_name[a].env.get(SUBSET, "") for a in agents if a in by_name)


def pair_numbers(manifest: Mapping[str, Any]) -> tuple[int, ...]:
    """The numbers of all pairs of which at least one half is there, ascending."""
    if layout_of(manifest) is Layout.POD_PER_PAIR:
        return tuple(range(1, len(subsets_of(manifest)) + 1))
    names = (each.name for each in pod.containers(manifest))
    return tuple(sorted({_pair_number(name) for name in names if NUMBERED_HALF.fullmatch(name)}))


def plan_faults(manifest: Mapping[str, Any]) -> Iterator[Fault]:
    """Everything that stands between a manifest and its plan."""
    if manifest.get("kind", "Job") != "Job":
        yield Fault(("kind",), "It is not a Job.")
    by_name = {each.name: each for each in pod.all_containers(manifest)}
    apart = layout_of(manifest) is Layout.POD_PER_PAIR
    numbers = pair_numbers(manifest)
    if not numbers:
        missing = "agent has no value for ROUTES_SUBSETS" if apart else _NO_PAIR
        yield Fault((*pod.POD, "containers"), f"{missing}.")
    wanted = [f"{half}-{number}" for number in numbers for half in ("simulator", "agent")]
    wanted = ["simulator", "agent"] if apart else wanted
    for name in (*wanted, LOGCOPY, INIT):
        if name not in by_name:
            key = "initContainers" if name == INIT else "containers"
            yield Fault((*pod.POD, key), f"There is no container {name}.")
    for name in wanted:
        if name in by_name:
            yield from _half_faults(by_name[name])
    if LOGCOPY in by_name:
        yield from _logcopy_faults(by_name[LOGCOPY])
        yield from _size_faults(by_name[LOGCOPY], subsets_of(manifest))


def _half_faults(container: ContainerSpec) -> Iterator[Fault]:
    numbers = ["CARLA_PORT"]
    by_hand = OF_THE_PARTNER not in container.env_names
    if by_hand and "NVIDIA_VISIBLE_DEVICES" in container.env_names:
        numbers.insert(0, "NVIDIA_VISIBLE_DEVICES")
    if container.name.startswith("agent"):
        numbers.append("TRAFFIC_MANAGER_PORT")
        yield from _subset_faults(container)
    for name in numbers:
        yield from _number_faults(container, name)


def _subset_faults(container: ContainerSpec) -> Iterator[Fault]:
    name = SUBSET if NUMBERED_HALF.fullmatch(container.name) else SUBSETS
    if name not in container.env:
        yield Fault(container.place, f"{container.name} has no value for {name}.")
        return
    try:
        for subset in _told(container, name):
            parse_subset(subset)
    except InvalidInput as error:
        yield Fault(container.env_place(name), f"{error.what} {error.why}")


def _told(agent: ContainerSpec, name: str) -> list[str]:
    said = agent.env[name]
    return said.split(";") if name == SUBSETS else [said]


def _size_faults(logcopy: ContainerSpec, subsets: tuple[str, ...]) -> Iterator[Fault]:
    """Whoever shows a plan shows each of its drives: their number must be a sane one."""
    try:
        routes = sum(len(own or "?") for own in known_routes(subsets))
    except PlanError:
        return
    told = logcopy.env.get("REPETITIONS", "")
    repetitions = int(told) if _NUMBER.fullmatch(told) and told.isascii() else 1
    if routes * repetitions > MOST_DRIVES:
        what = f"{routes} routes times {repetitions} repetitions; {MOST_DRIVES} drives at most."
        yield Fault(logcopy.env_place("REPETITIONS"), what)


def _logcopy_faults(container: ContainerSpec) -> Iterator[Fault]:
    yield from _number_faults(container, "REPETITIONS")
    version = container.env.get("LEADERBOARD", "")
    if version not in names(LAUNCHED):
        place = container.env_place("LEADERBOARD")
        yield Fault(place, f"LEADERBOARD is {version!r}; {', '.join(names(LAUNCHED))} are known.")


def _number_faults(container: ContainerSpec, name: str) -> Iterator[Fault]:
    value = container.env.get(name)
    if value is None:
        yield Fault(container.place, f"{container.name} has no value for {name}.")
    elif not _NUMBER.fullmatch(value) or not value.isascii():
        yield Fault(container.env_place(name), f"{name} of {container.name} is no number.")


def _pair(number: int, by_name: Mapping[str, ContainerSpec]) -> PairPlan:
    simulator, agent = (half_of(by_name, half, number).env for half in ("simulator", "agent"))
    return PairPlan(
        number=number,
        gpu=_gpu(simulator) if f"simulator-{number}" in by_name else None,
        carla_port=int(simulator["CARLA_PORT"]),
        traffic_manager_port=int(agent["TRAFFIC_MANAGER_PORT"]),
        limits=_limits(simulator, agent),
    )


def _gpu(simulator: Mapping[str, str]) -> int | None:
    return int(told) if (told := simulator.get("NVIDIA_VISIBLE_DEVICES")) else None


def _limits(simulator: Mapping[str, str], agent: Mapping[str, str]) -> HangLimits:
    """0 turns one off, but for the boot's: nothing is as quick."""
    usual = HangLimits()
    return HangLimits(
        _limit(agent, "AGENT_IDLE_LIMIT", usual.idle) or None,
        _limit(agent, "TICK_LIMIT", usual.tick) or None,
        _limit(simulator, "BOOT_LIMIT", usual.boot) or 0.0,
    )


def _limit(env: Mapping[str, str], name: str, usual: float | None) -> float | None:
    said = env.get(name, "")
    known = len(said) <= _LONGEST_LIMIT and _LIMIT.fullmatch(said)
    return float(said) if known else usual


def _pair_number(name: str) -> int:
    return int(name.rpartition("-")[2])


def _backoff_limit(manifest: Mapping[str, Any]) -> int:
    apart = layout_of(manifest) is Layout.POD_PER_PAIR
    limit = pod.descend(manifest, ("spec", RESUMES if apart else "backoffLimit"))
    # 6 is what Kubernetes takes where a Job says nothing.
    return limit if isinstance(limit, int) and not isinstance(limit, bool) else 6
