"""Nodes that are not as they should be, as variants of the Python image by name: one that tells it.

`low-disk`: 1 GiB is free; `clock-ahead` and `clock-behind`: by ten minutes. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """What its description says and what its Python reads."""

    says: str
    env: dict[str, str]


VARIANTS = {
    "low-disk": Node("1 GiB of disk left", {"STANDIN_FREE_BYTES": str(1024**3)}),
    "clock-ahead": Node("a clock ten minutes ahead", {"STANDIN_CLOCK_SECONDS": "600"}),
    "clock-behind": Node("a clock ten minutes behind", {"STANDIN_CLOCK_SECONDS": "-600"}),
}
"""Tag -> node."""
