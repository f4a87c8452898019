"""What is told of one container's stream: its state, and what of its log is missing.

A gap is told at once and written into the spool as soon as the disk takes it. Of many the newest
are named and the others counted: each was told when it was found. Knows no cluster, and not how a
gap comes about.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable
from datetime import datetime

from console.domain.events import Event, StreamChanged, StreamState
from console.errors import ConsoleError
from console.operations.ports.recorder import RecorderFailed, SpoolWriter

Tell = Callable[[Event], None]
NAMED = 8
"""Gaps of one stream that are named. A stream that breaks off all day has thousands, and each
state that is told of it carries them."""
LONGEST = 500
"""Characters of one of them: a server's words may stand in it."""


class KnownGaps:
    """Of one stream: none is left out of the count."""

    def __init__(self) -> None:
        self._newest: deque[str] = deque(maxlen=NAMED)
        self.count = 0

    def add(self, what: str) -> None:
        self._newest.append(shortened(what))
        self.count += 1

    @property
    def words(self) -> str:
        """`3 earlier gaps; lines of attempt 1 were gone`; empty where there is none."""
        earlier = self.count - len(self._newest)
        head = [f"{earlier} earlier gap{'s' * (earlier > 1)}"] if earlier else []
        return "; ".join((*head, *self._newest))


def shortened(what: str) -> str:
    return what if len(what) <= LONGEST else f"{what[: LONGEST - 1]}…"


class ToldStream:
    """Of the container `name` in the pod `key`."""

    def __init__(self, name: str, key: str, tell: Tell, clock: Callable[[], datetime]) -> None:
        self._name, self._key, self._tell, self._clock = name, key, tell, clock
        self._state: tuple[StreamState, str] | None = None
        self._gaps = KnownGaps()
        self._unwritten: list[str] = []
        """Gaps that are not in the spool yet."""

    @property
    def has_gaps(self) -> bool:
        return self._gaps.count > 0

    def say(self, state: StreamState, why: str = "") -> None:
        """Told once: a stream that is opened again and again is no news each time."""
        now = StreamChanged(self._clock(), self._name, state, self._gaps.words, self._key, why)
        if self._state != (state, now.told):
            self._state = (state, now.told)
            self._tell(now)

    def reconnecting(self, error: ConsoleError) -> None:
        self.say(StreamState.RECONNECTING, f"{error.what} {error.why}".strip())

    def lose(self, what: str, spool: SpoolWriter | None = None) -> None:
        """`spool`: where the gap lies; None where nothing of its run could be read at all."""
        if spool is None:
            self.say(StreamState.LOST, shortened(what))
            self._gaps.add(what)
            return
        self._unwritten.append(what)
        # A disk that takes nothing is told of where its lines are written; these come first.
        with contextlib.suppress(RecorderFailed):
            self.write_gaps(spool)
        self._gaps.add(what)
        self.say(StreamState.LOST)

    def write_gaps(self, spool: SpoolWriter) -> None:
        while self._unwritten:
            spool.gap(self._unwritten[0])
            # Behind the writing: one that the disk refuses is tried again, not forgotten.
            del self._unwritten[0]
