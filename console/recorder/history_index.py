"""`HistoryPort` over SQLite: an index of the recordings that can be thrown away at any time.

It holds nothing that the recordings do not, so that what is wrong with it is mended by making it
anew. A recording whose files have changed since is asked again.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from console.domain.drive_times import DriveTimes
from console.domain.spans import in_utc
from console.domain.submission import LOGCOPY, is_logcopy
from console.operations.ports.history_entries import HistoryEntry
from console.operations.ports.recorder import Recording
from console.recorder.identity import found_in
from console.recorder.recording_files import open_private
from console.recorder.writing import JOURNAL
from console.struct_library import decoder_of

FILE = "history.sqlite"
VERSION = 9
"""Of an entry's shape, and of what its values mean: an index of another one is made anew."""
_WAIT_SECONDS = 2.0
_DEPTH = 3
_SETTLED_NS = 60 * 10**9
_TABLES = (
    "CREATE TABLE IF NOT EXISTS entries (folder TEXT PRIMARY KEY, state TEXT, entry BLOB)",
    "CREATE TABLE IF NOT EXISTS times"
    " (folder TEXT PRIMARY KEY, routes TEXT, ended TEXT, times BLOB)",
    "CREATE INDEX IF NOT EXISTS of_routes ON times (routes, ended)",
)
_TIMES = "SELECT times FROM times WHERE routes = ? AND ended <= ? ORDER BY ended DESC LIMIT ?"
MOST_TIMES = 200
"""Submissions that tell how long a route takes: more make its median no better."""
MOST_MADE = 16
"""Recordings that are read anew for that: whoever wants a list of all reads them all."""
Kept = dict[str, tuple[str, bytes]]
Make = Callable[[Recording], HistoryEntry]
T = TypeVar("T")
FreshEntry = tuple[str, HistoryEntry]
"""One that was made anew, after the state of its files."""
Made = dict[str, FreshEntry]


