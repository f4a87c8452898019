"""Partials and results on disk: bounded reads, atomic writes. Knows nothing of their content."""

from __future__ import annotations

import os
import stat
import tempfile
from dataclasses import dataclass

from console.results import jsontext

_PERMISSIONS = 0o644
_WIDEST = 4
"""Bytes a character in memory, for all of a text, as soon as a single one is beyond Latin-1."""
_NAME_IN_TEMPORARY = 50
"""Characters; a name of the longest length that a file system allows leaves no room for more."""


@dataclass(frozen=True)
class FileText:
    """What a file gave: its text, or a kind of problem and what is wrong in words."""

    text: str | None
    problem: str = ""
    reason: str = ""


def read_text(path: str, *, limit: int = jsontext.SIZE_LIMIT) -> FileText:
    """The text of an untrusted file. Never opens what is no regular file or larger than `limit`.

    A file that grows between the look and the read is cut at `limit`, and then refused.
    """
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode):
            return FileText(None, "hostile", "is not a regular file")
        if found.st_size > limit:
            return FileText(None, "hostile", f"has {found.st_size} bytes, more than {limit}")
        content = read_start(path, limit + 1)
    except FileNotFoundError:
        return FileText(None, "missing", "does not exist")
    except OSError as failed:
        return FileText(None, "torn", f"cannot be read: {failed.strerror}")
    if len(content) > limit:
        return FileText(None, "hostile", f"has more than {limit} bytes")
    if not content:
        return FileText(None, "torn", "is empty")
    if len(content) > limit // _WIDEST and not content.isascii():
        return FileText(None, "hostile", f"has {len(content)} bytes, and not of plain text")
    try:
        return FileText(content.decode("utf-8"))
    except UnicodeDecodeError:
        return FileText(None, "torn", "is not UTF-8 text")


def read_start(path: str, size: int) -> bytes:
    """At most `size` bytes of a file; nothing of one that is no regular file any more.

    Never waits: whoever puts a pipe in the file's place cannot hold the reader. Raises OSError.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as opened:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return b""
        return opened.read(size)


def write_text(path: str, text: str) -> None:
    """Replace a file by `text`: a reader sees the old one or the new one, also after a crash.

    A path that is neither absent nor a regular file (a pipe, /dev/stdout) is written directly.
    Raises OSError that names `path`.
    """
    target = os.path.realpath(path)
    if not os.path.basename(path) or (os.path.exists(path) and not os.path.isfile(target)):
        with open(path, "w", encoding="utf-8") as opened:
            opened.write(text)
        return
    try:
        _replace(target, text)
    except OSError as failed:
        raise OSError(failed.errno, failed.strerror, path) from failed


def _replace(target: str, text: str) -> None:
    folder, name = os.path.split(target)
    descriptor, temporary = tempfile.mkstemp(
        prefix=f".{name[:_NAME_IN_TEMPORARY]}.", suffix=".tmp", dir=folder
    )
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        os.chmod(temporary, _PERMISSIONS)
        os.replace(temporary, target)
    except OSError:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise
    _sync_folder(folder)


def _sync_folder(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
