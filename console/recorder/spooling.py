"""Writing one container run's log, and what can be told from its end. Bytes in, bytes kept.

A genuine line starts with the digit of its timestamp. A line that starts with `#` is ours: a gap.
A container cannot write one, for the cluster puts a timestamp before each of its lines; a `#` at
the start of a line that comes in is nevertheless put out of its place.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
from datetime import UTC, datetime
from pathlib import Path

from console.operations.ports.cluster import ResumePoint
from console.operations.ports.recorder import RecorderFailed
from console.recorder import log_source, settling
from console.recorder.log_source import LogSource
from console.recorder.recording_files import open_private

GAP = b"#"
LOOK_BACK = 64 * 1024
_STAMP = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)")


def failed(path: Path, error: OSError) -> RecorderFailed:
    """What the disk said, and what to do."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return RecorderFailed(
        f"The recording {path} cannot be written.",
        why=error.strerror or str(error),
        fix="Make room on the disk; set CARLA_CONSOLE_STATE_DIR to record elsewhere."
        if full
        else "Check the permissions of the state directory.",
    )


class Spool:
    """See `SpoolWriter`. A torn last line, left by a crash, is cut off when the spool is opened.

    A log that was compressed stays so until something is written: most often nothing is.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._descriptor = path, -1
        self._compressed: LogSource | None = None
        try:
            if settling.is_compressed(path):
                self._compressed = log_source.opened(path)
            else:
                self._open()
        except OSError as error:
            raise failed(path, error) from error

    def _open(self) -> None:
        """The file to append to."""
        self._descriptor = open_private(self._path, os.O_RDWR | os.O_APPEND)
        # A crash can leave both forms, of which this one counts.
        settling.compressed_name(self._path).unlink(missing_ok=True)
        self._cut_torn_line()

    def _let_grow(self) -> None:
        """A file to append to, of a log that was compressed too."""
        if self._compressed is None:
            return
        try:
            settling.restore(self._path)
            self._open()
        except OSError as error:
            raise failed(self._path, error) from error
        self._compressed = None

    def _cut_torn_line(self) -> None:
        size = os.fstat(self._descriptor).st_size
        end = size
        while end > 0:
            start = max(end - LOOK_BACK, 0)
            found = os.pread(self._descriptor, end - start, start).rfind(b"\n")
            if found >= 0:
                end = start + found + 1
                break
            end = start
        if end < size:
            os.ftruncate(self._descriptor, end)

    def write(self, block: bytes) -> None:
        """Append whole lines."""
        # One byte is looked for ten times as fast as two, and most blocks have none.
        if GAP in block and b"\n#" in block:
            block = block.replace(b"\n#", b"\n\\#")
        if block.startswith(GAP):
            block = b"\\" + block
        self._append(block)

    def gap(self, text: str, *, at: str = "") -> None:
        """A line of ours that says what is missing from here on; `at` keeps a copied one's time."""
        at = at or datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        self._append(f"#{at} {' '.join(text.split())}\n".encode())

    def _append(self, block: bytes) -> None:
        # A write to a nearly full disk may take a part; the rest is tried again, and its error is
        # told. A block that is not taken whole is read again whole, and told of then.
        self._let_grow()
        view, size = memoryview(block), os.fstat(self._descriptor).st_size
        try:
            while view:
                view = view[os.write(self._descriptor, view) :]
        except OSError as error:
            with contextlib.suppress(OSError):  # the disk's first complaint is the one to tell
                os.ftruncate(self._descriptor, size)
            raise failed(self._path, error) from error

    def last_timestamp(self) -> datetime | None:
        point = self.resume_point()
        if point is None:
            return None
        zone = "+00:00" if point.at.endswith("Z") else point.at[-6:]
        return datetime.fromisoformat(point.at.removesuffix("Z").removesuffix(zone)[:26] + zone)

    def resume_point(self) -> ResumePoint | None:
        size = self._size()
        window = LOOK_BACK
        while True:
            start = max(size - window, 0)
            lines = self._read(size - start, start).split(b"\n")[:-1]
            # The first line of a window that begins in the middle of the file may be cut.
            if start:
                del lines[:1]
            point, whole = _point(lines)
            if whole or not start:
                return point
            # Many lines can carry one timestamp: the window grows until it holds their first.
            window *= 4

    def _size(self) -> int:
        source = self._compressed
        return os.fstat(self._descriptor).st_size if source is None else source.size()

    def _read(self, length: int, offset: int) -> bytes:
        if self._compressed is not None:
            return self._compressed.read(length, offset)
        return os.pread(self._descriptor, length, offset)

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _point(lines: list[bytes]) -> tuple[ResumePoint | None, bool]:
    """The last timestamp among these lines; True if its first line is surely among them too."""
    at, count = b"", 0
    for line in reversed(lines):
        match = _STAMP.match(line)
        if match is None:
            continue
        if at and match.group() != at:
            return ResumePoint(at.decode(), count), True
        at, count = match.group(), count + 1
    return (ResumePoint(at.decode(), count) if at else None), False
