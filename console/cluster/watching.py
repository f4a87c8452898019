"""List and watch one resource, for ever, as changes. Knows no meaning of what it watches.

Survives: the server closing the watch, a connection that breaks or falls silent, an expired
version (410, as a status or inside the stream), expired credentials, refusals. After a gap it
lists again and tells what vanished meanwhile. Whoever reads learns of each loss and recovery.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Generic

import msgspec

from console.cluster import bounds
from console.cluster.failures import Expired, Throttled, error_of, reply_of
from console.cluster.listing import Item, ListSource, pages
from console.cluster.request import VERSION, Body, Carrier
from console.errors import ClusterUnreachable, ConsoleError
from console.operations.backoff import Backoff

WATCH_SECONDS = 290
SILENT_SECONDS = 120.0
"""A watch without a byte for so long is opened anew: bookmarks come each minute."""
QUIET_SECONDS = 20.0
"""After so long without a byte the server is asked whether it is there: a cluster in which nothing
happens and one that has died say the same for a minute."""
THERE_SECONDS = 10.0
"""In which it answers that."""
OVERDUE_SECONDS = 60.0
"""A watch that its server does not end so long after it should have is opened anew."""
LONGEST_PAUSE = 60.0
"""Seconds: a server's wish to be left alone is followed as far as this."""
SHORT = 1.0
"""Seconds: a watch that ends sooner without a line was not a real one."""


class Seen(msgspec.Struct, Generic[Item], frozen=True):
    """The object is there, in this state."""

    item: Item


class SeenTogether(msgspec.Struct, Generic[Item], frozen=True):
    """The same of several, as a list tells them."""

    items: tuple[Item, ...]


class Gone(msgspec.Struct, Generic[Item], frozen=True):
    """The object is no more; its last known state."""

    item: Item


class Live(msgspec.Struct, frozen=True):
    """From here on, what is told is current. `listed` counts the objects of the last list."""

    listed: int


class Lost(msgspec.Struct, frozen=True):
    """Until the next Live, what was told may be old."""

    error: ConsoleError


Change = Seen[Item] | SeenTogether[Item] | Gone[Item] | Live | Lost


class Watch(Generic[Item]):
    """One endless list and watch. Read `changes` once."""

    def __init__(
        self,
        transport: Carrier,
        source: ListSource[Item],
        *,
        silence: float = SILENT_SECONDS,
        quiet: float = QUIET_SECONDS,
        backoff: Backoff | None = None,
    ) -> None:
        self._transport, self._source = transport, source
        self._silence, self._quiet = silence, quiet
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
                    listing = self._list() if self._known else self._list_first()
                    async for change in listing:
                        yield change
                async for change in self._follow():
                    heard = True
                    yield change
            except Expired as error:
                lived = asyncio.get_running_loop().time() - began > SHORT
                again = self._expired and not lived
                self._version, self._expired = None, True
                # The first 410 is usual, after an outage or a compaction; a list repairs it at
                # once.
                if not again:
                    continue
                failure: ConsoleError | None = error
            except ConsoleError as error:
                failure = self._unless_wider(error)
            except TimeoutError:
                failure = None
            else:
                failure = None
            if failure is not None:
                self._live = False
                yield Lost(failure)
            # The server closes a watch every few minutes: that is no failure and needs no pause.
            elif heard or asyncio.get_running_loop().time() - began > SHORT:
                self._backoff.reset()
                continue
            wished = failure.wait if isinstance(failure, Throttled) else None
            await asyncio.sleep(max(self._backoff.next(), min(wished or 0.0, LONGEST_PAUSE)))

    def _unless_wider(self, error: ConsoleError) -> ConsoleError | None:
        """None where it is mended by asking for more than is wanted."""
        if (wider := self._source.wider(error)) is None:
            return error
        self._source = wider
        return None

    async def _list_first(self) -> AsyncIterator[Change[Item]]:
        """Page by page, for nothing is known that could look vanished. Where it breaks off, the
        next list is compared with what was told."""
        version = ""
        async for page in pages(self._transport, self._source):
            version = page.version
            for meta, item in page.items:
                self._known[meta.uid] = (meta.resource_version, item)
            if page.items:
                yield SeenTogether(tuple([item for _, item in page.items]))
        self._version = version

    async def _list(self) -> AsyncIterator[Change[Item]]:
        """What has vanished since the last list, and what is new or changed. Told only when all
        pages are there: half of them would make the rest look vanished."""
        found: dict[str, tuple[str, Item]] = {}
        version = ""
        async for page in pages(self._transport, self._source):
            version = page.version
            for meta, item in page.items:
                found[meta.uid] = (meta.resource_version, item)
        before, self._known = self._known, found
        self._version = version
        # First what is gone: a namesake that took its place must not be removed by its
        # predecessor's end.
        for uid, (_, old) in before.items():
            if uid not in found:
                yield Gone(old)
        changed = [
            item
            for uid, (version, item) in found.items()
            if uid not in before or before[uid][0] != version
        ]
        if changed:
            yield SeenTogether(tuple(changed))

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
            until = asyncio.get_running_loop().time() + WATCH_SECONDS + OVERDUE_SECONDS
            async for line in bounds.lines(self._pieces(body, until), request.asked):
                for change in self._read(line):
                    yield change

    async def _pieces(self, body: Body, until: float) -> AsyncIterator[bytes]:
        """What comes before that time, from a server that is there.

        Raises TimeoutError where more comes after it, ClusterUnreachable where nobody answers.
        """
        loop = asyncio.get_running_loop()
        while True:
            quiet = asyncio.timeout(self._quiet)
            try:
                async with quiet:
                    piece = await body.readany()
            except TimeoutError:
                if not quiet.expired():
                    raise
                await self._ask_whether_it_is_there()
                continue
            if not piece:
                return
            yield piece
            if loop.time() > until:
                raise TimeoutError

    async def _ask_whether_it_is_there(self) -> None:
        """Whatever it answers, it is. Raises ClusterUnreachable."""
        try:
            async with asyncio.timeout(THERE_SECONDS):
                await self._transport.send(VERSION)
        except TimeoutError as late:
            raise ClusterUnreachable(
                "The cluster does not answer any more.",
                why=f"{self._source.asked('watch')} has been silent for {self._quiet:.0f} s, and "
                f"the server said nothing to a question for {THERE_SECONDS:.0f} s.",
                fix="What is shown may be old; it is renewed as soon as the server answers.",
            ) from late
        except ClusterUnreachable:
            raise
        except ConsoleError:
            return

    def _read(self, raw: bytes) -> Iterator[Change[Item]]:
        """The change that a line tells, if it tells one. Raises Expired for a 410."""
        line = self._source.reading.line(raw)
        if line.type == "ERROR":
            code = reply_of(line.status, 500).code
            raise error_of(self._source.asked("watch"), code, line.status)
        self._backoff.reset()
        self._expired = False
        meta, item = line.metadata, line.item
        # A bookmark only moves the version, so that a quiet watch does not expire.
        if item is not None:
            if line.type == "DELETED":
                self._known.pop(meta.uid, None)
                yield Gone(item)
            else:
                self._known[meta.uid] = (meta.resource_version, item)
                yield Seen(item)
                self._refuse_too_many()
        # Last: a change that was not told must be told again after a fault.
        self._version = meta.resource_version

    def _refuse_too_many(self) -> None:
        """A watch may not grow past what a list may hold. Raises TooMuch; a list comes next."""
        if len(self._known) > self._source.most:
            self._version = None
            bounds.refuse(
                self._source.asked("watch"), f"There are more than {self._source.most:,}."
            )
