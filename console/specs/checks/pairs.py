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
    Layout,
    PairPlan,
    SubmissionPlan,
)
from console.specs.checks.findings import JobFinding, Severity
from console.specs.checks.gpus import check_gpus
from console.specs.document_places import Place
from console.specs.gpu_ways import TOLD_BY_HAND
from console.specs.plan import (
    NUMBERED_HALF,
    OF_THE_PARTNER,
    SUBSET,
    SUBSETS,
    VERSION_LABEL,
    half_of,
    plan_faults,
    plan_of,
)
from console.specs.pod import POD, ContainerSpec, all_containers, containers, descend, mapping

MOST_REPETITIONS = 9999
"""logcopy takes a larger number for a mistake and counts one."""


def check_pairs(manifest: Mapping[str, Any]) -> Iterator[JobFinding]:
    """Findings about the plan; where it cannot be read, only what stands in the way."""
    faults = [JobFinding(fault.place, fault.what) for fault in plan_faults(manifest)]
    if faults:
        yield from faults
        return
    plan = plan_of(manifest)
    by_name = {each.name: each for each in all_containers(manifest)}
    apart = plan.layout is Layout.POD_PER_PAIR
    # Of a pod for each pair there is one template, whose network no other pair shares.
    together = plan.part(plan.pairs[0].number) if apart else plan
    for pair in together.pairs:
        halves = (half_of(by_name, half, pair.number) for half in ("simulator", "agent"))
        yield from _halves_agree(pair, *halves)
    yield from check_gpus(together, by_name, manifest)
    yield from _ports(together, by_name)
    yield from _network(manifest)
    yield from _routes(plan, by_name)
    yield from _version(plan, manifest)
    if not apart:
        yield from _order(plan, manifest)


def _halves_agree(
    pair: PairPlan, simulator: ContainerSpec, agent: ContainerSpec
) -> Iterator[JobFinding]:
    for half in (simulator, agent):
        if NUMBERED_HALF.fullmatch(half.name) and half.env.get("PAIR") != str(pair.number):
            what = f"PAIR of {half.name} is {half.env.get('PAIR')}, not {pair.number}."
            yield JobFinding(half.env_place("PAIR"), what)
    follows = () if OF_THE_PARTNER in agent.env else (TOLD_BY_HAND,)
    for name in (*follows, "CARLA_PORT"):
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
        place = half_of(by_name, "simulator", pair.number).env_place("CARLA_PORT")
        outside = [port for port in pair.ports if not 1024 <= port <= 65535]
        if outside:
            yield JobFinding(place, f"Pair {pair.number} has port {outside[0]}, not in 1024-65535.")
        clashes = [(port, owners[port]) for port in pair.ports if port in owners]
        if clashes:
            port, other = clashes[0]
            yield JobFinding(place, f"Pairs {other} and {pair.number} both listen on port {port}.")
        for port in pair.ports:
            owners.setdefault(port, pair.number)


def _network(manifest: Mapping[str, Any]) -> Iterator[JobFinding]:
    """A pod has a network of its own, unless its spec says otherwise."""
    if descend(manifest, (*POD, "hostNetwork")) is True:
        what = "Its pods share their node's network, and the ports of all that runs there."
        fix = "Leave hostNetwork out, or have no other submission on that node."
        yield JobFinding((*POD, "hostNetwork"), what, fix, Severity.WARNING)


def _routes(plan: SubmissionPlan, by_name: Mapping[str, ContainerSpec]) -> Iterator[JobFinding]:
    logcopy = by_name[LOGCOPY]
    subsets, repetitions = plan.drives.subsets, plan.drives.repetitions
    agents = [half_of(by_name, "agent", pair.number) for pair in plan.pairs]
    place = _routes_place(agents[0])
    for fault in selection_faults(subsets):
        yield JobFinding(place, fault, "Each route belongs to one pair.")
    for doubt in doubts(subsets):
        yield JobFinding(place, doubt, "Each route belongs to one pair.", Severity.WARNING)
    for pair, agent in zip(plan.pairs, agents, strict=True):
        yield from _ranges_of_one(plan, pair, agent)
    told = logcopy.env.get("ROUTES_SUBSETS")
    if told != plan.drives.joined:
        what = f"ROUTES_SUBSETS of logcopy is {told}, the agents have {plan.drives.joined}."
        yield JobFinding(logcopy.env_place("ROUTES_SUBSETS"), what)
    for agent in agents:
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
        what = f"{who} refuses the range {part}."
        yield JobFinding(_routes_place(agent), what, fix, severity)


def _routes_place(agent: ContainerSpec) -> Place:
    return agent.env_place(SUBSET if NUMBERED_HALF.fullmatch(agent.name) else SUBSETS)


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
