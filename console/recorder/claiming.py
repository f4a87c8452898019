"""One writer at a time: a lock on a recording that the kernel drops with its process.

A lock of `flock` belongs to the open file, so that two writers of one process exclude each other
too. Knows nothing of what is written under it.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from console.recorder.places import open_private

LOCK = "writer.lock"
_LONGEST = 32


class Lock:
    """A held lock. Ends with `release`, or with the process."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        """Give it back; the second time is harmless."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def take(folder: Path) -> Lock | None:
    """The lock of that recording; None while another writer has it. Raises OSError."""
    descriptor = open_private(folder / LOCK, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # The number is only for people: what excludes another writer is the lock, which dies with
        # the process, while a number may come again.
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        os.close(descriptor)
        raise
    return Lock(descriptor)


def holder(folder: Path) -> int | None:
    """The process that took the lock last; None where that cannot be told."""
    try:
        told = (folder / LOCK).read_bytes()[:_LONGEST]
    except OSError:
        return None
    return int(told) if told.isdigit() else None
