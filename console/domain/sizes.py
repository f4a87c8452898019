"""Numbers of bytes in words, and words as numbers of bytes. Pure.

Decimal, as disks are sold and as a quantity without an `i` is read.
"""

from __future__ import annotations

import re

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")
_STEP = 1000
_WRITTEN = re.compile(r"(\d{1,12}(?:\.\d{1,6})?) ?([kKMGTP]?)(i?)B?", re.ASCII)


def in_words(count: int) -> str:
    """`0 B`, `999 B`, `1.2 kB`, `34 MB`, `1.5 GB`: two figures while they are small."""
    value, unit = float(max(count, 0)), 0
    while round(value, 1 if value < 10 else 0) >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    if unit and round(value, 1) < 10:
        return f"{value:.1f} {_UNITS[unit]}"
    return f"{value:.0f} {_UNITS[unit]}"


def in_bytes(text: str) -> int | None:
    """`500MB`, `20 GB`, `1.5G`, `2Gi`, `1048576`; None for what is no size."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        return None
    power = "kMGTP".find(found[2].replace("K", "k")) + 1 if found[2] else 0
    return int(float(found[1]) * (1024 if found[3] else _STEP) ** power)
