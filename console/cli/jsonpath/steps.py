"""The steps of a path through a document, each from one place to those that follow it. Pure."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from console.errors import InvalidInput

COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}


class Key(msgspec.Struct, frozen=True):
    """`.status`"""

    name: str

    def of(self, place: Any) -> Iterator[Any]:
        if isinstance(place, Mapping) and self.name in place:
            yield place[self.name]


class Deep(msgspec.Struct, frozen=True):
    """`..name`: in all that lies below."""

    name: str

    def of(self, place: Any) -> Iterator[Any]:
        if isinstance(place, Mapping) and self.name in place:
            yield place[self.name]
        for below in Every().of(place):
            yield from self.of(below)


class Every(msgspec.Struct, frozen=True):
    """`[*]` and `.*`"""

    def of(self, place: Any) -> Iterator[Any]:
        if isinstance(place, Mapping):
            yield from place.values()
        elif isinstance(place, list):
            yield from place


class Slice(msgspec.Struct, frozen=True):
    """`[0]`, `[-1]`, `[0:3]`, `[::2]`"""

    begin: int | None
    end: int | None
    stride: int | None

    def of(self, place: Any) -> Iterator[Any]:
        if isinstance(place, list):
            yield from place[self.begin : self.end : self.stride]


class Where(msgspec.Struct, frozen=True):
    """`[?(@.status=="Failed")]`, or `[?(@.reason)]`: where it is told, and not empty."""

    path: tuple[Step, ...]
    sign: str = ""
    value: Any = None

    def of(self, place: Any) -> Iterator[Any]:
        return (each for each in Every().of(place) if self._holds(each))

    def _holds(self, each: Any) -> bool:
        found = walked(self.path, [each])
        if not self.sign:
            return any(one not in (None, "", False) for one in found)
        return any(_compares(self.sign, one, self.value) for one in found)


Step = Key | Deep | Every | Slice | Where


def _compares(sign: str, one: Any, other: Any) -> bool:
    """What nobody knows is neither more nor less than anything."""
    try:
        return COMPARED[sign](one, other)
    except TypeError:
        return False


def walked(path: Iterable[Step], places: Iterable[Any]) -> list[Any]:
    """Every place that the path leads to."""
    reached = list(places)
    for step in path:
        reached = [found for place in reached for found in step.of(place)]
    return reached


def refuse_misspelt(path: Iterable[Step], places: Iterable[Any]) -> None:
    """Raises InvalidInput for a key that is in none of the places where it is looked for."""
    reached = list(places)
    for step in path:
        if isinstance(step, Where):
            refuse_misspelt(step.path, walked([Every()], reached))
        found = walked([step], reached)
        asked = [each for each in reached if isinstance(each, Mapping)]
        if isinstance(step, Key) and reached and all(isinstance(each, list) for each in reached):
            raise InvalidInput(
                f"{step.name!r} is asked of a list.", fix=f"Ask each of it: [*].{step.name}"
            )
        if isinstance(step, Key) and asked and not found:
            keys = sorted({str(key) for each in asked for key in each})
            raise InvalidInput(
                f"There is no key {step.name!r} in the answer.",
                fix=f"Choose: {', '.join(keys)}",
            )
        reached = found
