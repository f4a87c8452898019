"""What a plugin behind the screens says: the end of it, in a file that never grows beyond a bound.

Run as a program of its own, it reads until nobody can write any more, also when the console was
left: the plugin never waits for room, and never writes to nobody. It imports nothing of ours, so
that it is there at once. Knows no screen.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

MOST_KEPT = 1 << 20
"""Bytes on disk. When they are full, the newer half stays."""
_CUT = "({} bytes that were said before this are cut)\n"
_PIECE = 1 << 16
_NO_PART_OF_A_NAME = re.compile(r"[^A-Za-z0-9._-]")
_LONGEST_NAME = 100


def output_file(folder: Path, plugin: str) -> Path:
    """Where the newest run of that plugin has its output."""
    return folder / f"{_NO_PART_OF_A_NAME.sub('_', plugin)[:_LONGEST_NAME]}.log"


@contextmanager
def new_output(path: Path) -> Iterator[IO[bytes]]:
    """An empty file that only its owner reads. A run before keeps writing to its own, unseen."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND
    with os.fdopen(os.open(path, flags, 0o600), "rb") as output:
        yield output


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
