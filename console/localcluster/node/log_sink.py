"""The log file of one container run: stamps and assembles lines, tells readers when it grew.

One line is `<RFC 3339 time, nine decimals>Z <bytes>`. A text without newline becomes visible at
its newline, after 16 KiB or at the end of the run; the rest of a long line joins it unstamped, so
it stays one line. Stamps of one file strictly increase. CRLF becomes LF; bytes are not checked.
The file is not rotated.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

_PIECE_BYTES = 16 * 1024


class LogSink:
    """Append-only; one writer and any number of readers in the same event loop."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.finished = False
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("wb", buffering=0)
        self._pending = b""
        self._inside_line = False
        self._last_stamp = 0
        self._waiting: list[asyncio.Future[None]] = []

    def write(self, received: bytes) -> None:
        """Bytes as the container wrote them."""
        lines = (self._pending + received).split(b"\n")
        self._pending = lines.pop()
        written = [self._line(line) + b"\n" for line in lines]
        while len(self._pending) >= _PIECE_BYTES:
            piece, self._pending = self._pending[:_PIECE_BYTES], self._pending[_PIECE_BYTES:]
            written.append(self._stamped(piece))
            self._inside_line = True
        if written:
            self._append(b"".join(written))

    def close(self) -> None:
        """The run is over: what is left of its last line is written."""
        if self.finished:
            return
        rest = self._line(self._pending) + b"\n" if self._pending else b""
        rest = rest or (b"\n" if self._inside_line else b"")
        self._pending = b""
        self._append(rest)
        self._file.close()
        self.finished = True
        self._wake()

    async def grown(self) -> None:
        """Returns at the next write or at the end of the run."""
        if self.finished:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        await future

    def _line(self, line: bytes) -> bytes:
        if line.endswith(b"\r"):
            line = line[:-1]
        text = self._stamped(line)
        self._inside_line = False
        return text

    def _stamped(self, piece: bytes) -> bytes:
        if self._inside_line:
            return piece
        self._last_stamp = max(self._last_stamp + 1, time.time_ns())
        seconds, nanoseconds = divmod(self._last_stamp, 1_000_000_000)
        clock = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
        return f"{clock}.{nanoseconds:09d}Z ".encode() + piece

    def _append(self, text: bytes) -> None:
        if text:
            self._file.write(text)
            self._wake()

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)
