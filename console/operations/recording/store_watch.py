"""The store of recordings, looked at all day: limits are kept, a full disk is told before it is."""

from __future__ import annotations

import asyncio
import logging

from console.errors import ConsoleError
from console.operations.ports.recording_store import Limits
from console.operations.recording.retention import keep_within, notice_of, store_of
from console.operations.services import Services

log = logging.getLogger(__name__)

LOOK_EVERY = 10.0
SWEEP_EVERY = 600.0


class StoreWatch:
    """Read `notice`: one line about the disk or the limits, empty while all is well."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.notice = ""

    async def run(self) -> None:
        """Until cancelled. Where a recorder process runs it keeps the limits, and nobody else."""
        if self._services.store is None:
            return
        loop, sweep_at = asyncio.get_running_loop(), 0.0
        while True:
            sweeps = loop.time() >= sweep_at and not self._services.attended()
            if sweeps:
                sweep_at = loop.time() + SWEEP_EVERY
            self._say(await asyncio.to_thread(self._look, sweeps=sweeps))
            await asyncio.sleep(LOOK_EVERY)

    def _look(self, *, sweeps: bool) -> str:
        store, trouble = store_of(self._services), ""
        try:
            if sweeps:
                keep_within(self._services)
            limits = store.limits()
        except ConsoleError as error:
            trouble, limits = f"{error.what} {error.why}".strip(), Limits()
        return notice_of(store.room(), limits) or trouble

    def _say(self, notice: str) -> None:
        """Each change once into the log, for it is read by nobody at every look."""
        if notice != self.notice:
            log.warning("%s", notice or "The disk has room for recordings again.")
            self.notice = notice
