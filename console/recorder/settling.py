"""Logs that nobody writes any more: compressed, six times as small, and made to grow again.

At every instant one whole file has the log: the one that grew stays until the compressed one is
on disk and has been read again, and counts as long as it is there. Whoever calls holds the
recording's lock. Raises OSError.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from console.recorder.gzip_members import RAW, members
from console.recorder.log_source import COMPRESSED, CompressedLog
from console.results import files

_TEMPORARY = ".*.tmp"


class NotFinished(Exception):
    """There is no time left: the log stays as it is."""


def compressed_name(log: Path) -> Path:
    """Where the compressed form of a run's log is."""
    return log.with_name(log.name + COMPRESSED)


def is_compressed(log: Path) -> bool:
    """Whether the compressed form is the only one."""
    return not log.exists() and compressed_name(log).exists()


def compress(log: Path, stop: Callable[[], bool]) -> None:
    """Have the compressed form instead. Raises NotFinished when `stop()` says so."""
    target, times = compressed_name(log), log.stat()
    files.replace(str(target), members(_pieces(log, stop)), permissions=files.PRIVATE)
    # A recording is as old as its newest word, and not as its compression.
    os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))
    if not _same(log, target, stop):
        target.unlink()
        raise OSError(f"{target} has not become what {log} is")
    log.unlink()


def compress_all(logs: Iterable[Path], stop: Callable[[], bool]) -> int:
    """How many; what is not begun when `stop()` says so stays as it is."""
    done = 0
    for log in logs:
        clean(log.parent)
        try:
            compress(log, stop)
        except NotFinished:
            break
        done += 1
    return done


def restore(log: Path) -> None:
    """Have the form that grows instead. What is damaged is a line there, and the file is kept."""
    source = compressed_name(log)
    packed = CompressedLog(source)
    pieces = (packed.read(RAW, offset) for offset in range(0, packed.size(), RAW))
    files.replace(str(log), pieces, permissions=files.PRIVATE)
    # Restored is what could be read; the rest may still be rescued by somebody from the file
    # itself.
    if packed.damaged:
        source.rename(source.with_name(f"{source.name}.damaged"))
    else:
        source.unlink()


def clean(folder: Path) -> None:
    """Take away what a crash has left half written."""
    for each in folder.glob(_TEMPORARY):
        each.unlink(missing_ok=True)


def _pieces(log: Path, stop: Callable[[], bool]) -> Iterator[bytes]:
    with log.open("rb") as opened:
        while piece := opened.read(RAW):
            if stop():
                raise NotFinished
            yield piece


def _same(log: Path, target: Path, stop: Callable[[], bool]) -> bool:
    """Whether gzip's own reader, which knows nothing of ours, gives every byte back."""
    import gzip  # for what is compressed: whoever lists recordings needs none

    with gzip.open(target) as packed:
        try:
            return all(packed.read(len(piece)) == piece for piece in _pieces(log, stop)) and (
                not packed.read(1)
            )
        except (EOFError, gzip.BadGzipFile, zlib.error):
            return False
