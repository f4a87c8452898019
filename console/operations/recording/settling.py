"""Logs of what is over are compressed in the background, by the recorder process and nobody else.

Everything else goes before: it has a thread of its own, with the lowest priority.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from console.domain.spans import shifted
from console.errors import ConsoleError
from console.operations.services import Services

log = logging.getLogger(__name__)

SETTLED_AFTER = timedelta(minutes=10)
"""Without a new line: who writes late finds the file that grows."""
LOOK_EVERY = 300.0
_LOWEST = 19


def _give_way() -> None:
    # Where a thread has no priority of its own, it goes on with that of the process.
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWEST)


class Settling:
    """`run` until cancelled."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def run(self) -> None:
        """Look at all recordings, again and again."""
        loop, stop = asyncio.get_running_loop(), threading.Event()
        # One thread: two at a time would compress no sooner on a busy machine, and hold twice the
        # memory.
        with ThreadPoolExecutor(1, "settling", _give_way) as thread:
            try:
                while True:
                    await loop.run_in_executor(thread, self.once, stop.is_set)
                    await asyncio.sleep(LOOK_EVERY)
            finally:
                stop.set()

    def once(self, stop: Callable[[], bool]) -> int:
        """All that are settled now; how many logs were compressed. Reads and writes files."""
        recorder, before = self._services.recorder, shifted(self._services.clock(), -SETTLED_AFTER)
        done = 0
        for recording in recorder.recordings():
            if stop():
                break
            try:
                done += recorder.settle(recording, before, stop)
            except ConsoleError as error:
                # One that cannot be compressed stays as it is, and the next look tries it again.
                log.warning("Not compressed: %s %s", error.what, error.why)
        return done
