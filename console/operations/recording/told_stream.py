"""What is told of one container's stream: its state, and what of its log is missing.

A gap is told at once and written into the spool as soon as the disk takes it. Knows no cluster,
and not how a gap comes about.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime

from console.domain.events import Event, StreamChanged, StreamState
from console.errors import ConsoleError
from console.operations.ports.recorder import RecorderFailed, SpoolWriter

Tell = Callable[[Event], None]


class ToldStream:
    """Of the container `name` in the pod `key`."""

    def __init__(self, name: str, key: str, tell: Tell, clock: Callable[[], datetime]) -> None:
        self._name, self._key, self._tell, self._clock = name, key, tell, clock
        self._state: tuple[StreamState, str] | None = None
        self._gaps = ""
        self._unwritten: list[str] = []
        """Gaps that are not in the spool yet."""

    @property
    def has_gaps(self) -> bool:
        return bool(self._gaps)

    def say(self, state: StreamState, why: str = "") -> None:
        """Told once: a stream that is opened again and again is no news each time."""
        gap = "; ".join(text for text in (self._gaps, why) if text)
        if self._state != (state, gap):
            self._state = (state, gap)
            self._tell(StreamChanged(self._clock(), self._name, state, gap, self._key))

    def reconnecting(self, error: ConsoleError) -> None:
        self.say(StreamState.RECONNECTING, f"{error.what} {error.why}".strip())

    def lose(self, what: str, spool: SpoolWriter | None = None) -> None:
        """`spool`: where the gap lies; None where nothing of its run could be read at all."""
        if spool is not None:
            self._unwritten.append(what)
            # A disk that takes nothing is told of where its lines are written; these come first.
            with contextlib.suppress(RecorderFailed):
                self.write_gaps(spool)
        self._gaps = f"{self._gaps}; {what}" if self._gaps else what
        self.say(StreamState.LOST)

    def write_gaps(self, spool: SpoolWriter) -> None:
        while self._unwritten:
            spool.gap(self._unwritten[0])
            # Behind the writing: one that the disk refuses is tried again, not forgotten.
            del self._unwritten[0]
