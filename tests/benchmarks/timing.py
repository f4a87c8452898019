"""How long programs take, side by side: in turns, so that all see the same machine.

The shortest of some runs, and the CPU time with all children: on a busy machine only that compares.
"""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

RUNS = 7


@dataclass(frozen=True)
class Took:
    """Milliseconds."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.wall:,.0f} ms, CPU {self.cpu:,.0f} ms"


def in_turns(
    commands: Mapping[str, Sequence[str]],
    *,
    runs: int = RUNS,
    environment: Mapping[str, str] | None = None,
) -> dict[str, Took]:
    """Each command's least wall time and least CPU time."""
    found: dict[str, list[Took]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            found[name].append(_once(command, {**os.environ, **(environment or {})}))
    return {
        name: Took(min(each.wall for each in took), min(each.cpu for each in took))
        for name, took in found.items()
    }


def _once(command: Sequence[str], environment: Mapping[str, str]) -> Took:
    before, began = _cpu(), time.perf_counter()
    subprocess.run(
        command,
        check=True,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return Took((time.perf_counter() - began) * 1e3, (_cpu() - before) * 1e3)


def _cpu() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
