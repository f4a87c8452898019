"""List and watch one resource, for ever, as changes. Knows no meaning of what it watches.

Survives: the server closing the watch, a connection that breaks or falls silent, an expired
version (410, as a status or inside the stream), expired credentials, refusals. After a gap it
lists again and tells what vanished meanwhile. Whoever reads learns of each loss and recovery.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from console.cluster import decoding
from console.cluster.failures import Asked, Expired, error_of
from console.cluster.transport import Request, Transport
from console.errors import ConsoleError
from console.operations.backoff import Backoff

WATCH_SECONDS = 290
SILENT_SECONDS = 120.0
"""A watch without a byte for so long is opened anew: bookmarks come each minute."""
PAGE = 500
SHORT = 1.0
"""Seconds: a watch that ends sooner without a line was not a real one."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Source(Generic[Item]):
    """What to watch and how to read it."""

    path: str
    resource: str
    namespace: str | None
    decode: Callable[[Any], Item]
    label: str = ""
    field: str = ""

    def request(self, verb: str, params: dict[str, str]) -> Request:
        chosen = {"labelSelector": self.label, "fieldSelector": self.field, **params}
        asked = Asked(verb, self.resource, self.namespace)
        return Request("GET", self.path, asked, {k: v for k, v in chosen.items() if v})


@dataclass(frozen=True, slots=True)
class Seen(Generic[Item]):
    """The object is there, in this state."""

    item: Item


@dataclass(frozen=True, slots=True)
class Gone(Generic[Item]):
    """The object is no more; its last known state."""

    item: Item


@dataclass(frozen=True, slots=True)
class Live:
    """From here on, what is told is current. `listed` counts the objects of the last list."""

    listed: int


@dataclass(frozen=True, slots=True)
class Lost:
    """Until the next Live, what was told may be old."""

    error: ConsoleError


Change = Seen[Item] | Gone[Item] | Live | Lost


class Watch(Generic[Item]):
    """One endless list and watch. Read `changes` once."""

    def __init__(
        self,
        transport: Transport,
        source: Source[Item],
        *,
        silence: float = SILENT_SECONDS,
        backoff: Backoff | None = None,
    ) -> None:
        self._transport, self._source, self._silence = transport, source, silence
        self._backoff = backoff or Backoff()
        self._known: dict[str, tuple[str, Item]] = {}
        """uid -> (resource version, last state)"""
        self._version: str | None = None
        self._live = False
        self._expired = False
        """The last version given was refused at once: a list that does not help is no reason to
        list again and again."""

    async def changes(self) -> AsyncIterator[Change[Item]]:
        """Never ends by itself."""
        while True:
            began = asyncio.get_running_loop().time()
            heard = False
            try:
                if self._version is None:
                    for change in await self._list():
                        yield change
                async for change in self._follow():
                    heard = True
                    yield change
            except Expired as error:
                lived = asyncio.get_running_loop().time() - began > SHORT
                again = self._expired and not lived
                self._version, self._expired = None, True
                if not again:
                    continue
                failure: ConsoleError | None = error
            except ConsoleError as error:
                failure = error
            except TimeoutError:
                failure = None
            else:
                failure = None
            if failure is not None:
                self._live = False
                yield Lost(failure)
            elif heard or asyncio.get_running_loop().time() - began > SHORT:
                self._backoff.reset()
                continue
            await asyncio.sleep(self._backoff.next())

    async def _list(self) -> list[Change[Item]]:
        """All pages; what is new or changed, and what has vanished since the last list."""
        found: dict[str, tuple[str, Item]] = {}
        params = {"limit": str(PAGE)}
        while True:
            answer = await self._transport.send(self._source.request("list", params))
            page = decoding.page(answer.body)
            for raw in page.items or ():
                meta = decoding.metadata(raw)
                found[meta.uid] = (meta.resource_version, self._source.decode(raw))
            if not page.metadata.continue_:
                break
            params = {**params, "continue": page.metadata.continue_}
        before, self._known = self._known, found
        self._version = page.metadata.resource_version
        gone: list[Change[Item]] = [
            Gone(old) for uid, (_, old) in before.items() if uid not in found
        ]
        return gone + [
            Seen(item)
            for uid, (version, item) in found.items()
            if uid not in before or before[uid][0] != version
        ]

    async def _follow(self) -> AsyncIterator[Change[Item]]:
        params = {
            "watch": "true",
            "resourceVersion": self._version or "",
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(WATCH_SECONDS),
        }
        request = self._source.request("watch", params)
        async with self._transport.stream(request, silence=self._silence) as body:
            if not self._live:
                self._live = True
                yield Live(len(self._known))
            partial = b""
            async for chunk in body.iter_any():
                *lines, partial = (partial + chunk).split(b"\n")
                for line in lines:
                    if line.strip():
                        for change in self._read(line):
                            yield change

    def _read(self, raw: bytes) -> Iterator[Change[Item]]:
        """The change that a line tells, if it tells one. Raises Expired for a 410."""
        line = decoding.watch_line(raw)
        if line.type == "ERROR":
            status = bytes(line.object)
            raise error_of(
                Asked("watch", self._source.resource, self._source.namespace),
                _code(status),
                status,
            )
        self._backoff.reset()
        self._expired = False
        meta = decoding.metadata(line.object)
        if line.type != "BOOKMARK":
            item = self._source.decode(line.object)
            if line.type == "DELETED":
                self._known.pop(meta.uid, None)
                yield Gone(item)
            else:
                self._known[meta.uid] = (meta.resource_version, item)
                yield Seen(item)
        self._version = meta.resource_version


def _code(status: bytes) -> int:
    try:
        return msgspec.json.decode(status, type=dict[str, Any]).get("code") or 500
    except msgspec.DecodeError:
        return 500
