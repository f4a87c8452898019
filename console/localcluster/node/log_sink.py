"""The log files of one container run: stamps and assembles lines, tells readers when they grew.

One line is `<RFC 3339 time, nine decimals>Z <bytes>`. A text without newline becomes visible at
its newline, after 16 KiB or at the end of the run; the rest of a long line joins it unstamped, so
it stays one line. Stamps of one file strictly increase. CRLF becomes LF; bytes are not checked.

Like a kubelet, `rotate` lets a file of 10 MiB or more make room for a new one, and keeps five in
all; it does not compress the older ones. A file begins with a stamp, so rotating waits for the end
of a line; one that is longer than a file is cut there, and goes on as a line of its own.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

MAX_BYTES = 10 * 1024 * 1024
MAX_FILES = 5

_PIECE_BYTES = 16 * 1024


class LogSink:
    """One writer and any number of readers in the same event loop."""

    def __init__(self, path: Path, max_bytes: int | None = None) -> None:
        self.path = path
        self._max_bytes = MAX_BYTES if max_bytes is None else max_bytes
        self.finished = False
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("wb", buffering=0)
        self._size = 0
        self._rotation_due = False
        self._pending = b""
        self._inside_line = False
        self._last_stamp = 0
        self._waiting: list[asyncio.Future[None]] = []

    def write(self, received: bytes) -> None:
        """Bytes as the container wrote them."""
        lines = (self._pending + received).split(b"\n")
        self._pending = lines.pop()
        written = [self._line(line) + b"\n" for line in lines]
        whole = len(self._pending) - len(self._pending) % _PIECE_BYTES
        for start in range(0, whole, _PIECE_BYTES):
            written.append(self._stamped(self._pending[start : start + _PIECE_BYTES]))
            self._inside_line = True
        # Cut once: a piece at a time would copy all the rest for each, quadratic in a long line.
        self._pending = self._pending[whole:]
        if written:
            self._append(b"".join(written))
        if self._rotation_due:
            self._rotate_between_lines()

    def rotate(self) -> None:
        """Makes room for a new file if this one is large and its run goes on."""
        if self._size >= self._max_bytes and not self.finished:
            self._rotation_due = True
            self._rotate_between_lines()

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

    def remove(self) -> None:
        """No file of this run is left."""
        for path in [self.path, *self._rotated()]:
            path.unlink(missing_ok=True)

    async def grown(self) -> None:
        """Returns at the next write or at the end of the run."""
        if self.finished:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        try:
            await future
        finally:
            if future in self._waiting:  # the reader left before anything came
                self._waiting.remove(future)

    def _line(self, line: bytes) -> bytes:
        if line.endswith(b"\r"):
            line = line[:-1]
        text = self._stamped(line)
        self._inside_line = False
        return text

    def _stamped(self, piece: bytes) -> bytes:
        if self._inside_line:
            return piece
        # Readers go on behind a line's time: two alike would be doubled, and one that goes back be
        # lost.
        self._last_stamp = max(self._last_stamp + 1, time.time_ns())
        seconds, nanoseconds = divmod(self._last_stamp, 1_000_000_000)
        clock = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
        return f"{clock}.{nanoseconds:09d}Z ".encode() + piece

    def _append(self, text: bytes) -> None:
        if text:
            self._file.write(text)
            self._size += len(text)
            self._wake()

    def _rotate_between_lines(self) -> None:
        if self._inside_line:
            if self._size < 2 * self._max_bytes:
                return
            self._append(b"\n")
            self._inside_line = False
        # The file that is about to be renamed, and the new one, count too.
        for path in self._rotated()[: -(MAX_FILES - 2)]:
            path.unlink()
        self._file.close()
        self.path.rename(self.path.with_name(f"{self.path.name}.{time.time_ns()}"))
        self._file = self.path.open("wb", buffering=0)
        self._size, self._rotation_due = 0, False
        self._wake()

    def _rotated(self) -> list[Path]:
        """The files before the newest, oldest first."""
        return sorted(self.path.parent.glob(f"{self.path.name}.*"))

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)
