"""First paint in a terminal: the last known list, the app that paints over it, a cluster's rows."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

from door_figures import HEARD, kubeconfig, recording, served
from fakes.boards import NOW, ROWS
from figure import Figure, at_most

from console import wiring
from console.domain.fleet import FleetSnapshot
from console.tui import remembered

STARTS = 7
LISTED = ROWS[-1].name.encode()
FEW, SERVED = 5, b"entry-4"
APP_BEGINS = b"\x1b[?2004h"


def figures() -> Iterator[Figure]:
    """Interleaved, so that all see the same machine."""
    bare, listed, begun, live = [], [], [], []
    with tempfile.TemporaryDirectory() as state, _surroundings(state) as config:
        known = FleetSnapshot(ROWS, True, "", NOW)
        remembered.remember(remembered.place(wiring.WantedCluster()), known)
        for _ in range(STARTS):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", "pass"], check=True)
            bare.append(time.perf_counter() - began)
            listed.append(_until(LISTED))
            begun.append(_until(APP_BEGINS))
            live.append(_until(SERVED, "--kubeconfig", config))
        told = _told_by_recorder(state, config)
    pass_took = f"python -c pass: {min(bare) * 1e3:.0f} ms"
    yield at_most(
        "first paint, with the last known list", min(listed) * 1e3, 250, "ms", of=pass_took
    )
    yield Figure("the app has taken the terminal over", f"{min(begun) * 1e3:.0f} ms")
    yield at_most("rows of a live cluster, by itself", min(live) * 1e3, 500, "ms", of=pass_took)
    yield at_most(
        "rows of a live cluster, from a recorder", min(told) * 1e3, 500, "ms", of=pass_took
    )


def _told_by_recorder(state: str, config: str) -> list[float]:
    flags = ("--kubeconfig", config)
    with patch.dict(os.environ, CARLA_CONSOLE_RECORDER="on"), recording(flags, environment(state)):
        subprocess.run([sys.executable, "-c", HEARD, config], check=True)
        return [_until(SERVED, *flags) for _ in range(STARTS)]


@contextlib.contextmanager
def _surroundings(state: str) -> Iterator[str]:
    """A cluster of few submissions; the path of its kubeconfig."""
    with patch.dict(os.environ, environment(state)), served(FEW) as url:
        yield kubeconfig(Path(state), url)


def environment(state: str) -> dict[str, str]:
    none = str(Path(state) / "none")
    own = {
        "CARLA_CONSOLE_STATE_DIR": state,
        "KUBECONFIG": none,
        "CARLA_CONSOLE_RECORDER": "off",
        "TERM": "xterm-256color",
    }
    return own | {"COLUMNS": "120", "LINES": "40"}


def _until(wanted: bytes, *flags: str) -> float:
    """From the start of the program to the first frame with that."""
    began = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-m", "console", *flags])
    drawn = b""
    while wanted not in drawn and select.select([terminal], [], [], 30)[0]:
        drawn += os.read(terminal, 65536)
    took = time.perf_counter() - began
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    os.close(terminal)
    return took
