"""Which files of a recording are logs, in which order, and when the newest was written."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

from console.recorder import log_source
from console.recorder.log_source import COMPRESSED
from console.recorder.writing import JOURNAL

_RUN = re.compile(rf"((\d{{1,9}})(?:\.([A-Za-z0-9._-]+?))?\.log)({re.escape(COMPRESSED)})?")
_STAMP = 40
_SETTLED = 2_000_000_000
"""Nanoseconds after which a folder's time tells of each later change."""


def runs(folder: Path) -> list[tuple[Path, int, str]]:
    """Of a container: pods by their first line's time, then runs by number.

    Each by the name that its file has while it grows, which it may have no more.
    """
    if not folder.is_dir():
        return []
    pods: dict[str, set[tuple[int, Path]]] = {}
    for name in os.listdir(folder):
        if match := _RUN.fullmatch(name):
            pods.setdefault(match[3] or "", set()).add((int(match[2]), folder / match[1]))
    if len(pods) > 1:
        pods = dict(sorted(pods.items(), key=lambda each: _begin(min(each[1])[1])))
    return [(path, run, pod) for pod, its in pods.items() for run, path in sorted(its)]


class KnownRuns:
    """The runs of a container, looked for again when its folder has changed.

    Who follows hundreds of logs asks for them thousands of times a second.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._changed: int | None = None
        self._found: list[tuple[Path, int, str]] = []

    def __call__(self) -> list[tuple[Path, int, str]]:
        """The same list as before where nothing has come."""
        try:
            changed = os.stat(self._folder).st_mtime_ns
        except OSError:
            changed = None
        if changed is None or changed != self._changed:
            # A file that comes in the same tick of the disk's clock leaves the time as it is.
            settled = changed is not None and time.time_ns() - changed > _SETTLED
            self._found, self._changed = runs(self._folder), changed if settled else None
        return self._found


def _begin(path: Path) -> tuple[bool, bytes]:
    """The first timestamp of a log; logs without one come last."""
    first = log_source.opened(path).read(_STAMP, 0).removeprefix(b"#")[:30].split(b"\n")[0]
    return (not first, first)


def something(folder: Path) -> bool:
    """Whether any line of that container may be there."""
    with os.scandir(folder) as found:
        return any(_RUN.fullmatch(each.name) and each.stat().st_size for each in found)


def growing(recording: Path) -> list[Path]:
    """The logs of a recording that are not compressed and have something in them."""
    return [
        Path(each.path)
        for container in os.scandir(recording)
        if container.is_dir(follow_symlinks=False)
        for each in os.scandir(container)
        if (match := _RUN.fullmatch(each.name)) and not match[4] and each.stat().st_size
    ]


def written_at(recording: Path, logs: list[Path]) -> float:
    """When the newest of these logs or the journal was written: seconds since 1970."""
    times = [each.stat().st_mtime for each in (recording / JOURNAL, *logs) if each.exists()]
    return max(times, default=0.0)
