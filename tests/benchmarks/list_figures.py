"""The list of 5,000 submissions in a real terminal: bytes, CPU and time of a key, and of nothing."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import statistics
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from pathlib import Path

from figure import Figure, at_most

ROWS, UPDATES, KEYS, IDLE_SECONDS = 5000, 500, 60, 10.0
MOMENT = 0.2
"""Seconds: in each of them the screens look once for what is new."""
SIZE = (45, 160)
ROOT = Path(__file__).parents[2]
APP = Path(__file__).with_name("list_app.py")


class Terminal:
    """The console in a pty; counts what it writes and what it computes."""

    def __init__(self, *arguments: str) -> None:
        self._state = tempfile.TemporaryDirectory()
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        environment |= {"CARLA_CONSOLE_STATE_DIR": self._state.name, "KUBECONFIG": "/none"}
        environment |= {"CARLA_CONSOLE_RECORDER": "off"}
        environment |= {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
        self.began = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
            os.execve(sys.executable, [sys.executable, str(APP), *arguments], environment)
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
        self._state.cleanup()


def figures() -> Iterator[Figure]:
    for rate in (0, UPDATES):
        with contextlib.closing(Terminal(str(ROWS), str(rate))) as terminal:
            yield from _list(terminal, rate)


def _list(terminal: Terminal, rate: int) -> Iterator[Figure]:
    name = f"list of {ROWS:,}, {rate} updates/s"
    yield at_most(f"{name}: first rows", terminal.until(b"job-00000"), 2, "s")
    terminal.read(5)
    before, written = terminal.cpu, terminal.read(IDLE_SECONDS)
    busy = (terminal.cpu - before) / IDLE_SECONDS
    quiet = f"{len(written) / IDLE_SECONDS:.0f} B/s, {busy:.1%} of a core"
    yield Figure(f"{name}: nothing pressed", quiet, *_idle(written, rate))
    pressed = [_pressed(terminal, b"j" if n // 20 % 2 == 0 else b"k") for n in range(KEYS)]
    sizes, waits, spent = zip(*pressed, strict=True)
    yield at_most(f"{name}: a key writes", statistics.median(sizes), 2000, "B")
    yield at_most(f"{name}: CPU of a key", statistics.median(spent) * 1e3, 5, "ms")
    p95 = sorted(waits)[int(len(waits) * 0.95)]
    yield at_most(f"{name}: p95 of key to paint", p95 * 1e3, 40, "ms")


def _pressed(terminal: Terminal, key: bytes) -> tuple[int, float, float]:
    """Bytes that follow, seconds to the first of them, and seconds of CPU more than without a key.

    Held against the moment before: what the updates cost alone is several keys, and swings by one.
    """
    quiet = terminal.cpu
    terminal.read(MOMENT)
    before = terminal.cpu
    began = time.perf_counter()
    terminal.press(key)
    wait = terminal.first(2.0) or 2.0
    size = len(terminal.read(began + MOMENT - time.perf_counter()))
    return size, wait, (terminal.cpu - before) - (before - quiet)


def _idle(written: bytes, rate: int) -> tuple[str, bool | None]:
    """Where nothing changes nothing is sent; a change that is shown must be."""
    return ("something", bool(written)) if rate else ("nothing", not written)
