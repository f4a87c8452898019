"""One list, page by page, with an end. Knows no meaning of what it lists."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any, Generic, TypeVar

import msgspec
from msgspec.structs import replace

from console.cluster import bounds, wire
from console.cluster.decoding import Reading
from console.cluster.failures import Asked
from console.cluster.request import Carrier, Request
from console.errors import ConsoleError, InvalidInput

PAGE = 500
SMALL_PAGE = 50
"""Where a page of the usual size is more than is taken: objects of half a megabyte fit."""
MOST_PAGES = 1000
LIST_SECONDS = 300.0
MOST_OBJECTS = 50_000
MOST_EVENTS = 200_000
"""A namespace keeps an hour of them, several for each pod."""
LONGEST_TOKEN = 4096
"""Bytes of a continue token, which is sent back in an address."""

Item = TypeVar("Item")


class ListSource(msgspec.Struct, Generic[Item], frozen=True):
    """What to list or watch, how to read it, and how many there may be."""

    path: str
    resource: str
    namespace: str | None
    reading: Reading[Any, Item]
    label: str = ""
    field: str = ""
    most: int = MOST_OBJECTS
    field_spares: bool = False
    """Whoever reads picks what is wanted anyway: the field only keeps the rest off the wire."""

    def request(self, verb: str, params: dict[str, str]) -> Request:
        chosen = {"labelSelector": self.label, "fieldSelector": self.field, **params}
        return Request("GET", self.path, self.asked(verb), {k: v for k, v in chosen.items() if v})

    def asked(self, verb: str) -> Asked:
        return Asked(verb, self.resource, self.namespace)

    def wider(self, refused: ConsoleError) -> ListSource[Item] | None:
        """Without the field, which not each server knows, where it was rejected and is spared."""
        if not (self.field and self.field_spares and isinstance(refused, InvalidInput)):
            return None
        return replace(self, field="")


class Listed(msgspec.Struct, Generic[Item], frozen=True):
    """One page: its objects' metadata and facts, and the list's version."""

    items: tuple[tuple[wire.Metadata, Item], ...]
    version: str


async def pages(transport: Carrier, source: ListSource[Item]) -> AsyncIterator[Listed[Item]]:
    """Every page. Raises TooMuch for a list that has no end."""
    until = time.monotonic() + LIST_SECONDS
    asked, token, seen, objects = source.asked("list"), "", {""}, 0
    for _ in range(MOST_PAGES):
        try:
            answer = await _page(transport, source, token)
        except InvalidInput as refused:
            if (wider := source.wider(refused)) is None:
                raise
            source = wider
            answer = await _page(transport, source, token)
        page, token = _read(source, answer.body)
        del answer  # its megabytes are room for the next one
        objects += len(page.items)
        if objects > source.most:
            bounds.refuse(asked, f"There are more than {source.most:,}.")
        yield page
        if not token:
            return
        if token in seen or len(token) > LONGEST_TOKEN:
            bounds.refuse(asked, "Its pages lead back to an earlier one, or to none.")
        if time.monotonic() > until:
            bounds.refuse(asked, f"Its pages have not ended within {LIST_SECONDS:.0f} seconds.")
        seen.add(token)
    bounds.refuse(asked, f"It has more than {MOST_PAGES:,} pages.")


def _read(source: ListSource[Item], body: bytes) -> tuple[Listed[Item], str]:
    """A page, and what asks for the next one. Keeps none of the text: the next needs the room."""
    page, facts = source.reading.page(body), source.reading.facts
    items = tuple((each.metadata, facts(each)) for each in page.items or ())
    return Listed(items, page.metadata.resource_version), page.metadata.continue_


async def _page(transport: Carrier, source: ListSource[Any], token: str) -> Any:
    more = {"continue": token} if token else {}
    try:
        return await transport.send(source.request("list", {"limit": str(PAGE), **more}))
    # Once more with fewer: one page of large objects is no list without an end.
    except bounds.TooMuch:
        return await transport.send(source.request("list", {"limit": str(SMALL_PAGE), **more}))
