"""The pairs as a whole: ports, routes, and that both halves and logcopy mean the same.

All containers of a pod share one network, so what is fine for one pair can clash with another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from console.domain.routes import doubts, parse_subset, selection_faults
from console.domain.submission import (
    LOGCOPY,
    TRAFFIC_MANAGER_OFFSET,
    PairPlan,
    SubmissionPlan,
)
from console.specs.checks.findings import JobFinding, Severity
from console.specs.checks.gpus import check_gpus
from console.specs.plan import VERSION_LABEL, plan_faults, plan_of
from console.specs.pod import POD, ContainerSpec, containers, descend, mapping

MOST_REPETITIONS = 9999
"""logcopy takes a larger number for a mistake and counts one."""


def check_pairs(manifest: Mapping[str, Any]) -> Iterator[JobFinding]:
    """Findings about the plan; where it cannot be read, only what stands in the way."""
    faults = [JobFinding(fault.place, fault.what) for fault in plan_faults(manifest)]
    if faults:
        yield from faults
        return
    plan = plan_of(manifest)
    by_name = {each.name: each for each in containers(manifest)}
    for pair in plan.pairs:
        yield from _halves_agree(pair, by_name[pair.simulator], by_name[pair.agent])
    yield from check_gpus(plan, by_name, manifest)
    yield from _ports(plan, by_name)
    yield from _routes(plan, by_name)
    yield from _version(plan, manifest)
    yield from _order(plan, manifest)


def _halves_agree(
    pair: PairPlan, simulator: ContainerSpec, agent: ContainerSpec
) -> Iterator[JobFinding]:
    for half in (simulator, agent):
        if half.env.get("PAIR") != str(pair.number):
            what = f"PAIR of {half.name} is {half.env.get('PAIR')}, not {pair.number}."
            yield JobFinding(half.env_place("PAIR"), what)
    for name in ("NVIDIA_VISIBLE_DEVICES", "CARLA_PORT"):
        ours, theirs = simulator.env.get(name), agent.env.get(name)
        if ours != theirs:
            what = f"{name} is {ours} in {simulator.name}, but {theirs} in {agent.name}."
            yield JobFinding(agent.env_place(name), what)
    expected = pair.carla_port + TRAFFIC_MANAGER_OFFSET
    if pair.traffic_manager_port != expected:
        what = f"TRAFFIC_MANAGER_PORT of {agent.name} is {pair.traffic_manager_port}."
        fix = f"CARLA_PORT plus {TRAFFIC_MANAGER_OFFSET} is {expected}."
        yield JobFinding(agent.env_place("TRAFFIC_MANAGER_PORT"), what, fix)


def _ports(plan: SubmissionPlan, by_name: Mapping[str, ContainerSpec]) -> Iterator[JobFinding]:
    owners: dict[int, int] = {}
    for pair in plan.pairs:
        place = by_name[pair.simulator].env_place("CARLA_PORT")
        outside = [port for port in pair.ports if not 1024 <= port <= 65535]
        if outside:
            yield JobFinding(place, f"Pair {pair.number} has port {outside[0]}, not in 1024-65535.")
        clashes = [(port, owners[port]) for port in pair.ports if port in owners]
        if clashes:
            port, other = clashes[0]
            yield JobFinding(place, f"Pairs {other} and {pair.number} both listen on port {port}.")
        for port in pair.ports:
            owners.setdefault(port, pair.number)


def _routes(plan: SubmissionPlan, by_name: Mapping[str, ContainerSpec]) -> Iterator[JobFinding]:
    logcopy = by_name[LOGCOPY]
    subsets, repetitions = plan.drives.subsets, plan.drives.repetitions
    place = by_name[plan.pairs[0].agent].env_place("ROUTES_SUBSET")
    for fault in selection_faults(subsets):
        yield JobFinding(place, fault, "Each route belongs to one pair.")
    for doubt in doubts(subsets):
        yield JobFinding(place, doubt, "Each route belongs to one pair.", Severity.WARNING)
    for pair in plan.pairs:
        yield from _ranges_of_one(plan, pair, by_name[pair.agent])
    told = logcopy.env.get("ROUTES_SUBSETS")
    if told != plan.drives.joined:
        what = f"ROUTES_SUBSETS of logcopy is {told}, the agents have {plan.drives.joined}."
        yield JobFinding(logcopy.env_place("ROUTES_SUBSETS"), what)
    for pair in plan.pairs:
        agent = by_name[pair.agent]
        said = agent.env.get("REPETITIONS")
        if said != str(repetitions):
            what = f"REPETITIONS of {agent.name} is {said}, logcopy's is {repetitions}."
            yield JobFinding(agent.env_place("REPETITIONS"), what)
    if not 1 <= repetitions <= MOST_REPETITIONS:
        what = f"REPETITIONS is {repetitions}; 1 to {MOST_REPETITIONS} can be driven."
        yield JobFinding(logcopy.env_place("REPETITIONS"), what)


def _ranges_of_one(
    plan: SubmissionPlan, pair: PairPlan, agent: ContainerSpec
) -> Iterator[JobFinding]:
    """1.0 refuses them always, 2.0 in the commit that the public job image has."""
    leaderboard = plan.drives.leaderboard
    for part in parse_subset(plan.subsets[pair.number]).ranges_of_one:
        always = leaderboard.refuses_ranges_of_one
        who = f"Leaderboard {leaderboard}" if always else "The commit in the public 2.0 image"
        severity = Severity.ERROR if always else Severity.WARNING
        fix = f"Write {part.partition('-')[0]}."
        yield JobFinding(
            agent.env_place("ROUTES_SUBSET"), f"{who} refuses the range {part}.", fix, severity
        )


def _version(plan: SubmissionPlan, manifest: Mapping[str, Any]) -> Iterator[JobFinding]:
    for place in (("metadata", "labels"), ("spec", "template", "metadata", "labels")):
        said = mapping(descend(manifest, place)).get(VERSION_LABEL)
        if said != plan.drives.leaderboard.name:
            what = f"The label is {said}, LEADERBOARD of logcopy is {plan.drives.leaderboard}."
            yield JobFinding((*place, VERSION_LABEL), what)


def _order(plan: SubmissionPlan, manifest: Mapping[str, Any]) -> Iterator[JobFinding]:
    found = [each.name for each in containers(manifest) if each.name in plan.containers]
    if found != list(plan.containers):
        what = f"The containers are in the order {', '.join(found)}."
        yield JobFinding((*POD, "containers"), what, f"Wanted: {', '.join(plan.containers)}.")
