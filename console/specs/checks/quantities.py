"""Kubernetes quantities (`500m`, `2Gi`, `1e3`) as exact numbers."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

_QUANTITY = re.compile(r"([+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30}))([eE][+-]?\d{1,3}|[A-Za-z]*)")
_SUFFIXES = {
    "": Fraction(1),
    "n": Fraction(1, 10**9),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 1000),
    **{suffix: Fraction(1000**power) for power, suffix in enumerate("kMGTPE", start=1)},
    **{f"{suffix}i": Fraction(1024**power) for power, suffix in enumerate("KMGTPE", start=1)},
}


def amount(quantity: Any) -> Fraction | None:
    """The number that a quantity stands for; None where it is none (`1GB`, `two`)."""
    if isinstance(quantity, bool) or not isinstance(quantity, int | float | str):
        return None
    match = _QUANTITY.fullmatch(str(quantity))
    if match is None:
        return None
    number, suffix = match.groups()
    if suffix in _SUFFIXES:
        return Fraction(number.rstrip(".")) * _SUFFIXES[suffix]
    if suffix[:1] in ("e", "E") and suffix[1:]:
        return Fraction(number.rstrip(".")) * Fraction(10) ** int(suffix[1:])
    return None
