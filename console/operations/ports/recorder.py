"""What the use cases need of the flight recorder: log bytes and events on disk.

Knows no file and no format. Every method raises only errors of `console.errors`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

import msgspec

from console.domain.events import ConsoleActed, Event
from console.errors import ConsoleError
from console.operations.ports.cluster import JsonObject, ResumePoint


class RecorderFailed(ConsoleError):
    """The recording cannot be written or read: what the disk said."""


class LogLine(msgspec.Struct, frozen=True):
    """One line of a spool. `gap` lines tell what is missing; their text is ours, not the pod's."""

    at: str
    """RFC3339 text as the cluster sent it, empty if it sent none."""
    text: str
    """Without the newline; raw and hostile. What is no UTF-8 in it has become U+FFFD."""
    gap: bool = False
    restarts: int = 0
    """How often its container had been restarted before the run that it is of."""
    pod: str = ""
    """The key of its pod, where the spool tells it."""
    undecoded: bytes = b""
    """The text as it was recorded, where `text` is not all of it."""
    container: str = ""
    """Whose it is, where several logs are read as one."""

    @property
    def content(self) -> bytes:
        """The text as it was recorded."""
        return self.undecoded or self.text.encode()


class LogView(Protocol):
    """A container's spooled log, read line by line; grows while it is open. Thread-safe."""

    def line_count(self) -> int:
        """Lines on disk now. Called many times a second; only the first time may take a while."""
        ...

    def counting(self) -> Iterator[int]:
        """The first count, a piece at a time: lines so far. Whoever asks may stop in between."""
        ...

    def lines(self, start: int, stop: int) -> list[LogLine]: ...

    def newest(self, wanted: int) -> list[LogLine]:
        """The last lines, at the most so many: at once, however long the log is."""
        ...

    def search(self, pattern: str, *, ignore_case: bool = True) -> Iterator[list[int]]:
        """Numbers of the lines that match the regular expression, in order; lazy.

        A list for each piece of the log that has been looked through, empty where nothing is in
        it: whoever asks may stop there. Raises re.error.
        """
        ...


class SpoolWriter(Protocol):
    """The append-only end of one container run's spool."""

    def write(self, block: bytes) -> None: ...

    def gap(self, text: str, *, at: str = "") -> None:
        """A line of ours; `at` is when it was written first, where it is copied."""
        ...

    def resume_point(self) -> ResumePoint | None:
        """The newest line's time to the nanosecond, and how many lines share it; None if empty."""
        ...

    def close(self) -> None: ...


class Recording(msgspec.Struct, frozen=True):
    """One recorded submission on disk."""

    cluster: str
    namespace: str
    name: str
    uid: str


class Holder(msgspec.Struct, frozen=True):
    """Who writes a recording."""

    pid: int
    unattended: bool = False
    """It is the recorder process, which is meant to; else another console."""


class KeptManifest(msgspec.Struct, frozen=True):
    """A recorded Job and the server that had it."""

    manifest: JsonObject
    server: str
    version: str = ""
    """Of that server's Kubernetes, empty where it was not told."""


class BundleHeader(msgspec.Struct, frozen=True):
    """What a bundle says of itself."""

    recording: Recording
    """By the names that it has in the bundle."""
    team: bool
    """It names nothing of the platform."""
    machine: str
    """`user@host` that made it, empty where that is not told."""
    console: str
    """The version of the console that made it."""
    ended: bool
    """False: it still ran when the bundle was made."""
    newest: datetime | None
    """Of when its newest word is."""
    kubernetes: str | None = None
    """The cluster's version, where it is known."""


class Spools(Protocol):
    """Where the lines of containers go, run by run: a recording, or whoever only reads along."""

    def open_spool(self, container: str, run: int, *, pod: str = "") -> SpoolWriter:
        """Append to that run's spool. `pod` (uid) keeps the runs of a replacement pod apart."""
        ...


