"""`RecordingStore` over a directory: the history, the limits, the disk, and what was removed."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec.structs import replace

from console.domain.drive_times import DriveTimes
from console.operations.ports.history_entries import HistoryEntry
from console.operations.ports.recorder import Recording
from console.operations.ports.recording_store import Limits, Removal, Room
from console.recorder import limits_file
from console.recorder.history_index import History
from console.recorder.recording_files import open_private
from console.recorder.spooling import failed
from console.struct_library import decoder_of

REMOVALS = "removed.jsonl"
_LONGEST = 1024 * 1024
_TAIL = 64 * 1024


class StoreOnDisk:
    """Everything below `root`; `settings` is the folder of the user's own files."""

    def __init__(self, root: Path, settings: Path, environ: Mapping[str, str]) -> None:
        self._root, self._environ = root, environ
        self._file = settings / limits_file.FILE

    @property
    def place(self) -> str:
        return str(self._root)

    @property
    def settings(self) -> str:
        return str(self._file)

    def entries(self, make: Callable[[Recording], HistoryEntry]) -> tuple[HistoryEntry, ...]:
        return History(self._root).entries(make)

    def drive_times(
        self,
        make: Callable[[Recording], HistoryEntry],
        routes_of: str,
        until: datetime | None,
    ) -> tuple[DriveTimes, ...]:
        return History(self._root).drive_times(make, routes_of, until)

    def limits(self) -> Limits:
        return limits_file.read(self._file, self._environ)

    def room(self) -> Room | None:
        """Of the nearest folder that is there: recordings may never have been made."""
        for each in (self._root, *self._root.absolute().parents):
            try:
                found = os.statvfs(each)
            except FileNotFoundError:
                continue
            except OSError:
                return None
            return Room(found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize)
        return None

    def last_removal(self) -> Removal | None:
        try:
            with (self._root / REMOVALS).open("rb") as file:
                file.seek(max(os.fstat(file.fileno()).st_size - _TAIL, 0))
                lines = file.read().splitlines()
        except OSError:
            return None
        told = (_read(line) for line in reversed(lines))
        return next((each for each in told if each is not None), None)

    def note_removal(self, removal: Removal) -> None:
        """One line; a list that has become long begins anew, and its count goes on."""
        before = self.last_removal()
        line = msgspec.json.encode(replace(removal, count=before.count + 1 if before else 1))
        path = self._root / REMOVALS
        try:
            descriptor = open_private(path, os.O_WRONLY | os.O_APPEND)
            try:
                if os.fstat(descriptor).st_size > _LONGEST:
                    os.ftruncate(descriptor, 0)
                os.write(descriptor, line + b"\n")
            finally:
                os.close(descriptor)
        except OSError as error:
            raise failed(path, error) from error


def _read(line: bytes) -> Removal | None:
    try:
        return decoder_of(Removal).decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
