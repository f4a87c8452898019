"""`RecorderPort` over a directory: spools, a journal a submission, its merged result."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from console.domain.events import Event, LastLine, MergedReported
from console.operations.ports import Recording
from console.recorder import journal
from console.recorder.places import folder_of, open_private, private_folder, safe
from console.recorder.places import run_file as path_of_run
from console.recorder.spooling import Spool, failed
from console.recorder.viewing import Stitched

JOURNAL = "journal.jsonl"
MERGED = "merged.json"
IDENTITY = "recording.json"
_RUN = re.compile(r"(\d{1,9})(?:\.([A-Za-z0-9._-]+))?\.log")


class Recorder:
    """All recordings below `root` (`<state>/recordings`)."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._identified: set[Recording] = set()

    def open_spool(self, recording: Recording, container: str, run: int, *, pod: str = "") -> Spool:
        """The writer of that run's file; what is in it already stays."""
        return Spool(path_of_run(self._identify(recording), container, run, pod))

    def note(self, recording: Recording, event: Event) -> None:
        """Append to the journal. Last lines are left out: the spool has them."""
        if isinstance(event, LastLine):
            return
        folder = self._identify(recording)
        if isinstance(event, MergedReported):
            _replace(folder / MERGED, event.result.text.encode())
        try:
            descriptor = open_private(folder / JOURNAL, os.O_RDWR | os.O_APPEND)
            try:
                os.write(descriptor, _after_torn_line(descriptor) + journal.encode(event))
            finally:
                os.close(descriptor)
        except OSError as error:
            raise failed(folder / JOURNAL, error) from error

    def history(self, recording: Recording) -> Iterator[Event]:
        """The journal's events, oldest first."""
        path = folder_of(self._root, recording) / JOURNAL
        if path.exists():
            with path.open("rb") as lines:
                yield from journal.decode_all(lines)

    def log(self, recording: Recording, container: str) -> Stitched:
        """The view of a container's spools; runs that appear later are part of it."""
        folder = folder_of(self._root, recording) / safe(container)
        return Stitched(lambda: _runs(folder))

    def merged_text(self, recording: Recording) -> str | None:
        path = folder_of(self._root, recording) / MERGED
        return path.read_text() if path.exists() else None

    def recordings(self) -> tuple[Recording, ...]:
        """Everything on disk, newest last."""
        found = sorted(self._root.glob(f"*/*/*/{IDENTITY}"), key=lambda p: p.stat().st_mtime)
        return tuple(each for each in map(_identity, found) if each is not None)

    def _identify(self, recording: Recording) -> Path:
        """The recording's folder; the file in it that tells whose it is exists afterwards."""
        folder = folder_of(self._root, recording)
        if recording not in self._identified:
            names = {
                key: getattr(recording, key) for key in ("cluster", "namespace", "name", "uid")
            }
            if not (folder / IDENTITY).exists():
                _replace(folder / IDENTITY, json.dumps(names).encode())
            self._identified.add(recording)
        return folder


def _identity(path: Path) -> Recording | None:
    try:
        names = json.loads(path.read_bytes())
        return Recording(names["cluster"], names["namespace"], names["name"], names["uid"])
    except (ValueError, KeyError, TypeError, OSError):
        return None


def _runs(folder: Path) -> list[tuple[Path, int]]:
    """Spool files in order: pods by their first line's time, then runs by number."""
    if not folder.is_dir():
        return []
    pods: dict[str, list[tuple[int, Path]]] = {}
    for path in folder.iterdir():
        if match := _RUN.fullmatch(path.name):
            pods.setdefault(match[2] or "", []).append((int(match[1]), path))
    ordered = sorted((sorted(runs) for runs in pods.values()), key=lambda runs: _begin(runs[0][1]))
    return [(path, run) for runs in ordered for run, path in runs]


def _begin(path: Path) -> tuple[bool, bytes]:
    """The first timestamp of a file; files without one come last."""
    with path.open("rb") as file:
        first = file.readline(40).removeprefix(b"#")[:30]
    return (not first, first)


def _after_torn_line(descriptor: int) -> bytes:
    """A newline where a crash left the journal in the middle of a line."""
    size = os.fstat(descriptor).st_size
    return b"" if size == 0 or os.pread(descriptor, 1, size - 1) == b"\n" else b"\n"


def _replace(path: Path, content: bytes) -> None:
    """The file appears whole or not at all."""
    try:
        private_folder(path.parent)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(file.name, path)
    except OSError as error:
        raise failed(path, error) from error
