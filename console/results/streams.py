"""What is no regular file, pipes and character devices: they may keep a reader or writer waiting.

Never waits longer than PATIENCE without progress. A disk or a directory is never written to.
"""

from __future__ import annotations

import errno
import os
import select
import stat

PATIENCE = 10.0
"""Seconds in which the other side has to do something."""
_AT_ONCE = 65_536


def write_bytes(path: str, content: bytes) -> None:
    """Write all of `content`. Raises OSError with the reason in words."""
    mode = os.stat(path).st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if stat.S_ISBLK(mode):
        raise OSError(errno.EINVAL, "it is a block device, a whole disk")
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError as failed:
        raise _in_words(failed, mode) from failed
    try:
        _write(descriptor, memoryview(content))
    finally:
        os.close(descriptor)


def _write(descriptor: int, left: memoryview) -> None:
    while left:
        _, ready, _ = select.select([], [descriptor], [], PATIENCE)
        if not ready:
            raise OSError(errno.EAGAIN, f"nobody has read from it for {PATIENCE:g} seconds")
        try:
            left = left[os.write(descriptor, left) :]
        except BlockingIOError:
            continue


def _in_words(failed: OSError, mode: int) -> OSError:
    if failed.errno == errno.ENXIO and stat.S_ISFIFO(mode):
        return OSError(failed.errno, "it is a pipe that nobody reads")
    if failed.errno == errno.ENXIO and stat.S_ISSOCK(mode):
        return OSError(failed.errno, "it is a socket, which is no file")
    return failed


def read_bytes(path: str, limit: int) -> bytes:
    """At most `limit` bytes of a pipe or a device. Raises OSError where nobody writes to it."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        return _read(descriptor, limit)
    finally:
        os.close(descriptor)


def _read(descriptor: int, limit: int) -> bytes:
    taken: list[bytes] = []
    left = limit
    while left > 0:
        ready, _, _ = select.select([descriptor], [], [], PATIENCE)
        if not ready:
            raise OSError(errno.EAGAIN, f"nobody has written to it for {PATIENCE:g} seconds")
        try:
            part = os.read(descriptor, min(left, _AT_ONCE))
        except BlockingIOError:
            continue
        if not part:
            break
        taken.append(part)
        left -= len(part)
    return b"".join(taken)
