"""The bytes of a log as a client asked for them, from growing files of stamped lines.

As with a kubelet only the newest file is read, and a reader who is at the end of a file that was
rotated goes on at the beginning of the newest: whoever keeps up misses nothing.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from console.localcluster.api.log_query import LogOptions
from console.localcluster.api.ports import LogFile

STAMP_BYTES = len(b"2026-01-01T00:00:00.000000000Z ")
_CHUNK = 256 * 1024


async def stream_log(log: LogFile, options: LogOptions) -> AsyncGenerator[bytes, None]:
    """Pieces of the log; ends at the end of the file, with follow at the end of the run."""
    shaper = _Shaper(options)
    with closing(_Newest(log.path, options.tail)) as newest:
        while True:
            finished = log.finished  # asked before reading, so that what was written last is read
            while piece := newest.read():
                shaped = shaper.shape(piece)
                if shaped:
                    yield shaped
                if shaper.full:
                    return
            if finished or not options.follow:
                return
            await log.grown()


class _Newest:
    """The newest file of a log, from its last `lines` lines; then each one that takes its place."""

    def __init__(self, path: Path, lines: int | None) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        if self._open() and self._file is not None and lines is not None:
            end = self._file.seek(0, os.SEEK_END)
            self._file.seek(_line_start(self._file, end, lines))

    def read(self) -> bytes:
        """The next bytes; empty when there are none yet."""
        piece = self._file.read(_CHUNK) if self._file else b""
        if not piece and self._is_replaced() and self._open() and self._file is not None:
            piece = self._file.read(_CHUNK)
        return piece

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _open(self) -> bool:
        try:
            file = self._path.open("rb")
        except FileNotFoundError:
            return False
        self.close()
        self._file = file
        return True

    def _is_replaced(self) -> bool:
        """Whether another file has the name; one that is open keeps its number for itself."""
        if self._file is None:
            return True
        try:
            return not os.path.samestat(os.fstat(self._file.fileno()), self._path.stat())
        except FileNotFoundError:
            return False


class _Shaper:
    """Drops old lines and stamps, stops at the byte limit. Lines may come in any pieces."""

    def __init__(self, options: LogOptions) -> None:
        self._since = options.since
        self._stamps = options.timestamps
        self._left = options.limit
        self._held = b""
        self._inside_line = False
        self.full = False

    def shape(self, piece: bytes) -> bytes:
        """What of the piece is to be sent now."""
        text = self._held + piece
        lines = text.split(b"\n")
        last = lines.pop()
        shaped = [self._line(line + b"\n") for line in lines]
        # The start of a line is held back until its stamp is complete.
        complete = self._inside_line or len(last) >= STAMP_BYTES
        self._held = b"" if complete else last
        if complete and last:
            shaped.append(self._line(last))
        return self._limited(b"".join(shaped))

    def _line(self, line: bytes) -> bytes:
        starts, self._inside_line = not self._inside_line, not line.endswith(b"\n")
        if self._since:
            if not starts or line[: STAMP_BYTES - 1] < self._since:
                return b""
            self._since = b""  # lines come in order of time
        return line[STAMP_BYTES:] if starts and not self._stamps else line

    def _limited(self, shaped: bytes) -> bytes:
        if self._left is None:
            return shaped
        shaped = shaped[: self._left]
        self._left -= len(shaped)
        self.full = self._left == 0
        return shaped


def _line_start(file: BinaryIO, end: int, lines: int) -> int:
    if lines == 0:
        return end
    position, newlines = end, 0
    while position > 0:
        start = max(position - _CHUNK, 0)
        file.seek(start)
        block = file.read(position - start)
        if position == end and not block.endswith(b"\n"):
            newlines += 1  # a last line that is still being written counts as one
        at = len(block)
        while (at := block.rfind(b"\n", 0, at)) >= 0:
            newlines += 1
            if newlines > lines:
                return start + at + 1
        position = start
    return 0
