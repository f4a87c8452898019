"""The first list of 5,000 Jobs with 20,000 pods: until its first rows are there, and until all is.

Held to its aim as CPU of console and server; how long it takes is told too, and on a busy machine
is the sum of all that runs. Once over lists that are made while they are asked for, and once over
a server that answers at once.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import recorded_pages
import scale_figures
import scale_server
from door_figures import CONSOLE, kubeconfig
from figure import Figure
from first_paint_figures import environment
from in_terminal import InTerminal

JOBS, RUNNING = scale_figures.JOBS, scale_figures.RUNNING
MOST, PATIENCE = 2, 600.0
"""Seconds."""
ROW, LIVE = b"entry-", "● live".encode()
SERVERS = {
    "asked of a simulated server": scale_server,
    "answered at once": recorded_pages,
}


def figures() -> Iterator[Figure]:
    for name, server in SERVERS.items():
        with tempfile.TemporaryDirectory() as folder, _serving(str(server.__file__)) as process:
            assert process.stdout is not None
            config = kubeconfig(Path(folder), process.stdout.readline().strip())
            own = {**os.environ, **environment(f"{folder}/state")}
            before = _cpu(process.pid)
            command = (*CONSOLE, "--kubeconfig", config)
            with contextlib.closing(InTerminal(command, own)) as console:
                what = f"list of {JOBS:,}, {name}"
                took = console.until(ROW)
                others = _cpu(process.pid) - before
                told = f"{console.cpu:.1f} s of CPU and the server's {others:.1f}, took {took:.1f}"
                kept = console.cpu + others <= MOST
                yield Figure(f"{what}: first rows", told, f"<= {MOST} s of CPU of both", kept)
                took = console.until(LIVE, PATIENCE)
                others = _cpu(process.pid) - before
                told = f"{console.cpu:.1f} s of CPU and the server's {others:.1f}, took {took:.0f}"
                memory = f"{scale_figures.spent_by(console.pid).most:.0f} MB at most"
                yield Figure(f"{what}: all, with its pods", f"{told}; {memory}")


@contextlib.contextmanager
def _serving(program: str) -> Iterator[subprocess.Popen[str]]:
    command = (sys.executable, program, str(JOBS), str(RUNNING))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as it:
        try:
            yield it
        finally:
            it.kill()


def _cpu(pid: int) -> float:
    """Of a process with all its threads, as Linux numbers its clock."""
    return time.clock_gettime((~pid << 3) | 2)
