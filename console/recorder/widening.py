"""A regular expression of Python's as one that the scanner takes: whatever the first finds in a
line, the second finds there too, and perhaps more. Pure.

Made from `re`'s own reading of the pattern, so that no dialect can come between: each byte that may
stand at a place is written out, and never a newline. What the scanner has not, and what means
something else where the line is not alone, is left out or widened; repetitions at both ends shrink
to what they must have, or each longer match would be told. Knows no scanner and no log.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_Items = list[tuple[Any, Any]]
"""Of `re`'s tree: a name of an operation, and what it has."""
_NEWLINE = ord("\n")
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_PLACES = {"AT_END": "$", "AT_END_STRING": "$", "AT_BOUNDARY": r"\b", "AT_NON_BOUNDARY": r"\B"}
"""A text begins behind its stamp: what asks for its beginning is left out."""
_BYTES = [bytes([each]) for each in range(256)]
_CATEGORIES = {
    f"CATEGORY_{name}": {b[0] for b in _BYTES if re.match(escape, b)}
    for name, escape in (
        *(("DIGIT", rb"\d"), ("SPACE", rb"\s"), ("WORD", rb"\w")),
        *(("NOT_DIGIT", rb"\D"), ("NOT_SPACE", rb"\S"), ("NOT_WORD", rb"\W")),
    )
}


class _NotWidened(Exception):
    """Nothing that could be written is sure to find as much."""


def literal(pattern: bytes) -> bytes | None:
    """What it is word for word; None for a pattern that is more than a word."""
    items = list(_parser.parse(pattern))
    plain = all(op.name == "LITERAL" for op, _ in items)
    return bytes(each for _, each in items) if plain and items else None


def widened(pattern: bytes, *, ignore_case: bool) -> bytes | None:
    """None where nothing is gained: it may match no byte at all, or cannot be written so."""
    tree = _parser.parse(pattern, re.IGNORECASE if ignore_case else 0)
    flags, (least, _) = tree.state.flags, tree.getwidth()
    if not least or flags & re.LOCALE:
        return None
    try:
        return _sequence(_core(list(tree)), bool(flags & re.IGNORECASE)).encode()
    except _NotWidened:
        return None


def _core(items: _Items) -> _Items:
    """Without what may be longer or missing at an end, and as much is found."""
    for end in (-1, 0):
        while items and _loose(items[end]):
            op, held = items.pop(end)
            if op.name in _REPEATS and held[0]:
                items.insert(len(items) if end else 0, (op, (held[0], held[0], held[2])))
    return items


def _loose(item: tuple[Any, Any]) -> bool:
    op, held = item
    if op.name in _REPEATS:
        return bool(held[0] != held[1] or not held[0])
    return op.name == "AT" and held.name not in _PLACES


def _sequence(items: Iterable[tuple[Any, Any]], fold: bool) -> str:
    return "".join(_written(op.name, held, fold) for op, held in items)


def _written(name: str, held: Any, fold: bool) -> str:
    match name:
        case "LITERAL" | "NOT_LITERAL" | "ANY" | "IN":
            return _set(_members(name, held, fold))
        case "AT":
            return _PLACES.get(held.name, "")
        case "ASSERT" | "ASSERT_NOT":
            return ""
        case "GROUPREF":
            return r"[^\n]*"
        case _:
            return _group(name, held, fold)


def _group(name: str, held: Any, fold: bool) -> str:
    match name:
        case "SUBPATTERN":
            _, more, less, body = held
            fold = bool((fold or more & re.IGNORECASE) and not less & re.IGNORECASE)
            return f"(?:{_sequence(body, fold)})"
        case "ATOMIC_GROUP":
            return f"(?:{_sequence(held, fold)})"
        case "BRANCH":
            return f"(?:{'|'.join(_sequence(each, fold) for each in held[1])})"
        case "GROUPREF_EXISTS":
            return f"(?:{'|'.join(_sequence(each or (), fold) for each in held[1:])})"
        case _ if name in _REPEATS:
            least, most, body = held
            upper = "" if most == _parser.MAXREPEAT else int(most)
            return f"(?:{_sequence(body, fold)}){{{least},{upper}}}"
        case _:
            raise _NotWidened


def _members(name: str, held: Any, fold: bool) -> set[int]:
    """The bytes that may stand there."""
    match name:
        case "ANY":
            return set(range(256))
        case "LITERAL":
            return _folded({held}, fold)
        case "NOT_LITERAL":
            return set(range(256)) - _folded({held}, fold)
    negated = held[0][0].name == "NEGATE"
    members = _folded({each for part in held[negated:] for each in _part(*part)}, fold)
    return set(range(256)) - members if negated else members


def _part(op: Any, held: Any) -> Iterable[int]:
    match op.name:
        case "LITERAL":
            return (held,)
        case "RANGE":
            return range(held[0], held[1] + 1)
        case "CATEGORY" if held.name in _CATEGORIES:
            return _CATEGORIES[held.name]
        case _:
            raise _NotWidened


def _folded(members: set[int], fold: bool) -> set[int]:
    """Each with its other case."""
    if not fold:
        return members
    lower = b"".join(_BYTES[each] for each in members).lower()
    return {each[0] for each in _BYTES if each.lower() in lower}


def _set(members: set[int]) -> str:
    found = sorted(members - {_NEWLINE})
    if not found:
        raise _NotWidened
    runs = [[n for _, n in run] for _, run in groupby(enumerate(found), lambda x: x[1] - x[0])]
    spans = (rf"\x{run[0]:02x}-\x{run[-1]:02x}" for run in runs)
    return f"[{''.join(spans)}]"
