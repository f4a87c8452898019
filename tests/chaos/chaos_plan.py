"""What a seed means: which submissions are launched, and which faults hit them, in which order.

Pure. The same seed gives the same choices for ever; only the moments at which a fault meets its
victim belong to the machine.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

USUAL_PAIRS, ROUTES = 4, 20
VICTIMS = ("server", "evaluator", "simulator", "agent", "logcopy", "copier")
"""Processes of a pair (its two workloads, its two supervisors, the agent's `tee`), and logcopy."""

_KINDS = {"kill": 42, "stop": 24, "tear": 10, "late": 8, "both": 3, "pod": 3, "full": 5, "slow": 4}
_KINDS |= {"sandbox": 3, "node": 2, "api": 3}
_VICTIM_WEIGHTS = {"kill": (28, 24, 16, 16, 12, 4), "stop": (22, 20, 20, 20, 14, 4)}
_MEAN_PAUSE = 0.7
_STOPS = (0.2, 0.6, 1.5, 3.0, 6.0, 9.0, 14.0)
_ROUTE_ATTEMPTS = 3
"""What a drive gets where routes are given up."""
_WORLDS = (11, 29)
"""Seeds of the stand-in agents: few, for each needs an undisturbed run to compare with."""
_DOOMS = ((7,), (0, 14))


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong, `pause` seconds after the one before.

    kind: kill (SIGKILL), stop (SIGSTOP for `seconds`), tear (the checkpoint is cut at `share` and
    its evaluator killed, as a kill in the middle of a write does), late (a supervisor is killed
    and its successor held for `seconds`), both (both supervisors killed at once), pod (all
    processes of the pod killed at once), full and slow (the logs volume takes nothing, or
    answers nothing, for `seconds`), sandbox (the pod loses its sandbox: all is asked to stop and
    begins again), node (the same without a word), api (the cluster's daemon stands still for
    `seconds`).
    """

    number: int
    pause: float
    kind: str
    pair: int = 0
    victim: str = ""
    seconds: float = 0.0
    share: float = 0.0

    def __str__(self) -> str:
        words = [f"#{self.number} +{self.pause:.2f}s {self.kind}", self.victim]
        words.append(f"of pair {self.pair}" if self.pair else "")
        words.append(f"for {self.seconds:g}s" if self.seconds else "")
        words.append(f"at {self.share:.2f}" if self.kind == "tear" else "")
        return " ".join(word for word in words if word)


@dataclass(frozen=True, slots=True)
class World:
    """What is driven: the same world without faults gives the result to compare with."""

    leaderboard: str
    repetitions: int
    seed: int
    doomed: tuple[int, ...] = ()
    """Routes at which the server crashes every time."""
    attempts: int = 0
    """ROUTE_ATTEMPTS; 0: no route is given up."""
    pairs: int = USUAL_PAIRS
    """That share the routes out by count."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One launch and its faults. `cancelled`: it is cancelled `cancel_pause` seconds after the
    last of them; `second`: the faults of the submission that then goes on from it, if any."""

    number: int
    world: World
    pair_seconds: float
    faults: tuple[Fault, ...]
    cancelled: bool = False
    cancel_pause: float = 0.0
    second: tuple[Fault, ...] = ()


def submission(seed: int, number: int, most: int = 60, pairs: int = USUAL_PAIRS) -> Submission:
    """The submission of that number (from 0) of a seed, with at most `most` faults, and long
    enough for most of them."""
    dice = random.Random(f"chaos/{seed}/{number}")
    leaderboard = ("2.0", "1.0")[number % 2] if dice.random() < 0.8 else "2.0"
    world = World(leaderboard, dice.choice((1, 1, 2)), dice.choice(_WORLDS), pairs=pairs)
    if number % 4 == 1:
        world = replace(world, doomed=dice.choice(_DOOMS), attempts=_ROUTE_ATTEMPTS)
    seconds = world.repetitions * max(dice.uniform(0.3, 0.8) * most, 5.0)
    cancelled = number % 3 == 2
    count = dice.randrange(4, 16) if cancelled else most
    pace = dice.choice((0.5, 1.0, 1.0, 2.0))
    disk = not cancelled
    faults = tuple(_fault(dice, place, pace, disk, pairs) for place in range(count))
    found = Submission(number, world, round(seconds, 2), faults[:most], cancelled)
    if not cancelled:
        return found
    second = tuple(_fault(dice, place, pace, False, pairs) for place in range(most))
    return replace(found, cancel_pause=round(dice.uniform(0, 3), 2), second=second)


def _fault(dice: random.Random, number: int, pace: float, disk: bool, pairs: int) -> Fault:
    weights = dict(_KINDS)
    if not disk:
        del weights["full"], weights["slow"]
    kind = dice.choices(list(weights), list(weights.values()))[0]
    pause = round(min(dice.expovariate(1 / (_MEAN_PAUSE * pace)), 5.0), 2)
    pair, share, stopped = (
        dice.choice(range(1, pairs + 1)),
        round(dice.random(), 3),
        dice.choice(_STOPS),
    )
    half = dice.choice(("simulator", "agent"))
    if kind in _VICTIM_WEIGHTS:
        victim = dice.choices(VICTIMS, _VICTIM_WEIGHTS[kind])[0]
        where = 0 if victim == "logcopy" else pair
        return Fault(number, pause, kind, where, victim, stopped if kind == "stop" else 0.0)
    if kind == "tear":
        return Fault(number, pause, kind, pair, "evaluator", share=share)
    if kind == "late":
        return Fault(number, pause, kind, pair, half, seconds=min(stopped, 6.0))
    if kind in ("full", "slow", "api"):
        longest = 9.0 if kind == "full" else 6.0
        return Fault(number, pause, kind, seconds=min(stopped, longest))
    return Fault(number, pause, kind, pair if kind == "both" else 0)
