"""Where a recorder process is found: one folder for each login, this user's only.

`<state>/recorders/<fingerprint>/` holds its lock, which the kernel drops with it, its socket and
its log. A folder without a locked lock is what a recorder left that was killed.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
from collections.abc import Iterator
from pathlib import Path

FOLDER = "recorders"
_LONGEST_NUMBER = 16
_LONGEST_ADDRESS = 100
"""Bytes of a socket's path; the kernel takes 107."""


class ProcessFolder:
    """Paths of one recorder, and who holds its lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = path / "lock"
        self.socket = path / "socket"
        self.log = path / "log"

    def make(self) -> None:
        """The folder, for this user only."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.chmod(self.path, 0o700)

    def take(self) -> int | None:
        """The lock's descriptor, held as long as it is open; None while another process has it."""
        self.make()
        descriptor = os.open(self.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        return descriptor

    @property
    def pid(self) -> int | None:
        """The process that holds the lock; None where none does, or that cannot be told."""
        try:
            told = self.lock.read_bytes()[:_LONGEST_NUMBER]
        except OSError:
            return None
        return int(told) if told.isdigit() and self.taken else None

    def end(self, *, gently: bool) -> None:
        """`gently`: it was asked, and ends by itself; else by a signal."""
        if not gently and (pid := self.pid) is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    @property
    def taken(self) -> bool:
        """Some process holds the lock: a recorder runs, or is about to."""
        try:
            descriptor = os.open(self.lock, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False  # none was ever there, or it is not ours to know
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    @contextlib.contextmanager
    def address(self) -> Iterator[str]:
        """The socket's path, short enough for the kernel however deep the folder is."""
        plain = str(self.socket)
        if len(os.fsencode(plain)) <= _LONGEST_ADDRESS:
            yield plain
            return
        folder = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            yield f"/proc/self/fd/{folder}/{self.socket.name}"
        finally:
            os.close(folder)


def every(state: Path) -> list[ProcessFolder]:
    """Of all logins that ever had a recorder here."""
    root = state / FOLDER
    return [ProcessFolder(each) for each in sorted(root.iterdir())] if root.is_dir() else []
