"""What a template finds in a document, as text. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from console.cli.jsonpath.parsing import Piece, Repeated, Text, path, template
from console.cli.jsonpath.steps import Key, Step, refuse_misspelt, walked

ITEMS = Key("items")
"""A list of ours is a list; who is used to kubectl's asks for its `.items`."""


def found(text: str, document: Any) -> str:
    """The template filled. Raises InvalidInput for one that is no template of this document."""
    top = {ITEMS.name: document} if isinstance(document, list) and ".items" in text else document
    return _filled(template(text), [top])


def first(text: str, document: Any) -> Any:
    """What a path alone finds there, None where it finds nothing."""
    return next(iter(walked(path(text), [document])), None)


def words(way: tuple[Step, ...], document: Any) -> str:
    """All that a path that was read finds there, with commas between; null is nothing."""
    return ",".join(_word(each) for each in walked(way, [document]) if each is not None)


def _filled(parts: Iterable[Piece], places: list[Any]) -> str:
    return "".join(_part(each, places) for each in parts)


def _part(part: Piece, places: list[Any]) -> str:
    if isinstance(part, Text):
        return part.text
    refuse_misspelt(part.path, places)
    reached = walked(part.path, places)
    if not isinstance(part, Repeated):
        return " ".join(map(_word, reached))
    if reached:
        # A key may be missing in one of them, and not in all.
        _filled(part.parts, reached)
    return "".join(_one(part.parts, each) for each in reached)


def _one(parts: Iterable[Piece], place: Any) -> str:
    words = []
    for part in parts:
        if isinstance(part, Text):
            words.append(part.text)
        elif isinstance(part, Repeated):
            words += [_one(part.parts, each) for each in walked(part.path, [place])]
        else:
            words.append(" ".join(map(_word, walked(part.path, [place]))))
    return "".join(words)


def _word(value: Any) -> str:
    """Text as it is, all else as JSON has it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
