"""Partials and results on disk: bounded reads, atomic writes. Knows nothing of their content."""

from __future__ import annotations

import errno
import os
import stat

from console.results import jsontext
from console.results.named_tuple import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Callable, Iterable

_PERMISSIONS = 0o644
PRIVATE = 0o600
_WHILE_WRITTEN = PRIVATE
_RANDOM = 6
"""Bytes in a temporary name."""
_WIDEST = 4
"""Bytes a character in memory, for all of a text, as soon as a single one is beyond Latin-1."""
_NAME_IN_TEMPORARY = 50
"""Characters; a name of the longest length that a file system allows leaves no room for more."""
_SHOWN = 120
"""Characters of a path in a message; the reason behind it must not be lost."""


class FileText(NamedTuple):
    """What a file gave: its text, or a kind of problem and what is wrong in words."""

    text: str | None
    problem: str = ""
    reason: str = ""


class FileContent(NamedTuple):
    """The same before anybody has decided on an encoding."""

    content: bytes | None
    problem: str = ""
    reason: str = ""


def read_text(path: str, *, limit: int = jsontext.SIZE_LIMIT) -> FileText:
    """The text of an untrusted file in UTF-8, as `read_content` reads it."""
    found = read_content(path, limit=limit)
    content = found.content
    if content is None:
        return FileText(None, found.problem, found.reason)
    # One character beyond Latin-1 makes the whole text four times as large in a pod of little
    # memory.
    if len(content) > limit // _WIDEST and not content.isascii():
        return FileText(None, "hostile", f"has {len(content)} bytes, and not of plain text")
    try:
        return FileText(content.decode("utf-8"))
    except UnicodeDecodeError as broken:
        return FileText(None, "torn", f"is not UTF-8 text (byte {broken.start})")


def read_content(path: str, *, limit: int = jsontext.SIZE_LIMIT) -> FileContent:
    """The bytes of an untrusted file. Never opens what is no regular file or larger than `limit`.

    A file that grows between the look and the read is cut at `limit`, and then refused. One that
    promises bytes and gives none (the kernel has such) is told from one that is empty.
    """
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode):
            return FileContent(None, "hostile", f"is {_kind(found.st_mode)}, not a regular file")
        if found.st_size > limit:
            return FileContent(None, "hostile", f"has {found.st_size} bytes, more than {limit}")
        # One byte more than may be: so a file that has grown since the look is told from one that
        # fits.
        content = read_start(path, limit + 1)
    except FileNotFoundError:
        return FileContent(None, "missing", "does not exist")
    except (OSError, ValueError) as failed:
        return FileContent(None, "torn", f"cannot be read: {why(failed)}")
    if len(content) > limit:
        return FileContent(None, "hostile", f"has more than {limit} bytes")
    if not content:
        told = f", though {found.st_size} bytes are promised" if found.st_size else ""
        return FileContent(None, "torn", f"is empty{told}")
    return FileContent(content)


def read_start(path: str, size: int) -> bytes:
    """At most `size` bytes of a file; nothing of one that is no regular file any more.

    Never waits: whoever puts a pipe in the file's place cannot hold the reader. Raises OSError.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as opened:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return b""
        # Without waiting a kernel file that has nothing to say now answers None.
        return opened.read(size) or b""


def write_text(path: str, text: str) -> None:
    """Replace a file by `text`: a reader sees the old one or the new one, also after a crash.

    A pipe or a character device (/dev/stdout) is written directly, and not waited for in vain.
    Raises OSError that names `path`.
    """
    try:
        _write(path, text)
    except OSError as failed:
        raise OSError(failed.errno, failed.strerror, path) from failed


def _write(path: str, text: str) -> None:
    if not os.path.basename(path):
        number = errno.EISDIR if path else errno.ENOENT
        raise OSError(number, os.strerror(number))
    if os.path.exists(path) and not os.path.isfile(path):
        from console.results import streams

        streams.write_bytes(path, text.encode("utf-8"))
    else:
        # Where a link leads: replacing the link itself would leave its target old.
        replace(os.path.realpath(path), [text.encode("utf-8")])


def replace(target: str, blocks: Iterable[bytes], *, permissions: int = _PERMISSIONS) -> None:
    """Put a file of these blocks in the target's place: whole or not at all, also after a crash.

    The one way to do so; what was there stays, and nothing else is left, where it fails. Raises
    OSError, and whatever the blocks raise.
    """

    def move(temporary: str) -> str:
        os.replace(temporary, target)
        return target

    _appear(target, blocks, permissions, move)


def write_new(wanted: str, blocks: Iterable[bytes], *, permissions: int = _PERMISSIONS) -> str:
    """A new file of these blocks, whole or not at all, never over another one; its path.

    Where `wanted` is taken it is called `name-2.ext` and so on. Raises as `replace` does.
    """

    def move(temporary: str) -> str:
        target = _reserved(wanted)
        try:
            os.replace(temporary, target)
        except BaseException:
            os.unlink(target)
            raise
        return target

    return _appear(wanted, blocks, permissions, move)


def _appear(
    wanted: str, blocks: Iterable[bytes], permissions: int, move: Callable[[str], str]
) -> str:
    """Write a temporary file beside the wanted one, and have it moved to where it belongs."""
    folder, name = os.path.split(wanted)
    # Not by `tempfile`: it imports a tenth of the standard library, and a merge is short.
    mark = os.urandom(_RANDOM).hex()
    temporary = os.path.join(folder, f".{name[:_NAME_IN_TEMPORARY]}.{mark}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _WHILE_WRITTEN)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.writelines(blocks)
            opened.flush()
            # Before the rename: else a crash may leave the new name with nothing in it.
            os.fsync(opened.fileno())
        # Only a whole file may be read by others; and not by `os.open`, from which the umask takes.
        os.chmod(temporary, permissions)
        target = move(temporary)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise
    # The rename itself is on disk only with its folder.
    _sync_folder(folder or os.curdir)
    return target


def _reserved(wanted: str) -> str:
    """The first free name, taken by an empty file. No hard link: not every file system has them."""
    stem, extension = os.path.splitext(wanted)
    target, number = wanted, 1
    while True:
        try:
            os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _WHILE_WRITTEN))
        except FileExistsError:
            number += 1
            target = f"{stem}-{number}{extension}"
        else:
            return target


def same_file(one: str, other: str) -> bool:
    """Whether two paths lead to one regular file, or to one place without a file yet."""
    try:
        if not os.path.exists(one) or not os.path.exists(other):
            return os.path.realpath(one) == os.path.realpath(other)
        return os.path.isfile(one) and os.path.samefile(one, other)
    except (OSError, ValueError):
        return False


def shown(path: str) -> str:
    """A path for a message: without control characters, long ones without their middle."""
    clean = "".join(sign if sign.isprintable() else "?" for sign in path)
    return clean if len(clean) <= _SHOWN else f"{clean[: _SHOWN // 3]}...{clean[-_SHOWN // 2 :]}"


def why(failed: Exception) -> str:
    """The reason of a failure to read or write, without the path."""
    return (failed.strerror if isinstance(failed, OSError) else "") or str(failed)


def _kind(mode: int) -> str:
    known = ((stat.S_ISDIR, "a directory"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
    return next((word for is_it, word in known if is_it(mode)), "a device")


def _sync_folder(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
