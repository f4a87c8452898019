"""A template in kubectl's JSONPath as a value. Pure; what it cannot read raises InvalidInput."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from console.cli.jsonpath.steps import Deep, Every, Key, Slice, Step, Where
from console.cli.quoted_text import unquoted
from console.errors import InvalidInput

UNDERSTOOD = (
    "Understood are .key, ..key, ['key'], [0], [0:3], [*], [?(@.key==\"text\")] with ==, !=, <,"
    ' <=, >, >=, {"text\\n"}, and {range [*]} ... {end}.'
)
_QUOTED = r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'"""
# Braces within quotes are text, and end nothing.
_ACTION = re.compile(rf"\{{((?:{_QUOTED}|[^{{}}\"'])*)\}}")
_NAME = r"(?:[\w-]|\\.)+"
_STEP = re.compile(
    rf"""
      \.\.(?P<deep>{_NAME}) | \.?\[\*\] | \.\* | \.(?P<key>{_NAME})
    | \[ (?P<quoted>{_QUOTED}) \]
    | \[ (?P<index>-?\d{{1,9}}) \]
    | \[ (?P<begin>-?\d{{0,9}}) : (?P<end>-?\d{{0,9}}) (?: : (?P<stride>[1-9]\d{{0,8}})? )? \]
    | \[\?\( \s* (?P<where>@(?:{_QUOTED}|[^"'()])*) \s* \)\]
    """,
    re.VERBOSE,
)
_COMPARISON = re.compile(
    rf"(?P<path>@[^=!<>\s]*)\s*(?:(?P<sign>==|!=|<=|>=|<|>)\s*(?P<value>{_QUOTED}|[^\s]+))?"
)
_BARE = {"true": True, "false": False, "null": None}


class Text(msgspec.Struct, frozen=True):
    """Stands in the answer as it is."""

    text: str


class Reached(msgspec.Struct, frozen=True):
    """What a path finds, with blanks between."""

    path: tuple[Step, ...]


class Repeated(msgspec.Struct, frozen=True):
    """Its parts once for each place that the path finds."""

    path: tuple[Step, ...]
    parts: tuple[Piece, ...]


Piece = Text | Reached | Repeated


def template(text: str) -> tuple[Piece, ...]:
    """A template; a path alone needs no braces."""
    if not text.strip():
        raise _not_understood("an empty template")
    words = iter(_words(text if "{" in text else f"{{{text}}}"))
    return tuple(_parts(words, inside=False))


def path(text: str) -> tuple[Step, ...]:
    """`.routes.done`, `$.routes.done`, `@.routes.done`, `{.routes.done}`, `routes.done`."""
    bare = text.strip()
    bare = bare[1:-1].strip() if bare[:1] == "{" and bare[-1:] == "}" else bare
    bare = bare.removeprefix("$").removeprefix("@")
    bare = bare if not bare or bare[0] in ".[" else f".{bare}"
    steps, place = [], 0
    while place < len(bare) and bare != ".":
        match = _STEP.match(bare, place)
        if match is None:
            raise _not_understood(bare[place:])
        steps.append(_step(match))
        place = match.end()
    return tuple(steps)


def _words(text: str) -> Iterator[tuple[bool, str]]:
    """The text between the braces and in them: whether it is in them."""
    place = 0
    for match in _ACTION.finditer(text):
        yield from _between(text[place : match.start()])
        yield True, match.group(1).strip()
        place = match.end()
    yield from _between(text[place:])


def _between(text: str) -> Iterator[tuple[bool, str]]:
    if "{" in text or "}" in text:
        raise _not_understood(text)
    if text:
        yield False, text


def _parts(words: Iterator[tuple[bool, str]], *, inside: bool) -> Iterator[Piece]:
    for in_braces, word in words:
        if not in_braces:
            yield Text(word)
        elif word == "end" and inside:
            return
        elif word.startswith(("range ", "range[")):
            yield Repeated(path(word.removeprefix("range")), tuple(_parts(words, inside=True)))
        elif word[:1] in ('"', "'"):
            yield Text(_text(word))
        elif word == "end" or not word:
            raise _not_understood(f"{{{word}}}")
        else:
            yield Reached(path(word))
    if inside:
        raise InvalidInput("The template has a {range} without its {end}.", why=UNDERSTOOD)


def _step(match: re.Match[str]) -> Step:
    told = match.groupdict()
    if told["deep"] or told["key"]:
        name = re.sub(r"\\(.)", r"\1", told["deep"] or told["key"])
        return Deep(name) if told["deep"] else Key(name)
    if told["quoted"]:
        return Key(_text(told["quoted"]))
    if told["index"]:
        index = int(told["index"])
        # Behind the last one, -1, there is nothing: its slice is open.
        return Slice(index, index + 1 or None, None)
    if told["begin"] is not None:
        bounds = (told["begin"], told["end"], told["stride"])
        return Slice(*(int(each) if each else None for each in bounds))
    return _where(told["where"]) if told["where"] else Every()


def _where(text: str) -> Where:
    match = _COMPARISON.fullmatch(text.strip())
    if match is None:
        raise _not_understood(f"[?({text})]")
    sign, value = match["sign"] or "", match["value"]
    return Where(path(match["path"]), sign, _value(value) if sign else None)


def _value(text: str) -> Any:
    if text[0] in "\"'":
        return _text(text)
    if text in _BARE:
        return _BARE[text]
    try:
        return float(text)
    except ValueError:
        raise _not_understood(text) from None


def _text(quoted: str) -> str:
    """With kubectl's escapes, in either kind of quotes."""
    inner = quoted[1:-1]
    if quoted[0] == "'":
        # What follows reads a text in double quotes, which those within it would end.
        inner = inner.replace("\\'", "'").replace('"', '\\"')
    try:
        return unquoted(f'"{inner}"')
    except ValueError:
        raise _not_understood(quoted) from None


def _not_understood(text: str) -> InvalidInput:
    return InvalidInput(f"JSONPath: {text[:60]!r} is not understood.", why=UNDERSTOOD)
