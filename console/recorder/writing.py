"""The writer of one recording: spools, the journal, the merged result, the Job's manifest.

Exists only while it holds the recording's lock. What exists of each file already stays.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from pathlib import Path

from console.domain.events import Event, LastLine, MergedReported
from console.operations.ports.recorder import KeptManifest
from console.recorder import journal
from console.recorder.claiming import Lock
from console.recorder.recording_files import open_private, private_folder
from console.recorder.recording_files import run_file as path_of_run
from console.recorder.spooling import Spool, failed
from console.results import files

JOURNAL = "journal.jsonl"
MERGED = "merged.json"
MANIFEST = "manifest.json"


class Writer:
    """See `RecordingWriter`."""

    def __init__(self, folder: Path, lock: Lock) -> None:
        self._folder, self._lock = folder, lock

    def open_spool(self, container: str, run: int, *, pod: str = "") -> Spool:
        """The writer of that run's file; a line that a crash left torn is cut off."""
        return Spool(path_of_run(self._folder, container, run, pod))

    def note(self, event: Event) -> None:
        """Append to the journal. Last lines are left out: the spool has them."""
        if isinstance(event, LastLine):
            return
        if isinstance(event, MergedReported):
            # Before the journal's line: who reads that line finds the text, whenever this process
            # dies.
            replace(self._folder / MERGED, event.result.text.encode())
        append_line(self._folder / JOURNAL, journal.encode(event))

    def keep(self, kept: KeptManifest) -> None:
        """The Job as its server has it, to launch another one like it."""
        told = {"server": kept.server, "version": kept.version, "manifest": kept.manifest}
        replace(self._folder / MANIFEST, json.dumps(told).encode())

    def release(self) -> None:
        """Let another console write."""
        self._lock.release()


def replace(path: Path, content: bytes) -> None:
    """The file appears whole or not at all."""
    try:
        private_folder(path.parent)
        files.replace(str(path), [content], permissions=files.PRIVATE)
    except OSError as error:
        raise failed(path, error) from error


def append_line(path: Path, line: bytes) -> None:
    """Behind the last whole line; by one process at a time. Raises RecorderFailed."""
    try:
        descriptor = open_private(path, os.O_RDWR | os.O_APPEND)
        try:
            # Deeds are noted by any console, without the writer's lock: two lines must not run into
            # each other.
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            _append(descriptor, _after_torn_line(descriptor) + line)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise failed(path, error) from error


def _append(descriptor: int, line: bytes) -> None:
    """All of it or nothing: a nearly full disk takes a part, and says so at the rest only."""
    size, view = os.fstat(descriptor).st_size, memoryview(line)
    try:
        while view:
            view = view[os.write(descriptor, view) :]
    except OSError:
        with contextlib.suppress(OSError):  # the disk's first complaint is the one to tell
            os.ftruncate(descriptor, size)
        raise


def _after_torn_line(descriptor: int) -> bytes:
    """A newline where a crash left the journal in the middle of a line."""
    size = os.fstat(descriptor).st_size
    return b"" if size == 0 or os.pread(descriptor, 1, size - 1) == b"\n" else b"\n"
