"""A bundle from elsewhere into a folder: nothing of the file is trusted.

Only what an export writes is taken: plain files, of known names, each once, of a bounded size. A
link, a path, a device, another archive's extension is a reason to refuse all of it. Whoever calls
gives an empty folder and takes it away when this raises.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from console.errors import ConsoleError, InvalidInput
from console.operations.ports.recorder import BundleHeader
from console.recorder import bundle_header
from console.recorder.packing import RECORDING
from console.recorder.recording_files import open_private
from console.recorder.writing import JOURNAL, MANIFEST, MERGED
from console.results import files

_BLOCK = 1024 * 1024
_DOCUMENTS = 64 * 1024 * 1024
"""Bytes of one that is read as a whole."""
_LONGEST_LINE = 32 * 1024 * 1024
"""Bytes; a merged document is one line of a journal."""
_LOG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}/\d{1,9}(?:\.[A-Za-z0-9_-]{1,8})?\.log")
_BESIDE = re.compile(r"report\.md|attempts\.json|left-out\.json|partials/pair-\d{1,3}\.json")
_ALONE = frozenset(("recording.json", JOURNAL, MANIFEST, MERGED))
_WRITTEN_BY_EXPORT = "Give the file as `carla-console export` has written it."


class Bounds(msgspec.Struct, frozen=True):
    """How much of a stranger's file is taken. A recording of a day has some gigabytes."""

    total: int = 64 * 1024**3
    """Bytes of all files, unpacked."""
    files: int = 20_000
    spare: int = 256 * 1024**2
    """Bytes of the disk that stay free: what is being recorded needs them."""


def unpack(file: str, folder: Path, bounds: Bounds) -> BundleHeader:
    """The recording's files into the folder, and what the bundle says of itself.

    Raises InvalidInput for a file that is no bundle, ConsoleError where the disk has no room.
    """
    try:
        with open(file, "rb") as opened, gzip.GzipFile(fileobj=opened) as inflated:
            return _unpacked(_TarMembers(inflated, bounds), folder)
    except (EOFError, zlib.error, gzip.BadGzipFile) as torn:
        raise _refused("It ends early, or is no gzip file.") from torn
    except OSError as error:
        raise InvalidInput(
            f"The bundle {files.shown(file)} cannot be taken in.", why=files.why(error)
        ) from error


def _refused(why: str) -> InvalidInput:
    return InvalidInput(
        "The file is no incident bundle that can be trusted; nothing of it was taken.",
        why=why,
        fix=_WRITTEN_BY_EXPORT,
    )


def _unpacked(archive: _TarMembers, folder: Path) -> BundleHeader:
    header: BundleHeader | None = None
    for name, size in archive.members():
        if header is None:
            if name != bundle_header.HEADER or size > _DOCUMENTS:
                raise _refused(f"Its first file is not {bundle_header.HEADER}.")
            header = bundle_header.decode(b"".join(archive.content(size)))
        elif name.startswith(RECORDING):
            _store(archive, folder, name.removeprefix(RECORDING), size)
        elif _BESIDE.fullmatch(name):
            _pass_over(archive, name, size)
        else:
            raise _refused(f"It holds {files.shown(name)!r}, which no export writes.")
    if header is None:
        raise _refused("There is nothing in it.")
    return header


def _store(archive: _TarMembers, folder: Path, name: str, size: int) -> None:
    log = _LOG.fullmatch(name) is not None
    if not log and name not in _ALONE:
        raise _refused(f"It holds {files.shown(RECORDING + name)!r}, which no export writes.")
    if not log and name != JOURNAL:
        _refuse_long(name, size)
    if shutil.disk_usage(folder).free - size < archive.bounds.spare:
        raise ConsoleError(
            "There is no room for the bundle; nothing of it was taken.",
            why=f"{name} alone has {size} bytes, and the recordings' disk would be full.",
            fix="Make room there, or set CARLA_CONSOLE_STATE_DIR to another disk.",
        )
    descriptor = open_private(folder / name, os.O_WRONLY | os.O_EXCL)
    with os.fdopen(descriptor, "wb") as written:
        for block in _short_lines(archive.content(size), name):
            written.write(block)
        written.flush()
        os.fsync(descriptor)


def _pass_over(archive: _TarMembers, name: str, size: int) -> None:
    """What is for people: the recording tells it all."""
    _refuse_long(name, size)
    for _ in archive.content(size):
        pass


def _refuse_long(name: str, size: int) -> None:
    if size > _DOCUMENTS:
        raise _refused(f"Its {name} has {size} bytes, more than {_DOCUMENTS}.")


def _short_lines(blocks: Iterator[bytes], name: str) -> Iterator[bytes]:
    """The same; a line that no recorder writes would be held in memory by whoever reads it."""
    length = 0
    for block in blocks:
        first, last = block.find(b"\n"), block.rfind(b"\n")
        if length + (len(block) if first < 0 else first) > _LONGEST_LINE:
            raise _refused(f"Its {name} has a line longer than any that is recorded.")
        length = length + len(block) if last < 0 else len(block) - last - 1
        yield block


class _TarMembers:
    """The members of a tar archive, one after the other. Reads no further than the bounds."""

    def __init__(self, stream: gzip.GzipFile, bounds: Bounds) -> None:
        self._stream, self.bounds = stream, bounds
        self._left = bounds.total

    def members(self) -> Iterator[tuple[str, int]]:
        """Name and size of each; its content is to be read before the next. Raises InvalidInput."""
        seen: set[str] = set()
        while True:
            block = self._read(tarfile.BLOCKSIZE)
            if not any(block):
                return self._end()
            name, size = _member(block)
            # Some file systems take two names for one that differ in their letters' case only.
            if name.casefold() in seen:
                raise _refused(f"It holds {files.shown(name)!r} twice.")
            seen.add(name.casefold())
            if len(seen) > self.bounds.files:
                raise _refused(f"It holds more than {self.bounds.files} files.")
            yield name, size

    def content(self, size: int) -> Iterator[bytes]:
        """Of the member that was named last, a block at a time."""
        left = size
        while left:
            block = self._read(min(left, _BLOCK))
            left -= len(block)
            yield block
        self._read(-size % tarfile.BLOCKSIZE)

    def _read(self, size: int) -> bytes:
        self._left -= size
        if self._left < 0:
            raise _refused(f"It unpacks to more than {self.bounds.total} bytes.")
        found = bytearray()
        while len(found) < size:
            if not (piece := self._stream.read(size - len(found))):
                raise EOFError
            found += piece
        return bytes(found)

    def _end(self) -> None:
        """Two empty blocks, and nothing behind them; the checksum of all is read with the end."""
        if any(self._read(tarfile.BLOCKSIZE)) or self._stream.read(1):
            raise _refused("There is something behind its end.")


def _member(block: bytes) -> tuple[str, int]:
    try:
        told = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
    except (tarfile.HeaderError, UnicodeDecodeError, ValueError) as broken:
        raise _refused("It is no tar archive, or a damaged one.") from broken
    if told.type != tarfile.REGTYPE or told.linkname or told.size < 0:
        raise _refused(f"{files.shown(told.name)!r} is no plain file.")
    return told.name, told.size
