"""Replaces every `key.$: $.path` of a tree by `key: <the value at that path>`. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from console.specs.document_places import Place, spell
from console.specs.mistakes import Mistake
from console.specs.references import Unresolved, parse_reference, resolve
from console.specs.tree import Document

MARK = ".$"


class ValueReference(msgspec.Struct, frozen=True):
    """One `key.$` of a template."""

    place: Place
    """Where the value goes: with the key as it is without the mark."""
    target: Place
    """What it takes from the values: `("submission", "name")`."""
    line: int | None

    @property
    def path(self) -> str:
        """`submission.name`: how values are named everywhere else."""
        return spell(self.target)


class Scan(msgspec.Struct, frozen=True):
    """All references of a template, and what is wrong with the way they are written."""

    references: tuple[ValueReference, ...]
    mistakes: tuple[Mistake, ...]


def scan(document: Document) -> Scan:
    """Find every reference, in the template's order."""
    references: list[ValueReference] = []
    mistakes: list[Mistake] = []
    for found in _walk(document, document.content, ()):
        if isinstance(found, ValueReference):
            references.append(found)
        else:
            mistakes.append(found)
    return Scan(tuple(references), tuple(mistakes))


def _walk(document: Document, value: Any, place: Place) -> Iterator[ValueReference | Mistake]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(document, item, (*place, index))
            if looks_like_reference(item):
                yield _unmarked(document, (*place, index), item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key.endswith(MARK):
                yield _reference(document, value, place, key)
            elif looks_like_reference(item):
                yield _unmarked(document, (*place, key), item)
            else:
                yield from _walk(document, item, (*place, key))


def looks_like_reference(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("$.")


def _unmarked(document: Document, place: Place, value: str) -> Mistake:
    fix = "Only mappings can hold references."
    if isinstance(place[-1], str):
        fix = f"Write the key as {place[-1]}{MARK}."
    return Mistake(f"{document.at(place)}: {spell(place)} is {value}, but is not marked. {fix}")


def _reference(
    document: Document, mapping: Mapping[str, Any], place: Place, marked: str
) -> ValueReference | Mistake:
    key, value = marked.removesuffix(MARK), mapping[marked]
    at, name = document.at((*place, marked)), spell((*place, marked))
    target = parse_reference(value) if isinstance(value, str) else None
    if not key:
        return Mistake(f"{at}: {name} has no key before {MARK}.")
    if key in mapping:
        return Mistake(f"{at}: {name} and {spell((*place, key))} are both there. Keep one of them.")
    if target is None:
        return Mistake(f"{at}: {name} is {value!r}, which is no path such as $.submission.name.")
    return ValueReference((*place, key), target, document.line((*place, marked)))


def fill(value: Any, document: Mapping[str, Any]) -> Any:
    """`value` with each resolvable reference replaced; an unresolvable one is left out.

    Shares nothing that is mutable with `value`, so that a manifest can be changed freely.
    """
    if isinstance(value, list):
        return [fill(item, document) for item in value]
    if not isinstance(value, dict):
        return value
    filled: dict[str, Any] = {}
    for key, item in value.items():
        if not key.endswith(MARK):
            filled[key] = fill(item, document)
            continue
        target = parse_reference(item) if isinstance(item, str) else None
        if target is not None:
            try:
                filled[key.removesuffix(MARK)] = fill(resolve(document, target), {})
            except Unresolved:
                continue
    return filled


def unresolved(
    references: tuple[ValueReference, ...], values: Mapping[str, Any]
) -> tuple[ValueReference, ...]:
    """The references that the values do not answer."""
    return tuple(each for each in references if why_unresolved(each, values))


def why_unresolved(reference: ValueReference, values: Mapping[str, Any]) -> str:
    """Why the values do not answer a reference, with the nearest key; empty where they do."""
    try:
        resolve(values, reference.target)
    except Unresolved as gone:
        return gone.why
    return ""
