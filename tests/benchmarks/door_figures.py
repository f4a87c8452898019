"""The door: how long commands take beside `python -c pass` and kubectl, on one API in one run.

Each figure is the shortest of some runs, and the CPU time of that command with its children: on a
busy machine only the latter compares.
"""

from __future__ import annotations

import contextlib
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import canned_api

CONSOLE = (sys.executable, "-m", "console")
PASS = (sys.executable, "-c", "pass")
SIZES = (5, 2000)


def figures() -> Iterator[tuple[str, str]]:
    yield "python -c pass", _took(PASS)
    yield "carla-console --version", _took((*CONSOLE, "--version"))
    yield "carla-console --help", _took((*CONSOLE, "--help"))
    kubectl = shutil.which("kubectl")
    for count in SIZES:
        with tempfile.TemporaryDirectory() as folder, _served(count) as url:
            flags = ("--kubeconfig", _kubeconfig(Path(folder), url))
            if kubectl:
                command = (kubectl, *flags, "--cache-dir", folder, "get", "jobs")
                yield f"kubectl get jobs of {count:,}", _took(command)
            yield f"carla-console list of {count:,}", _took((*CONSOLE, *flags, "list"))


def _took(command: Sequence[str], runs: int = 5) -> str:
    walls, used = [], []
    for _ in range(runs):
        before, began = _cpu(), time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        walls.append(time.perf_counter() - began)
        used.append(_cpu() - before)
    return f"{min(walls) * 1000:,.0f} ms, CPU {min(used) * 1000:,.0f} ms"


def _cpu() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


@contextlib.contextmanager
def _served(count: int) -> Iterator[str]:
    """The address of a server with so many submissions, in a process of its own."""
    server = subprocess.Popen(
        (sys.executable, canned_api.__file__, str(count)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
    finally:
        server.communicate()


def _kubeconfig(folder: Path, url: str) -> str:
    path = folder / "config"
    entry = {"cluster": "c", "user": "u"}
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "c",
        "contexts": [{"name": "c", "context": entry}],
        "clusters": [{"name": "c", "cluster": {"server": url}}],
        "users": [{"name": "u", "user": {}}],
    }
    path.write_text(json.dumps(document))
    return str(path)
