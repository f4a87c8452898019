"""What the Linux kernel can tell of a file's writers: leases and directory notices.

A lease makes the next writer wait at its `open` until the holder lets go; a directory notice says
that a file was closed after writing. Where the kernel, the filesystem or the right is missing,
each says so once and the caller has to look by itself. Knows no checkpoint.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import select
import signal
import stat
import struct
import time

_CLOSE_WRITE, _MOVED_TO, _CREATE = 0x8, 0x80, 0x100
_EVENT = struct.Struct("iIII")
_NONBLOCK, _CLOSE_ON_EXEC = os.O_NONBLOCK, os.O_CLOEXEC
_DEATH_SIGNAL = 1
_EAGER = -10
"""Niceness of a process that has to wake before the writer goes on."""


class Lease:
    """At most one lease at a time, on the regular file that has a path at that moment."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._descriptor = -1
        self.possible = hasattr(fcntl, "F_SETLEASE")

    @property
    def held(self) -> bool:
        """Nobody has the file open for writing, and nobody will before `release`."""
        return self._descriptor >= 0

    def take(self) -> bool:
        """Hold off the next writer, unless one is there already."""
        self.release()
        if not self.possible:
            return False
        try:
            descriptor = os.open(self._path, os.O_RDONLY | _NONBLOCK | _CLOSE_ON_EXEC)
        except OSError:
            return False
        if stat.S_ISREG(os.fstat(descriptor).st_mode) and self._won(descriptor):
            self._descriptor = descriptor
            return True
        os.close(descriptor)
        return False

    def _won(self, descriptor: int) -> bool:
        try:
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except OSError as refused:
            self.possible = refused.errno == errno.EAGAIN
            return False
        return True

    def release(self) -> None:
        """Let the next writer go on."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class Notices:
    """Wakes its reader when a writer waits for a lease, or when a file in a folder was written."""

    def __init__(self, path: str) -> None:
        folder, name = os.path.split(path)
        self._name = os.fsencode(name)
        self._reader, writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(writer, False)
        signal.signal(signal.SIGIO, lambda number, frame: None)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        self._folder = _watch(folder or ".")

    @property
    def possible(self) -> bool:
        """Whether writes are told at all."""
        return self._folder >= 0

    def wait(self, seconds: float) -> bool:
        """Whether something may have been written, or is about to be, within that time."""
        deadline = time.monotonic() + seconds
        sources = [self._reader] + [self._folder] * self.possible
        while True:
            left = deadline - time.monotonic()
            ready = select.select(sources, [], [], max(left, 0.0))[0]
            if self._reader in ready and _drained(self._reader):
                return True
            if self._folder in ready and self._is_about_it(_drained(self._folder)):
                return True
            if left <= 0:
                return False

    def _is_about_it(self, content: bytes) -> bool:
        at, told = 0, False
        while at + _EVENT.size <= len(content):
            size = _EVENT.unpack_from(content, at)[3]
            name = content[at + _EVENT.size : at + _EVENT.size + size].rstrip(b"\0")
            told = told or name == self._name or not name
            at += _EVENT.size + size
        return told


def wake_eagerly() -> None:
    """Ask to be woken before others. Without the right to it, one wakes a little later."""
    try:
        os.nice(_EAGER)
    except OSError:
        return


def die_with_parent(parent: int) -> bool:
    """Ask the kernel to kill this process when `parent` dies; False when that is too late."""
    try:
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    except (OSError, AttributeError):
        return os.getppid() == parent
    return os.getppid() == parent


def _watch(folder: str) -> int:
    """A descriptor that tells what is written in a folder, -1 where there is no such thing."""
    try:
        library = ctypes.CDLL(None)
        descriptor: int = library.inotify_init1(_NONBLOCK | _CLOSE_ON_EXEC)
        wanted = _CLOSE_WRITE | _MOVED_TO | _CREATE
        if (
            descriptor >= 0
            and library.inotify_add_watch(descriptor, os.fsencode(folder), wanted) < 0
        ):
            os.close(descriptor)
            return -1
    except (OSError, AttributeError):
        return -1
    return descriptor


def _drained(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except BlockingIOError:
        return b""
