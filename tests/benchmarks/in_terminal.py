"""A program in a terminal of its own: what it writes, what it computes, and how long that takes."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import termios
import time
from collections.abc import Mapping, Sequence

SIZE = (45, 160)


class InTerminal:
    """Begins at once; `close` ends it."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.began = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
            os.execve(command[0], [*command], dict(environment))
        self.written = b""

    def read(self, seconds: float) -> bytes:
        """What it writes in that time."""
        until, out = time.perf_counter() + seconds, []
        while (left := until - time.perf_counter()) > 0:
            if select.select([self._fd], [], [], left)[0]:
                out.append(os.read(self._fd, 1 << 16))
        self.written += b"".join(out)
        return b"".join(out)

    def first(self, seconds: float) -> float | None:
        """After how long it writes something."""
        began = time.perf_counter()
        if not select.select([self._fd], [], [], seconds)[0]:
            return None
        return time.perf_counter() - began

    def until(self, word: bytes, seconds: float = 120) -> float:
        """How long after its start it has written this word."""
        while word not in self.written and time.perf_counter() - self.began < seconds:
            self.read(0.01)
        return time.perf_counter() - self.began

    def press(self, key: bytes) -> None:
        os.write(self._fd, key)

    @property
    def cpu(self) -> float:
        """Seconds of CPU time so far, of all its threads; Linux numbers a process's clock so."""
        return time.clock_gettime((~self.pid << 3) | 2)

    def close(self) -> None:
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)
        os.close(self._fd)
