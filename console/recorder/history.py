"""`HistoryPort` over SQLite: an index of the recordings that can be thrown away at any time.

It holds nothing that the recordings do not, so that what is wrong with it is mended by making it
anew. A recording whose files have changed since is asked again.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from console.domain.submission import LOGCOPY
from console.operations.ports.history import HistoryEntry
from console.operations.ports.recorder import Recording
from console.recorder.identity import found_in
from console.recorder.places import open_private
from console.recorder.writing import JOURNAL
from console.struct_library import decoder_of

FILE = "history.sqlite"
VERSION = 5
"""Of an entry's shape: an index of another one is made anew."""
_WAIT_SECONDS = 2.0
_DEPTH = 3
_TABLE = "CREATE TABLE IF NOT EXISTS entries (folder TEXT PRIMARY KEY, state TEXT, entry BLOB)"
Kept = dict[str, tuple[str, bytes]]


class History:
    """Over the recordings below `root`; the index lies beside them."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def entries(self, make: Callable[[Recording], HistoryEntry]) -> tuple[HistoryEntry, ...]:
        kept = self._read()
        told: dict[str, HistoryEntry] = {}
        fresh: Kept = {}
        for folder in _folders(str(self._root)):
            known = self._known(folder, kept.get(folder))
            if known is None:
                recording = found_in(self._root, self._root / folder)
                if recording is None:
                    continue
                # Asked before it is read: what is written meanwhile makes it a changed one.
                state = _state(f"{self._root}/{folder}")
                known = make(recording)
                fresh[folder] = (state, msgspec.json.encode(known))
            told[folder] = known
        gone = kept.keys() - told.keys()
        if fresh or gone:
            self._write(fresh, gone)
        return tuple(told.values())

    def _known(self, folder: str, kept: tuple[str, bytes] | None) -> HistoryEntry | None:
        """What is remembered, unless its files have changed.

        Whatever an ended one still has to tell is noted in its journal too: of thousands that
        file and the folder itself are looked at.
        """
        if kept is None:
            return None
        path, (state, text) = f"{self._root}/{folder}", kept
        first, _, _ = state.partition(" ")
        if _first(path) != first:
            return None
        entry = _decoded(text)
        return entry if entry is not None and (entry.ended or state == _state(path)) else None

    def _read(self) -> Kept:
        """What is remembered; nothing where there is no index, or none that can be read."""
        try:
            with self._opened() as index:
                rows = index.execute("SELECT folder, state, entry FROM entries")
                return {folder: (state, entry) for folder, state, entry in rows}
        except sqlite3.OperationalError:
            return {}  # another console writes it, or the disk takes nothing: this one goes without
        except sqlite3.DatabaseError:
            self._throw_away()
            return {}

    def _write(self, fresh: Kept, gone: set[str]) -> None:
        """An index that cannot be written costs the next start time, and nothing else."""
        rows = [(folder, state, entry) for folder, (state, entry) in fresh.items()]
        with contextlib.suppress(sqlite3.Error), self._opened() as index:
            index.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", rows)
            index.executemany("DELETE FROM entries WHERE folder = ?", [(each,) for each in gone])

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        path = self._root / FILE
        os.close(open_private(path, os.O_RDWR))
        with contextlib.closing(sqlite3.connect(path, timeout=_WAIT_SECONDS)) as index, index:
            if index.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                index.execute("DROP TABLE IF EXISTS entries")
                index.execute(f"PRAGMA user_version = {VERSION}")
            index.execute(_TABLE)
            yield index

    def _throw_away(self) -> None:
        for each in self._root.glob(f"{FILE}*"):
            each.unlink(missing_ok=True)


def _folders(root: str) -> Iterator[str]:
    """`cluster/namespace/name-uid` of each recording; whatever else lies there is none."""
    level = [""]
    for _ in range(_DEPTH):
        level = [
            f"{above}{each.name}/"
            for above in level
            for each in _listed(f"{root}/{above}")
            if each.is_dir(follow_symlinks=False)
        ]
    return (each.rstrip("/") for each in level)


def _listed(path: str) -> list[os.DirEntry[str]]:
    """Empty for what is gone meanwhile, or another user's."""
    try:
        with os.scandir(path) as found:
            return list(found)
    except OSError:
        return []


def _state(folder: str) -> str:
    """Of the files that an entry is made of: it changes whenever one of them does."""
    runs = sorted(f"{each.name}:{each.stat().st_size}" for each in _listed(f"{folder}/{LOGCOPY}"))
    return " ".join((_first(folder), *runs))


def _first(folder: str) -> str:
    """What changes of an ended one too: its folder, when it is pinned or compressed."""
    return f"{_of(f'{folder}/{JOURNAL}')}:{_of(folder)}"


def _of(path: str) -> str:
    try:
        found = os.stat(path)
    except OSError:
        return "-"
    return f"{found.st_size}:{found.st_mtime_ns}"


def _decoded(text: bytes) -> HistoryEntry | None:
    try:
        return decoder_of(HistoryEntry).decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
