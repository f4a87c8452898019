"""What is noted of a submission: by the one console that writes its recording, and each fact once.

As long as that is another one, or the disk takes nothing, the newest event of each subject is held
back. So a console that takes over notes how things stand, unless that is noted already.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from msgspec.structs import replace

from console.domain.events import (
    ClusterEventSeen,
    Event,
    JobSeen,
    JobVanished,
    LastLine,
    PodSeen,
    PodVanished,
    RouteFinished,
    StagesHeard,
    StreamChanged,
    StreamState,
)
from console.domain.spans import FIRST
from console.errors import ConsoleError
from console.operations.ports.recorder import RecordingWriter

log = logging.getLogger(__name__)

NAME = "journal"
_TIMELESS = FIRST
Subject = tuple[str, str]


class Journal:
    """`tell` shows on the board what cannot be written; each trouble once."""

    def __init__(self, tell: Callable[[Event], None]) -> None:
        self._tell = tell
        self._writer: RecordingWriter | None = None
        self._held: dict[tuple[str, Subject], Event] = {}
        """In the order of their last event."""
        self._noted: dict[Subject, Event] = {}
        """The newest of each subject in the recording, without its time."""
        self._trouble = ""
        self._since: datetime | None = None
        """Of when the first event is that the disk did not take."""
        self._newest = _TIMELESS

    def open(self, writer: RecordingWriter | None, known: Iterable[Event] = ()) -> None:
        """Write with that writer from now on, beginning with what was held back; None: hold.

        `known`: what its recording holds already.
        """
        if writer is None:
            self.retry()
        self._writer = writer
        for event in known:
            self._noted[_subject(event)] = _timeless(event)
        self.retry()

    def note(self, event: Event) -> None:
        """Into the recording; last lines never, for the spools have them."""
        if isinstance(event, LastLine):
            return
        self._newest = event.at
        if self._writer is None or self._held:
            self._hold(event)
            self.retry()
        elif not self._write(self._writer, event):
            self._hold(event)

    def retry(self) -> None:
        """Write what is held back, if there is a writer and the disk takes it."""
        while self._writer is not None and self._held:
            key, event = next(iter(self._held.items()))
            if not self._write(self._writer, event):
                return
            del self._held[key]
        if self._writer is not None and self._since is not None:
            self._tell_gap(self._since)

    def _hold(self, event: Event) -> None:
        """Records are in logcopy's spool, from which they are read again."""
        if isinstance(event, RouteFinished):
            return
        # Of a Job that came and went both are kept: the recording may have neither.
        key = (type(event).__name__, _subject(event))
        self._held.pop(key, None)
        self._held[key] = event

    def _write(self, writer: RecordingWriter, event: Event) -> bool:
        """False where the disk did not take it."""
        subject, fact = _subject(event), _timeless(event)
        before = self._noted.get(subject)
        if before == fact or _begins_anew(before, event):
            return True
        try:
            writer.note(event)
        except ConsoleError as error:
            self._since = self._since or event.at
            if self._trouble != error.what:
                self._trouble = error.what
                log.error("%s", error)
                self._tell(StreamChanged(event.at, NAME, StreamState.LOST, error.what))
            return False
        self._noted[subject] = fact
        self._trouble = ""
        return True

    def _tell_gap(self, since: datetime) -> None:
        """The states in between are in nobody's memory."""
        self._since = None
        gap = (
            f"from {since:%F %T} to {self._newest:%F %T} UTC only the newest states could be noted"
        )
        log.warning("The journal is written again: %s.", gap)
        event = StreamChanged(self._newest, NAME, StreamState.LIVE, gap)
        self._tell(event)
        self.note(event)


def _subject(event: Event) -> Subject:
    """What a later event of the same subject makes old."""
    match event:
        case JobSeen() | JobVanished():
            return "job", ""
        case PodSeen():
            return "pod", event.pod.uid
        case PodVanished():
            return "pod", event.uid
        case ClusterEventSeen():
            return "event", event.event.uid
        case StreamChanged():
            return "stream", f"{event.container} {event.pod}"
        case RouteFinished():
            record = event.record
            return "route", f"{event.pod} {record.pair} {record.route_id} {record.repetition}"
        case StagesHeard():
            return "stages", f"{event.pod} {event.container} {event.marks[:1]}"
    return type(event).__name__, ""


def _timeless(event: Event) -> Event:
    """What it says, whenever it was said."""
    return replace(event, at=_TIMELESS)


def _begins_anew(before: Event | None, event: Event) -> bool:
    """Whoever takes over waits for each stream first: of a known one that is no news."""
    return (
        before is not None
        and isinstance(event, StreamChanged)
        and event.state is StreamState.WAITING
        and not event.told
    )
