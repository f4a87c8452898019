"""What is noted of a submission: by the one console that writes its recording.

As long as that is another one, the newest event of each subject is held back. So a console that
takes over notes how things stand, once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from console.domain.events import (
    ClusterEventSeen,
    Event,
    LastLine,
    PodSeen,
    PodVanished,
    RouteFinished,
    StreamChanged,
    StreamState,
)
from console.errors import ConsoleError
from console.operations.ports.recorder import RecordingWriter

log = logging.getLogger(__name__)

NAME = "journal"


class Journal:
    """`tell` shows on the board what cannot be written; each trouble once."""

    def __init__(self, tell: Callable[[Event], None]) -> None:
        self._tell = tell
        self._writer: RecordingWriter | None = None
        self._held: dict[tuple[str, str], Event] = {}
        self._trouble = ""

    def open(self, writer: RecordingWriter | None) -> None:
        """Write with that writer from now on, beginning with what was held back; None: hold."""
        self._writer = writer
        if writer is not None:
            held, self._held = self._held, {}
            for event in held.values():
                self.note(event)

    def note(self, event: Event) -> None:
        """Into the recording; last lines never, for the spools have them."""
        if isinstance(event, LastLine):
            return
        if self._writer is None:
            if not isinstance(event, RouteFinished):
                self._held[_subject(event)] = event
            return
        try:
            self._writer.note(event)
            self._trouble = ""
        except ConsoleError as error:
            if self._trouble != error.what:
                self._trouble = error.what
                log.error("%s", error)
                self._tell(StreamChanged(event.at, NAME, StreamState.LOST, error.what))


def _subject(event: Event) -> tuple[str, str]:
    """What a later event of the same subject makes old. Records are in logcopy's spool."""
    name = ""
    if isinstance(event, PodSeen):
        name = event.pod.uid
    elif isinstance(event, PodVanished):
        name = event.uid
    elif isinstance(event, ClusterEventSeen):
        name = event.event.uid
    elif isinstance(event, StreamChanged):
        name = f"{event.container} {event.pod}"
    return type(event).__name__, name
