"""Kubernetes quantities (`500m`, `2Gi`, `1e3`) as exact numbers."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?")
_SUFFIXES = {
    "": Fraction(1),
    "n": Fraction(1, 10**9),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 1000),
    **{suffix: Fraction(1000**power) for power, suffix in enumerate("kMGTPE", start=1)},
    **{f"{suffix}i": Fraction(1024**power) for power, suffix in enumerate("KMGTPE", start=1)},
}
# Texts come from anybody: beyond these an exact number would cost memory and time without bound.
_MOST_DIGITS = 100
_LARGEST_EXPONENT = 30


def is_quantity(value: Any) -> bool:
    """Whether the API would read this as a quantity."""
    number = isinstance(value, int | float | str) and not isinstance(value, bool)
    return number and _QUANTITY.fullmatch(str(value)) is not None


def amount(quantity: Any) -> Fraction | None:
    """The number that a quantity stands for; None where it is none (`1GB`, `two`)."""
    if isinstance(quantity, bool) or not isinstance(quantity, int | float | str):
        return None
    match = _QUANTITY.fullmatch(str(quantity))
    if match is None or len(match[1]) > _MOST_DIGITS:
        return None
    number, exponent, suffix = match.groups()
    if exponent is None:
        return Fraction(number.rstrip(".")) * _SUFFIXES[suffix or ""]
    return Fraction(number.rstrip(".")) * Fraction(10) ** _bounded(exponent)


def _bounded(exponent: str) -> int:
    # Four digits are beyond any bound already; int() itself refuses thousands of them.
    size = int(exponent.lstrip("+-")[:4])
    return min(size, _LARGEST_EXPONENT) * (-1 if exponent.startswith("-") else 1)
