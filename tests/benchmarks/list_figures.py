"""The list of 5,000 submissions in a real terminal: bytes, CPU and time of a key, and of nothing."""

from __future__ import annotations

import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from figure import Figure, at_most
from in_terminal import InTerminal

ROWS, UPDATES, KEYS, IDLE_SECONDS = 5000, 500, 60, 10.0
MOMENT = 0.2
"""Seconds: in each of them the screens look once for what is new."""
ROOT = Path(__file__).parents[2]
APP = Path(__file__).with_name("list_app.py")


def figures() -> Iterator[Figure]:
    for rate in (0, UPDATES):
        with tempfile.TemporaryDirectory() as state:
            command = (sys.executable, str(APP), str(ROWS), str(rate))
            with contextlib.closing(InTerminal(command, _environment(state))) as terminal:
                yield from _list(terminal, rate)


def _environment(state: str) -> dict[str, str]:
    own = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "KUBECONFIG": "/none"}
    own |= {"CARLA_CONSOLE_STATE_DIR": state, "CARLA_CONSOLE_RECORDER": "off"}
    return {**os.environ, **own, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}


def _list(terminal: InTerminal, rate: int) -> Iterator[Figure]:
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


def _pressed(terminal: InTerminal, key: bytes) -> tuple[int, float, float]:
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
