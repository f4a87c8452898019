"""Whether each pair has a GPU of its own, as its two halves see it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from console.domain.preflight.checklist import (
    FAILS,
    OK,
    UNKNOWN,
    Judged,
    NodeFinding,
    SeenByHalves,
    Topic,
    together,
)
from console.domain.preflight.facts import NodeFact, ToldByContainers

_GPU_FIX = "See cluster.gpus: limits, claims or shared"


def gpus(seen: SeenByHalves) -> Iterator[NodeFinding]:
    """Each pair has one GPU, which both halves see and no other pair does."""
    wrong = list(_wrong_gpus(seen))
    yield from wrong
    users: dict[str, list[int]] = {}
    for pair in seen.plan.pairs:
        for uuid in dict.fromkeys(_uuids(seen, pair.simulator, pair.agent)):
            users.setdefault(uuid, []).append(pair.number)
    one = next((fact for fact in map(_gpu, seen.told.values()) if fact and fact.get("uuid")), None)
    if wrong or one is None:
        return
    kind = f"{one.get('name') or 'GPU'}, driver {one.get('driver') or '?'}"
    many = len(seen.plan.pairs)
    pairs = f"{many} pair{'' if many == 1 else 's'}"
    named = "; ".join(f"pair {', '.join(map(str, who))}: {uuid}" for uuid, who in users.items())
    yield NodeFinding(Topic.GPUS, OK, f"{len(users)} for {pairs} ({kind}): {named}")


def _wrong_gpus(seen: SeenByHalves) -> Iterator[NodeFinding]:
    halves = [half for pair in seen.plan.pairs for half in (pair.simulator, pair.agent)]
    lost = {half: _lost(seen.of(half)) for half in halves if seen.told}
    yield from together(Topic.GPUS, lost)
    first: dict[str, int] = {}
    for pair in seen.plan.pairs:
        uuids = _uuids(seen, pair.simulator, pair.agent)
        if len(set(uuids)) > 1:
            text = f"pair {pair.number}: its halves are on different GPUs: {', '.join(uuids)}"
            yield NodeFinding(Topic.GPUS, FAILS, text, _GPU_FIX)
            continue
        for uuid in dict.fromkeys(uuids):
            other = first.setdefault(uuid, pair.number)
            shared = (fact := _gpu(seen.of(pair.simulator))) and fact.get("shared") == "yes"
            if other != pair.number and not shared:
                text = f"pair {pair.number}: pair {other} is on its GPU, {uuid}"
                yield NodeFinding(Topic.GPUS, FAILS, text, _GPU_FIX)


def _lost(told: ToldByContainers) -> Judged | None:
    if text := told.value("lost", "text"):
        return FAILS, text, _GPU_FIX
    fact = _gpu(told)
    if fact is None or not fact.get("uuid"):
        return UNKNOWN, "it cannot tell which GPU it sees", ""
    return None


def _gpu(told: ToldByContainers) -> NodeFact | None:
    return told.fact("gpu")


def _uuids(seen: SeenByHalves, *halves: str) -> list[str]:
    found = (seen.of(half).value("gpu", "uuid") for half in halves)
    return [uuid for uuid in found if uuid]
