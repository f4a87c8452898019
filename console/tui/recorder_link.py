"""The recorder process beside the screens: it goes on when they are left.

A launch that nobody else records is a launch all the same: what hinders the recorder is told, no
more. Knows no socket and no process.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from msgspec.structs import replace

from console.errors import ConsoleError

if TYPE_CHECKING:
    from console.operations.ports.recorder_process import RecorderProcess
    from console.operations.recording.store_watch import StoreWatch
    from console.operations.services import Services
    from console.tui.backend import ClusterLink

log = logging.getLogger(__name__)

Wanted = TypeVar("Wanted")
LOOK_SECONDS = 5.0
UNSEEN = "The recorder has not seen it yet: carla-console record status tells why."


class RecorderLink(Generic[Wanted]):
    """Asks in threads of its own, for every question blocks."""

    def __init__(self, find: Callable[[Wanted], RecorderProcess | None]) -> None:
        """`find`: the recorder of that cluster; None where none is wanted."""
        self._find = find
        self._recorder: RecorderProcess | None = None
        self._store: StoreWatch | None = None
        self._undone = ""
        """What of publishing nobody does now."""

    async def begin(self, wanted: Wanted, namespace: str | None) -> str:
        """It follows that namespace from now on, None: all; empty, or why it does not."""
        self._recorder = None
        try:
            recorder = await asyncio.to_thread(self._find, wanted)
            if recorder is not None:
                await asyncio.to_thread(recorder.ensure, namespace)
        except ConsoleError as error:
            log.warning("No recorder: %s", error)
            return f"{error.what} {error.why}".strip()
        self._recorder = recorder
        return ""

    async def saw(self, manifest: dict[str, Any]) -> str:
        """Whether it knows what was launched after `begin`: empty, or what to do."""
        meta, recorder = manifest["metadata"], self._recorder
        if recorder is None:
            return ""
        known = await asyncio.to_thread(recorder.saw, meta["namespace"], meta["name"], meta["uid"])
        return "" if known else UNSEEN

    async def look_after(self, services: Services) -> None:
        """The store of recordings, until cancelled; where no recorder runs its limits are kept, and
        it is said what is published by nobody."""
        from console.operations.recording.store_watch import StoreWatch

        self._store = StoreWatch(services)
        await asyncio.gather(self._store.run(), self._watch(services))

    async def _watch(self, services: Services) -> None:
        while services.publications is not None:
            try:
                self._undone = await asyncio.to_thread(_undone, services)
            except ConsoleError as error:
                log.warning("What is published cannot be told: %s", error)
            await asyncio.sleep(LOOK_SECONDS)

    def noted(self, link: ClusterLink) -> ClusterLink:
        """With what is to be said of the disk that takes the recordings, or of publishing. From
        any thread."""
        notice = (self._store.notice if self._store is not None else "") or self._undone
        return replace(link, notice=notice) if notice else link


def _undone(services: Services) -> str:
    """Reads files. Raises ConsoleError."""
    from console.operations.publishing.nobody_looks import left_undone

    if services.publications is None or services.attended():
        return ""
    where, known = services.cluster.description, services.publications.look()
    return left_undone(known.values(), where.context, services.clock())
