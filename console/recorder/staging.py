"""Folders for what is being made: on the recordings' own disk, and never left behind.

A process that is killed leaves its folder; the next one that makes something takes it away. Knows
nothing of what is in them.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from console.recorder.recording_files import open_private, private_folder

FOLDER = ".staging"
"""Below the recordings' root, and no recording: a move from there into its place is a rename."""
_RANDOM = 8
"""Bytes of a name."""


@contextlib.contextmanager
def staged(root: Path) -> Iterator[Path]:
    """An empty folder of this user's only; gone at the end with all in it. Raises OSError."""
    home = private_folder(root / FOLDER)
    _clear(home)
    folder = home / os.urandom(_RANDOM).hex()
    lock = folder.with_suffix(".lock")
    descriptor = open_private(lock, os.O_RDWR)
    try:
        # Dropped by the kernel with its process: that is how an abandoned folder is known.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.unlink(missing_ok=True)
        os.close(descriptor)


def _clear(home: Path) -> None:
    """Take away what nobody works on any more."""
    for lock in home.glob("*.lock"):
        with contextlib.suppress(OSError):  # another one clears it, or has it
            descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
                lock.unlink(missing_ok=True)
            finally:
                os.close(descriptor)
