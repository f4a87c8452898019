"""One writer at a time: a lock on a recording that the kernel drops with its process.

A lock of `flock` belongs to the open file, so that two writers of one process exclude each other
too. Knows nothing of what is written under it.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from console.operations.ports.recorder import Holder
from console.recorder.recording_files import open_private

LOCK = "writer.lock"
_LONGEST = 32
_TRIES = 10
_UNATTENDED = " recorder"


class Lock:
    """A held lock. Ends with `release`, or with the process."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        """Give it back; the second time is harmless."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def take(folder: Path, *, unattended: bool = False) -> Lock | None:
    """The lock of that recording; None while another writer has it. Raises OSError.

    `unattended`: whoever takes it is a recorder process, and says so to those who come second.
    """
    descriptor = _opened(folder / LOCK)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # A lock on a file that has been removed excludes nobody: who comes next locks a new one.
        if not _stands(descriptor, folder / LOCK):
            os.close(descriptor)
            return take(folder, unattended=unattended)
        # The number is only for people: what excludes another writer is the lock, which dies with
        # the process, while a number may come again.
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}{_UNATTENDED if unattended else ''}".encode(), 0)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        os.close(descriptor)
        raise
    return Lock(descriptor)


def _opened(path: Path) -> int:
    """Its folder may be removed between its making and the opening; so often is nobody."""
    for _ in range(_TRIES):
        try:
            return open_private(path, os.O_RDWR)
        except FileNotFoundError:
            continue
    return open_private(path, os.O_RDWR)


def _stands(descriptor: int, path: Path) -> bool:
    """Whether the file is still at its place: its recording may have been removed meanwhile."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


def holder(folder: Path) -> Holder | None:
    """The process that took the lock last; None where that cannot be told."""
    try:
        told = (folder / LOCK).read_bytes()[:_LONGEST].decode("ascii", "replace")
    except OSError:
        return None
    number = told.removesuffix(_UNATTENDED)
    return Holder(int(number), number != told) if number.isdecimal() else None
