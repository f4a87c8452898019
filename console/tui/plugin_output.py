"""What a plugin behind the screens says: the end of it, in a file that never grows beyond a bound.

Run as a program of its own, it reads until nobody can write any more, also when the console was
left: the plugin never waits for room, and never writes to nobody. It imports nothing of ours, so
that it is there at once. Knows no screen.
"""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import IO

MOST_KEPT = 1 << 20
"""Bytes on disk. When they are full, the newer half stays."""
_CUT = "({} bytes that were said before this are cut)\n"
_PIECE = 1 << 16
_NO_PART_OF_A_NAME = re.compile(r"[^A-Za-z0-9._-]")
_LONGEST_NAME = 100


@contextmanager
def new_output(folder: Path, plugin: str) -> Iterator[tuple[Path, IO[bytes]]]:
    """An empty file that only its owner reads, and where it is.

    It takes the place of a run before. One that still says something keeps its own, and the new one
    has a number: `NAME.2.log`.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = _NO_PART_OF_A_NAME.sub("_", plugin)[:_LONGEST_NAME]
    for number in count(1):
        path = folder / (f"{name}.log" if number == 1 else f"{name}.{number}.log")
        if (made := _made_new(path)) is not None:
            with os.fdopen(made, "rb") as output:
                yield path, output
            return


def _made_new(path: Path) -> int | None:
    """None where a run still writes to it. Its keeper holds the lock, whoever has started that."""
    with suppress(FileNotFoundError), open(path, "rb") as before:
        if not _locked(before.fileno()):
            return None
        path.unlink(missing_ok=True)
    try:
        made = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
    except FileExistsError:  # another console was quicker
        return None
    if _locked(made):
        return made
    os.close(made)
    return None


def _locked(opened: int) -> bool:
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def start_keeper(output: IO[bytes]) -> tuple[subprocess.Popen[bytes], int]:
    """Who keeps what is said, and where to say it: to be closed by who starts the plugin."""
    source, into = os.pipe()
    try:
        keeper = subprocess.Popen(
            [sys.executable, "-IS", __file__],
            stdin=source,
            stdout=output,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        os.close(into)
        raise
    finally:
        os.close(source)
    return keeper, into


def keep(source: int, kept: int) -> None:
    """All that comes is read, whatever becomes of the file: a full disk must end no plugin."""
    cut = told = 0
    while data := os.read(source, _PIECE):
        try:
            size = os.fstat(kept).st_size
            if size + len(data) > MOST_KEPT:
                newer = os.pread(kept, MOST_KEPT // 2, max(size - MOST_KEPT // 2, told))
                cut, data = cut + size - told - len(newer), newer + data
                os.ftruncate(kept, 0)
                told = os.write(kept, _CUT.format(cut).encode())
            cut += len(data) - os.write(kept, data)
        except OSError:
            cut += len(data)


if __name__ == "__main__":
    keep(0, 1)
