"""JSON text as the Leaderboard writes it, and a bounded way to read JSON that nobody vouches for.

Knows nothing of files or of what a checkpoint means.
"""

from __future__ import annotations

import json
from collections import Counter
from json.encoder import encode_basestring_ascii as quoted
from math import isfinite, isinf

from console.results.named_tuple import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, Iterator

SIZE_LIMIT = 50 * 1024 * 1024
"""Bytes of a partial; a real one of 25 records has less than one of these fifty megabytes, unless
its agent met with infractions by the thousand."""
_INDENT = 4 * " "
_APART = 3
"""Levels above a record of a checkpoint."""
_CONTAINER_LIMIT = 100_000
_NAME_LIMIT = 500_000
_SEPARATOR_LIMIT = 4_000_000
"""A message of an infraction has sixty characters or more, and two or three commas."""
_DIGITS_LIMIT = 40
_QUOTED_IN_A_PROBLEM = 40


class UnreadableJson(ValueError):
    """The text is not JSON (any more): cut, empty or not JSON at all."""


class HostileJson(ValueError):
    """The text is JSON, or may be, but asks for more than any checkpoint needs."""


def indented(document: Any, *, sort_keys: bool) -> str:
    """The text of a document: four blanks, ASCII only, no newline at the end."""
    return "".join(_pieces(document, "\n", sort_keys, _APART))


def _pieces(part: Any, gap: str, sort_keys: bool, levels: int) -> Iterator[str]:
    """The text of a part, record by record: put together level by level, nearly all of it would
    be copied at each, and memory that is new costs more than what is written into it.
    """
    if not levels or not part or not isinstance(part, (dict, list)):
        yield _text(part, gap, sort_keys)
        return
    inside = gap + _INDENT
    begin, end = "{}" if isinstance(part, dict) else "[]"
    if isinstance(part, dict):
        items = sorted(part.items()) if sort_keys else part.items()
        parts = [(f"{inside}{quoted(name)}: ", each) for name, each in items]
    else:
        parts = [(inside, each) for each in part]
    for before, each in parts:
        yield begin + before
        yield from _pieces(each, inside, sort_keys, levels - 1)
        begin = ","
    yield gap + end


def _text(part: Any, gap: str, sort_keys: bool) -> str:
    """What `json` writes, which passes each word of an indented text through a generator for
    each level above it: an eighth of a merge. `gap`: what stands before the part's last sign.
    """
    kind = type(part)
    if kind is str:
        return quoted(part)
    if kind is int or (kind is float and isfinite(part)):
        return repr(part)
    inside = gap + _INDENT
    if isinstance(part, dict):
        items = sorted(part.items()) if sort_keys else part.items()
        texts = [f"{quoted(name)}: {_text(each, inside, sort_keys)}" for name, each in items]
        return f"{{{inside}{f',{inside}'.join(texts)}{gap}}}" if texts else "{}"
    if isinstance(part, (list, tuple)):
        texts = [
            quoted(each) if type(each) is str else _text(each, inside, sort_keys) for each in part
        ]
        return f"[{inside}{f',{inside}'.join(texts)}{gap}]" if texts else "[]"
    return json.dumps(part)


def compact(document: Any) -> str:
    """One line of ASCII without blanks."""
    return json.dumps(document, separators=(",", ":"))


def bounded(text: str, *, partials: int = 1) -> Any:
    """The value of a text from an untrusted writer, which holds as much as so many partials.

    Raises UnreadableJson (nothing, cut, broken) or HostileJson (too big, too deep, a key twice, a
    number that no evaluator writes). The counts come before the parser: it would need 20 times
    the text.
    """
    if len(text) > SIZE_LIMIT * partials:
        raise HostileJson(f"is larger than {SIZE_LIMIT * partials} bytes")
    counted = (
        (text.count("{") + text.count("["), _CONTAINER_LIMIT),
        (text.count(":"), _NAME_LIMIT),
        (text.count(","), _SEPARATOR_LIMIT),
    )
    if any(number > most * partials for number, most in counted):
        raise HostileJson("holds more values than any checkpoint")
    try:
        return json.loads(
            text,
            parse_constant=_no_constant,
            parse_int=_short_int,
            parse_float=_finite,
            object_pairs_hook=_each_key_once,
        )
    except json.JSONDecodeError as broken:
        raise UnreadableJson(f"is not JSON: {broken}") from broken
    except RecursionError as deep:
        raise HostileJson("is nested too deeply") from deep


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """One reader takes the first of two values under a name, another the last: neither counts."""
    found = dict(pairs)
    if len(found) < len(pairs):
        counted = Counter(name for name, _ in pairs)
        twice = next(name for name, times in counted.items() if times > 1)
        raise HostileJson(f"has the key {twice[:_QUOTED_IN_A_PROBLEM]!a} twice")
    return found


def _no_constant(word: str) -> float:
    raise HostileJson(f"holds the number {word}")


def _short_int(digits: str) -> int:
    if len(digits) > _DIGITS_LIMIT:
        raise HostileJson(f"holds an integer of {len(digits)} digits")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if isinf(number):
        raise HostileJson(f"holds the number {digits[:_QUOTED_IN_A_PROBLEM]}")
    return number
