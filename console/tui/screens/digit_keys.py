"""The keys 1 to 0 on each screen that has pairs: which of them is reached, and what is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

from console.tui.commands import Command
from console.tui.typed_number import none_begins

Screen = Any
"""With `typed`, the digits so far."""


def by_digit(
    digit: int,
    told: str,
    numbers: Callable[[Screen], Sequence[int]],
    reach: Callable[[Screen, int], None],
) -> Command:
    """`told`: the same of each digit. `reach` goes to the pair that was meant; `numbers` are those
    that there are."""

    def run(screen: Screen) -> None:
        number = screen.typed.typed(digit, monotonic(), numbers(screen))
        if number is not None:
            reach(screen, number)

    return Command(
        f"pair{digit}",
        str(digit % 10),
        f"Pair {digit}",
        f"{told}; 1 and 6 are pair 16",
        run,
        lambda screen: none_begins(digit, numbers(screen)),
        show=False,
        only_when_possible=True,
    )
