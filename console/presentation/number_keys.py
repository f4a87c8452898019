"""The order of texts with numbers in them: `#7` comes before `#10`. Pure."""

from __future__ import annotations

import re

_NUMBERS = re.compile(r"([0-9]+)")
_LONGEST = 30
"""Digits."""
NumberKey = tuple[tuple[bool, int, str], ...]


def number_key(text: str) -> NumberKey:
    """A key to sort by, of a text of any length: what is too long for a number stays a text."""
    return tuple(_part(each) for each in _NUMBERS.split(text) if each)


def _part(text: str) -> tuple[bool, int, str]:
    if text[0] in "0123456789" and len(text) <= _LONGEST:
        return False, int(text), text
    return True, 0, text
