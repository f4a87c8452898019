"""The keys of the monitor that choose a pair: one by one, by its number, or who needs a look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from console.tui.commands import Command
from console.tui.screens.digit_keys import by_digit
from console.tui.typed_number import DIGITS, TypedNumber, leads


class Monitor(Protocol):
    """What these keys ask of the screen."""

    numbers: tuple[int, ...]
    typed: TypedNumber

    @property
    def chosen(self) -> int:
        """The pair that has the focus."""
        ...

    def choose(self, number: int) -> None:
        """Give it the focus."""
        ...

    def in_need(self) -> tuple[int, ...]:
        """The pairs that somebody should look at."""
        ...

    def open_logs(self) -> None:
        """Of the chosen pair."""
        ...


def _by_digit(digit: int) -> Command:
    def reach(screen: Monitor, number: int) -> None:
        if number == digit == screen.chosen and not leads(digit, screen.numbers):
            screen.open_logs()
        screen.choose(number)

    told = "Focus that pair; again opens its agent's log"
    return by_digit(digit, told, lambda screen: screen.numbers, reach)


def _step(step: int) -> Callable[[Monitor], None]:
    def run(screen: Monitor) -> None:
        here = screen.numbers.index(screen.chosen)
        screen.choose(screen.numbers[(here + step) % len(screen.numbers)])

    return run


def _at(end: int) -> Callable[[Monitor], None]:
    return lambda screen: screen.choose(screen.numbers[end])


def _next_in_need(screen: Monitor) -> None:
    """In the order of their numbers, from the chosen one on and around."""
    wanted = screen.in_need()
    after = [number for number in wanted if number > screen.chosen]
    screen.choose((after or list(wanted))[0])


def _none_in_need(screen: Monitor) -> str:
    return "" if screen.in_need() else "No pair is failed, silent, slow or waits to restart."


CHOOSING = (
    Command(
        "in_need",
        "n",
        "Needs a look",
        "The next pair that failed, is silent or slow, or waits to restart",
        _next_in_need,
        _none_in_need,
        show=False,
        only_when_possible=True,
    ),
    Command("next_pair", "down", "Next pair", "Focus the next pair", _step(1), show=False),
    Command("pair_before", "up", "Pair before", "Focus the one before", _step(-1), show=False),
    Command("first_pair", "g,home", "First pair", "Focus the first pair", _at(0), show=False),
    Command("last_pair", "G,end", "Last pair", "Focus the last pair", _at(-1), show=False),
    *map(_by_digit, DIGITS),
)
