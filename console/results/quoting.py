"""Foreign text and values in a message: printable, bounded, never repaired.

Knows how a thing that is wrong is told, not what is wrong.
"""

from __future__ import annotations

import itertools
import re

from console.results import jsontext
from console.results.named_tuple import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

_CONTROL = "[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
"""None of them is printable to Python, whose own question takes a fraction of the time. Nor is the
pattern compiled before some text needs it: that takes as long as reading a partial."""
LONGEST_PROBLEM = 600
"""Characters of one problem: a file's name, the names of some drives and a value have room."""
_LONGEST_VALUE = 60
_LARGEST_VALUE = 20
"""Parts of a list or object that is shown; a larger one is told by its size."""


class Missing:
    """Stands for the value of a key that is not there."""


MISSING = Missing()


def holds_control(text: str) -> bool:
    """Whether a text holds a control character, or one that changes the direction of reading."""
    return not text.isprintable() and re.search(_CONTROL, text) is not None


def printable(text: str, limit: int = 200) -> str:
    """Foreign text for a message: control characters shown as `?`, cut at `limit`."""
    cut = text[:limit]
    clean = cut if cut.isprintable() else re.sub(_CONTROL, "?", cut)
    return clean if len(text) <= limit else clean + "..."


def shown(value: Any) -> str:
    """A foreign value as JSON has it, cut; `missing` where there is none."""
    if value is MISSING:
        return "missing"
    if isinstance(value, str):
        return printable(repr(value[: _LONGEST_VALUE + 1]), _LONGEST_VALUE)
    if isinstance(value, (dict, list)) and _parts(value) > _LARGEST_VALUE:
        what = "a list" if isinstance(value, list) else "an object"
        return f"{what} with {len(value)} entries"
    return printable(jsontext.compact(value), _LONGEST_VALUE)


def wrong(field: str, value: Any, expected: str) -> str:
    """A field with its value and its limit, as every problem tells them."""
    return f"{field} is {shown(value)}, expected {expected}"


def _parts(value: Any) -> int:
    """How many values there are in one, at least; counting stops when there are too many."""
    number, waiting = 0, [value]
    while waiting and number <= _LARGEST_VALUE:
        part = waiting.pop()
        number += 1
        if isinstance(part, (dict, list)):
            inner = part.values() if isinstance(part, dict) else part
            waiting.extend(itertools.islice(inner, _LARGEST_VALUE + 1))
    return number