class RecordingWriter(Spools, Protocol):
    """The right to write one recording: one console has it at a time, and no longer than it lives.

    Raises RecorderFailed for a disk that does not take it.
    """

    def note(self, event: Event) -> None:
        """Append the event to the recording's journal."""
        ...

    def keep(self, kept: KeptManifest) -> None:
        """The Job, so that its submission can be resumed when the cluster has forgotten it."""
        ...

    def release(self) -> None: ...


class RecorderPort(Protocol):
    """The flight recorder: log bytes and events on disk."""

    def claim(self, recording: Recording) -> RecordingWriter | None:
        """The right to write; None while somebody else has it."""
        ...

    def writer_of(self, recording: Recording) -> Holder | None:
        """Who has or had the right to write last, if that is known."""
        ...

    def log(self, recording: Recording, container: str) -> LogView:
        """All runs of a container stitched in order, with a gap line at each restart."""
        ...

    def containers(self, recording: Recording) -> tuple[str, ...]:
        """Those of which some line is recorded."""
        ...

    def recordings(self) -> tuple[Recording, ...]: ...

    def recorded(self, asked: Collection[Recording]) -> frozenset[Recording]:
        """Those of which there is anything; a list asks it of thousands."""
        ...

    def damage(self, recording: Recording) -> tuple[str, ...]:
        """What of it cannot be read, a clause each: torn, garbage, or of a newer console. Nothing
        where all is well."""
        ...

    def note_action(self, recording: Recording, action: ConsoleActed) -> bool:
        """What a console did, whoever writes the recording; False where there is none of it.

        It is part of the history from then on. Raises RecorderFailed.
        """
        ...

    def actions(self, recording: Recording) -> tuple[ConsoleActed, ...]:
        """What was noted so, oldest first; cheap enough to be asked every second."""
        ...

    def size(self, recording: Recording) -> int:
        """Bytes on disk; 0 where there is none of it."""
        ...

    def pinned(self, recording: Recording) -> bool:
        """Whether it stays whatever its age and whatever limit there is."""
        ...

    def pin(self, recording: Recording, *, on: bool) -> None:
        """Pin or unpin it. Raises NotFound where nothing of it is recorded."""
        ...

    def settle(self, recording: Recording, before: datetime, stop: Callable[[], bool]) -> int:
        """Compress the logs of one that nobody writes, nor has since then; how many.

        Takes its time, and asks `stop` again and again whether to leave the rest. What is
        compressed is read as before, and can be written again.
        """
        ...

    def remove(self, recording: Recording) -> None:
        """All that is recorded of it. Raises Conflict where it is pinned or being written, and
        NotFound."""
        ...

    def manifest(self, recording: Recording) -> KeptManifest | None:
        """The Job as it was kept, if it was."""
        ...

    def merged_text(self, recording: Recording) -> str | None:
        """The last verified merged document of that submission, if it was recorded."""
        ...

    def history(self, recording: Recording) -> Iterator[Event]:
        """What the journal holds, in its order, and the actions of consoles at their times; entries
        that cannot be read are left out."""
        ...

    def beside(self) -> AbstractContextManager[RecorderPort]:
        """An empty recorder on the same disk, for a copy; it is gone with all in it at the end."""
        ...

    def pack(
        self, header: BundleHeader, documents: Mapping[str, str], file: str, *, exactly: bool
    ) -> str:
        """The recording of the header and these documents as one file, whole or not at all.

        The same recording gives the same bytes. `exactly`: Conflict where the file is there; else
        another name is taken. The file that it is. Raises ConsoleError.
        """
        ...

    def unpack(
        self, file: str, check: Callable[[Iterator[Event]], Iterator[Event]]
    ) -> BundleHeader:
        """Take a bundle in as a recording of its own; its events go through `check`.

        Raises InvalidInput for a file that is none, or not whole, or not to be trusted; Conflict
        for a submission that is recorded here. Nothing is left of it then.
        """
        ...

    def owner(self) -> str:
        """`user@host`: whose recordings they are."""
        ...

    def imported(self, recording: Recording) -> BundleHeader | None:
        """The bundle that it came in; None for what was recorded here."""
        ...
