"""Pairs that cannot drive on the GPUs they have: none, two for one pair, one for two pairs. Pure.

The supervisors stop such a pair before it drives; this says so for all pairs together, also where
a pair was late or GPUs are shared, which stops nobody. What a half could not tell proves nothing.
"""

from __future__ import annotations

from console.results.report import Problem
from console.workers.pair_words import ROLES
from console.workers.status_files import Gpu, PairsStatus

KIND = "gpu"
FOLLOWS = ("the simulator says", "the agent says")


def gpu_faults(status: PairsStatus) -> list[Problem]:
    """One problem for each fault that the halves' own words prove."""
    stopped = {pair for (pair, _), half in status.halves.items() if half.gpu_fault}
    told = _by_pair(status)
    found = [_said(status, pair) for pair in sorted(stopped)]
    found += [_differ(pair, told[pair]) for pair in sorted(set(told) - stopped)]
    found += [_elsewhere(pair, status) for pair in sorted(set(told) - stopped)]
    return [fault for fault in found if fault] + _on_one(told, stopped)


def _by_pair(status: PairsStatus) -> dict[int, dict[str, Gpu]]:
    told: dict[int, dict[str, Gpu]] = {}
    for (pair, role), half in status.halves.items():
        if half.gpu is not None:
            told.setdefault(pair, {})[role] = half.gpu
    return told


def _said(status: PairsStatus, pair: int) -> Problem | None:
    """What the half found that stopped the pair; the other one only follows it."""
    halves = [(role, status.half(pair, role)) for role in ROLES]
    said = [(role, half.gpu_fault) for role, half in halves if half.gpu_fault]
    own = [each for each in said if not each[1].startswith(FOLLOWS)] or said
    role, words = own[0]
    return Problem(KIND, pair, f"pair {pair} is stopped before it drives: {role}-{pair}: {words}")


def _differ(pair: int, halves: dict[str, Gpu]) -> Problem | None:
    simulator, agent = (halves[role].uuid if role in halves else None for role in ROLES)
    if not simulator or not agent or simulator == agent:
        return None
    text = f"pair {pair}: its halves are on different GPUs, {simulator} and {agent}"
    return Problem(KIND, pair, text)


def _elsewhere(pair: int, status: PairsStatus) -> Problem | None:
    """The words name no figure: they are one problem for as long as it lasts."""
    half = status.half(pair, "simulator")
    if half.gpu_use is None or not half.gpu_use.elsewhere or (half.at_rest and not half.done):
        return None
    own = half.gpu.uuid if half.gpu else None
    # What a pair has driven so is its result: that stays to be known.
    draws = "drew" if half.done else "draws"
    where = f"pair {pair}: its simulator {draws} on another GPU than its own"
    return Problem(KIND, pair, f"{where}, {half.gpu_use.elsewhere} instead of {own or '?'}")


def _on_one(told: dict[int, dict[str, Gpu]], stopped: set[int]) -> list[Problem]:
    """Pairs that go on and meet on a GPU, unless GPUs are shared on purpose."""
    pairs: dict[str, set[int]] = {}
    for pair, halves in told.items():
        if pair in stopped:
            continue
        for gpu in halves.values():
            if gpu.uuid and not gpu.shared:
                pairs.setdefault(gpu.uuid, set()).add(pair)
    return [
        Problem(KIND, max(hit), f"pairs {_names(hit)} are on one GPU, {uuid}")
        for uuid, hit in sorted(pairs.items())
        if len(hit) > 1
    ]


def _names(pairs: set[int]) -> str:
    numbers = [str(number) for number in sorted(pairs)]
    return f"{', '.join(numbers[:-1])} and {numbers[-1]}"
