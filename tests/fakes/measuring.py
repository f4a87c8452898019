"""Coverage of processes that get an environment of their own, and nothing of ours."""

from __future__ import annotations

import os


def measured() -> dict[str, str]:
    """What tells a Python of ours to measure itself; empty where nothing is measured."""
    return {name: text for name, text in os.environ.items() if name.startswith("COVERAGE_")}


def cpu_seconds(plain: float) -> float:
    """A limit of what the processor does; counting each line that runs costs a few times as much."""
    return plain * 4 if measured() else plain
