"""The keys of the monitor that choose a pair: one by one, by its number, or who needs a look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Protocol

from console.tui.commands import Command

DIGITS = range(1, 11)
"""Numbers that a key of their own reaches; 0 is the tenth."""
TOGETHER = 1.0
"""Seconds between two digits of one number."""


class TypedNumber:
    """Digits that are typed one after the other are one number, where a pair has that."""

    def __init__(self) -> None:
        self._before = ""
        self._at = 0.0

    def typed(self, digit: int, at: float, numbers: Sequence[int]) -> int | None:
        """The pair that is meant; None while no pair has what was typed so far."""
        before = self._before if at - self._at <= TOGETHER else ""
        both = f"{before}{digit % 10}"
        meant = int(both) if int(both) in numbers and before else digit
        self._before = "" if meant != digit else f"{digit % 10}"
        self._at = at
        return meant if meant in numbers else None


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


def _leads(digit: int, numbers: Sequence[int]) -> bool:
    """Whether a number begins with it."""
    return any(f"{number}".startswith(f"{digit}") for number in numbers)


def _by_digit(digit: int) -> Command:
    def run(screen: Monitor) -> None:
        number = screen.typed.typed(digit, monotonic(), screen.numbers)
        if number is None:
            return
        if number == digit == screen.chosen:
            screen.open_logs()
        screen.choose(number)

    def missing(screen: Monitor) -> str:
        there = digit in screen.numbers or _leads(digit, screen.numbers)
        # A zero that ends a number leads none.
        ends = digit == DIGITS[-1] and screen.numbers[-1] >= digit
        return "" if there or ends else f"There is no pair {digit}."

    name, text = f"Pair {digit}", f"Focus pair {digit}; again opens its agent's log"
    return Command(
        f"pair{digit}",
        str(digit % 10),
        name,
        f"{text}. 1 6: pair 16" if digit == 1 else text,
        run,
        missing,
        show=False,
        only_when_possible=True,
    )


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
