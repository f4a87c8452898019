"""Which pair is meant by digits that are typed one after the other. Knows no screen."""

from __future__ import annotations

from collections.abc import Sequence

DIGITS = range(1, 11)
"""Numbers that a key of their own reaches; 0 is the tenth."""
TOGETHER = 1.0
"""Seconds between two digits of one number."""


class TypedNumber:
    """Two digits within a second are one number, where a pair has that."""

    def __init__(self) -> None:
        self._before = ""
        self._at = 0.0

    def typed(self, digit: int, at: float, numbers: Sequence[int]) -> int | None:
        """The pair that is meant; None while no pair has what was typed so far."""
        before = self._before if at - self._at <= TOGETHER else ""
        both = int(f"{before}{digit % 10}")
        meant = both if before and both in numbers else digit
        self._before = f"{digit % 10}" if meant == digit else ""
        self._at = at
        return meant if meant in numbers else None


def leads(digit: int, numbers: Sequence[int]) -> bool:
    """Whether a longer number begins with it."""
    return any(number > digit and f"{number}".startswith(f"{digit}") for number in numbers)


def none_begins(digit: int, numbers: Sequence[int]) -> str:
    """Why that key reaches none; empty where it does, or begins or ends a number."""
    ends = digit == DIGITS[-1] and any(number >= digit for number in numbers)
    there = digit in numbers or ends or leads(digit, numbers)
    return "" if there else f"There is no pair {digit}."