class History:
    """Over the recordings below `root`; the index lies beside them."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def entries(self, make: Make) -> tuple[HistoryEntry, ...]:
        kept = self._read()
        told: dict[str, HistoryEntry] = {}
        changed: list[str] = []
        for folder in _folders(str(self._root)):
            known = self._known(folder, kept.get(folder))
            if known is None:
                changed.append(folder)
            else:
                told[folder] = known
        fresh = dict(self._made(changed, make))
        told |= {folder: replace(entry, times=None) for folder, (_, entry) in fresh.items()}
        gone = kept.keys() - told.keys()
        if fresh or gone:
            self._write(fresh, gone)
        return tuple(told.values())

    def drive_times(
        self, make: Make, routes_of: str, until: datetime | None
    ) -> tuple[DriveTimes, ...]:
        self._catch_up(make)
        # Behind every date.
        last = "~" if until is None else in_utc(until).isoformat()
        rows = self._asked(_TIMES, routes_of, last, MOST_TIMES)
        found = (_decoded(times, DriveTimes) for (times,) in rows)
        return tuple(each for each in found if each is not None)

    def _catch_up(self, make: Make) -> None:
        """The newest that are not remembered yet. One that goes on changes, and is left out."""
        states = self._states()
        new = [folder for folder in _folders(str(self._root)) if self._is_news(folder, states)]
        new.sort(key=lambda folder: _changed_at(f"{self._root}/{folder}"), reverse=True)
        if fresh := dict(islice(self._made(new, make), MOST_MADE)):
            self._write(fresh, set())

    def _is_news(self, folder: str, states: dict[str, str]) -> bool:
        path, state = f"{self._root}/{folder}", states.get(folder)
        if state is None:
            return True
        return state.partition(" ")[0] != _first(path) and _settled(f"{path}/{JOURNAL}")

    def _states(self) -> dict[str, str]:
        """Of all that are remembered, without what is."""
        return dict(self._asked("SELECT folder, state FROM entries"))

    def _made(self, folders: Iterable[str], make: Make) -> Iterator[tuple[str, FreshEntry]]:
        """Without those that are no recordings."""
        for folder in folders:
            recording = found_in(self._root, self._root / folder)
            if recording is not None:
                # Asked before it is read: what is written meanwhile makes it a changed one.
                state = _state(f"{self._root}/{folder}")
                yield folder, (state, make(recording))

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
        entry = _decoded(text, HistoryEntry)
        return entry if entry is not None and (entry.ended or state == _state(path)) else None

    def _read(self) -> Kept:
        rows = self._asked("SELECT folder, state, entry FROM entries")
        return {folder: (state, entry) for folder, state, entry in rows}

    def _asked(self, query: str, *values: object) -> list[Any]:
        """What is remembered; nothing where there is no index, or none that can be read."""
        try:
            with self._opened() as index:
                return index.execute(query, values).fetchall()
        except (sqlite3.OperationalError, OSError):
            return []  # another console writes it, or the disk takes nothing: this one goes without
        except sqlite3.DatabaseError:
            self._throw_away()
            return []

    def _write(self, fresh: Made, gone: set[str]) -> None:
        """An index that cannot be written costs the next start time, and nothing else."""
        with contextlib.suppress(sqlite3.Error, OSError), self._opened() as index:
            index.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", _rows(fresh))
            index.executemany("INSERT OR REPLACE INTO times VALUES (?, ?, ?, ?)", _timed(fresh))
            for table in ("entries", "times"):
                index.executemany(
                    f"DELETE FROM {table} WHERE folder = ?", [(each,) for each in gone]
                )

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        path = self._root / FILE
        # Made here, and so this user's only: SQLite would leave that to the umask.
        os.close(open_private(path, os.O_RDWR))
        with contextlib.closing(sqlite3.connect(path, timeout=_WAIT_SECONDS)) as index, index:
            if index.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                index.execute("DROP TABLE IF EXISTS entries")
                index.execute("DROP TABLE IF EXISTS times")
                index.execute(f"PRAGMA user_version = {VERSION}")
            for table in _TABLES:
                index.execute(table)
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
    runs = _runs(folder, LOGCOPY) or [
        run
        for each in sorted(_listed(folder), key=lambda each: each.name)
        if is_logcopy(each.name)
        for run in _runs(folder, each.name)
    ]
    return " ".join((_first(folder), *runs))


def _runs(folder: str, container: str) -> list[str]:
    return sorted(f"{each.name}:{each.stat().st_size}" for each in _listed(f"{folder}/{container}"))


def _first(folder: str) -> str:
    """What changes of an ended one too: its folder, when it is pinned or compressed."""
    return f"{_of(f'{folder}/{JOURNAL}')}:{_of(folder)}"


def _of(path: str) -> str:
    try:
        found = os.stat(path)
    except OSError:
        return "-"
    return f"{found.st_size}:{found.st_mtime_ns}"


def _changed_at(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0


def _settled(path: str) -> bool:
    """Nobody has written it for a while."""
    return time.time_ns() - _changed_at(path) > _SETTLED_NS


def _rows(fresh: Made) -> Iterator[tuple[str, str, bytes]]:
    for folder, (state, entry) in fresh.items():
        yield folder, state, msgspec.json.encode(replace(entry, times=None))


def _timed(fresh: Made) -> Iterator[tuple[str, str, str, bytes]]:
    """Of those that have ended, and drove something."""
    for folder, (_, entry) in fresh.items():
        times = entry.times
        if entry.ended and times is not None and times.routes_of and times.drives:
            ended = times.ended_at or entry.seen_at
            if ended is not None:
                at = in_utc(ended).isoformat()
                yield folder, times.routes_of, at, msgspec.json.encode(times)


def _decoded(text: bytes, shape: type[T]) -> T | None:
    try:
        return decoder_of(shape).decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
