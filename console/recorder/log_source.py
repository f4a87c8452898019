"""The bytes of one run's log, wherever they are: in the file that grows, or compressed beside it.

`<run>.log` is the truth where it is; `<run>.log.gz` counts where it is not. Knows no line. Raises
OSError.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Protocol

from console.recorder.gzip_members import HEADER, RAW, Member, told_by, unpacked

COMPRESSED = ".gz"
DAMAGED = b"# a part of the compressed log is damaged"
_TRIES = 3


class LogSource(Protocol):
    """Bytes that can be read anywhere."""

    block: int
    """Bytes between two numbers of an index of lines."""

    def size(self) -> int: ...

    def read(self, length: int, offset: int) -> bytes: ...

    def newlines(self) -> list[int]:
        """In each block, where that is known without reading them; else nothing."""
        ...

    def replaced(self) -> bool:
        """Another file has its place by now, or none."""
        ...


class _OpenFile:
    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    def __del__(self) -> None:
        if hasattr(self, "_descriptor"):
            os.close(self._descriptor)

    def replaced(self) -> bool:
        return os.fstat(self._descriptor).st_nlink == 0


class GrowingLog(_OpenFile):
    """As a spool writes it."""

    block = 64 * 1024

    def size(self) -> int:
        return os.fstat(self._descriptor).st_size

    def read(self, length: int, offset: int) -> bytes:
        """Fewer at the end."""
        return os.pread(self._descriptor, length, offset)

    def newlines(self) -> list[int]:
        return []


class CompressedLog(_OpenFile):
    """Members of `RAW` bytes; each is unpacked when it is read, and the last one kept.

    A damaged member is a line that says so, and as many lines as it had; what follows a damaged
    header cannot be found, which is one such line too.
    """

    block = RAW

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._members: list[tuple[int, Member]] = []
        self._end = b""
        """What is told of a part that cannot be found."""
        self.damaged = False
        """What was read so far is not all as it was written."""
        self._latest: tuple[int, bytes] = (-1, b"")
        self._turn = threading.Lock()
        self._find_members()

    def _find_members(self) -> None:
        offset, size = 0, os.fstat(self._descriptor).st_size
        while offset < size:
            told = told_by(os.pread(self._descriptor, HEADER, offset))
            short = bool(self._members) and self._members[-1][1].raw < RAW
            if told is None or short or offset + told.length > size:
                room = RAW - self._last_raw or RAW
                self.damaged = True
                self._end = (b"\n" + DAMAGED + b"\n")[:room]
                return
            self._members.append((offset, told))
            offset += told.length

    @property
    def _last_raw(self) -> int:
        return self._members[-1][1].raw if self._members else RAW

    def size(self) -> int:
        """Bytes unpacked."""
        before = max(len(self._members) - 1, 0) * RAW
        return before + (self._last_raw if self._members else 0) + len(self._end)

    def newlines(self) -> list[int]:
        found = [each.newlines for _, each in self._members]
        if self._last_raw < RAW:
            found[-1] += self._end.count(b"\n")
        elif self._end:
            found.append(self._end.count(b"\n"))
        return found

    def read(self, length: int, offset: int) -> bytes:
        """Fewer at the end."""
        pieces, stop = [], min(offset + length, self.size())
        while offset < stop:
            begin = offset - offset % RAW
            pieces.append(self._piece(begin // RAW)[offset - begin : stop - begin])
            offset = begin + RAW
        return b"".join(pieces)

    def _piece(self, number: int) -> bytes:
        with self._turn:
            if self._latest[0] != number:
                self._latest = (number, self._block_of(number))
            return self._latest[1]

    def _block_of(self, number: int) -> bytes:
        if number == len(self._members):
            return self._end
        last = number == len(self._members) - 1 and self._last_raw < RAW
        return self._unpacked(number) + (self._end if last else b"")

    def _unpacked(self, number: int) -> bytes:
        offset, told = self._members[number]
        piece = unpacked(os.pread(self._descriptor, told.length, offset))
        self.damaged = self.damaged or piece is None
        return piece if piece is not None else _substitute(told)


def _substitute(lost: Member) -> bytes:
    """As many bytes and lines as were there."""
    if not lost.newlines:
        return b"?" * lost.raw
    words = b"\n" + DAMAGED if lost.newlines > 1 else DAMAGED
    room = lost.raw - lost.newlines + (lost.newlines > 1)
    told = words[:room].ljust(room)
    return told + b"\n" * (lost.raw - len(told))


def opened(path: Path) -> LogSource:
    """The log of that name, `<run>.log`, whichever form it has. Raises FileNotFoundError."""
    for left in reversed(range(_TRIES)):
        try:
            return GrowingLog(path)
        except FileNotFoundError:
            pass
        try:
            return CompressedLog(path.with_name(path.name + COMPRESSED))
        except FileNotFoundError:
            # Between the two looks somebody may have changed one form into the other.
            if not left:
                raise
    raise FileNotFoundError(path)
