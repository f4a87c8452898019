"""First paint in a terminal: the last known list, and the app that paints over it."""

from __future__ import annotations

import os
import pty
import select
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

from fakes.screens import NOW, ROWS

from console import wiring
from console.domain.fleet import FleetSnapshot
from console.tui import remembered

STARTS = 7
LISTED = ROWS[-1].name.encode()
APP_BEGINS = b"\x1b[?2004h"


def figures() -> Iterator[tuple[str, str]]:
    """Interleaved, so that all see the same machine."""
    bare, listed, begun = [], [], []
    with tempfile.TemporaryDirectory() as state, patch.dict(os.environ, _environment(state)):
        known = FleetSnapshot(ROWS, True, "", NOW)
        remembered.remember(remembered.place(wiring.WantedCluster()), known)
        for _ in range(STARTS):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", "pass"], check=True)
            bare.append(time.perf_counter() - began)
            listed.append(_until(LISTED))
            begun.append(_until(APP_BEGINS))
    yield "first paint, with the last known list", _told(listed, bare)
    yield "the app has taken the terminal over", _told(begun, bare)


def _environment(state: str) -> dict[str, str]:
    none = str(Path(state) / "none")
    own = {"CARLA_CONSOLE_STATE_DIR": state, "KUBECONFIG": none, "TERM": "xterm-256color"}
    own |= {"CARLA_CONSOLE_RECORDER": "off"}
    return own | {"COLUMNS": "120", "LINES": "40"}


def _told(seconds: list[float], bare: list[float]) -> str:
    one, other = statistics.median(bare), statistics.median(seconds)
    return f"{other * 1e3:.0f} ms, {other / one:.1f} x python -c pass"


def _until(wanted: bytes) -> float:
    """From the start of the program to the first frame with that."""
    began = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-m", "console"])
    drawn = b""
    while wanted not in drawn and select.select([terminal], [], [], 30)[0]:
        drawn += os.read(terminal, 65536)
    took = time.perf_counter() - began
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    os.close(terminal)
    return took
