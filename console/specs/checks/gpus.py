"""That each pair gets a GPU of its own, whichever way its Job asks for one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from console.domain.submission import PairPlan, SubmissionPlan
from console.kubernetes_grammar.object_rules import is_device
from console.kubernetes_grammar.quantities import amount
from console.specs.checks.findings import JobFinding
from console.specs.document_places import Place
from console.specs.gpu_ways import TOLD_BY_HAND
from console.specs.plan import OF_THE_PARTNER, half_of
from console.specs.pod import ContainerSpec, descend, items, mapping, pod_spec

GPU = "nvidia.com/gpu"
_LIMITS = ("resources", "limits")


def check_gpus(
    plan: SubmissionPlan, by_name: Mapping[str, ContainerSpec], manifest: Mapping[str, Any]
) -> Iterator[JobFinding]:
    """Findings about how the halves ask for their GPUs."""
    made = {str(each.get("name")) for each in items(pod_spec(manifest).get("resourceClaims"))}
    told: dict[int, str] = {}
    claimed: dict[str, int] = {}
    for pair in plan.pairs:
        simulator, agent = (half_of(by_name, role, pair.number) for role in ("simulator", "agent"))
        if pair.gpu is not None:
            yield from _told_by_hand(plan, pair, pair.gpu, simulator, told)
        elif claims := _claims(simulator):
            yield from _claimed(pair, claims, simulator, agent, made, claimed)
        else:
            alone = (simulator,) if OF_THE_PARTNER in agent.env else (simulator, agent)
            yield from (found for half in alone for found in _one_limit(half))


def _told_by_hand(
    plan: SubmissionPlan, pair: PairPlan, gpu: int, simulator: ContainerSpec, told: dict[int, str]
) -> Iterator[JobFinding]:
    place = simulator.env_place(TOLD_BY_HAND)
    if gpu in told:
        yield JobFinding(place, f"{simulator.name} and {told[gpu]} have GPU {gpu}.")
    told.setdefault(gpu, simulator.name)
    if gpu >= len(plan.pairs):
        what = f"{simulator.name} sees GPU {gpu}; {len(plan.pairs)} pairs have"
        yield JobFinding(place, f"{what} 0 to {len(plan.pairs) - 1}.")
    yield from _one_limit(simulator)


def _claimed(
    pair: PairPlan,
    claims: tuple[str, ...],
    simulator: ContainerSpec,
    agent: ContainerSpec,
    made: set[str],
    claimed: dict[str, int],
) -> Iterator[JobFinding]:
    place: Place = (*simulator.place, "resources", "claims")
    if _claims(agent) != claims:
        theirs = ", ".join(_claims(agent)) or "none"
        what = f"{simulator.name} has the claim {', '.join(claims)}, {agent.name} has {theirs}."
        yield JobFinding(place, what, "Both halves of a pair share one claim.")
    for claim in claims:
        if claim not in made:
            yield JobFinding(place, f"The pod has no claim {claim} among its resourceClaims.")
        if claim in claimed:
            yield JobFinding(
                place, f"Pairs {claimed[claim]} and {pair.number} have the claim {claim}."
            )
        claimed.setdefault(claim, pair.number)


def _claims(half: ContainerSpec) -> tuple[str, ...]:
    asked = mapping(half.content.get("resources")).get("claims")
    return tuple(str(each.get("name")) for each in items(asked))


def _one_limit(half: ContainerSpec) -> Iterator[JobFinding]:
    """A GPU is an extended resource of its driver's: only those have a slash in their name."""
    limits = mapping(descend(half.content, _LIMITS))
    name = next((key for key in limits if is_device(key)), GPU)
    if amount(limits.get(name)) != 1:
        what = f"{half.name} needs a limit of one {name}."
        yield JobFinding((*half.place, *_LIMITS, name), what)
