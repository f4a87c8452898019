"""The door: how long commands take beside `python -c pass` and kubectl, on one API in one run."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import canned_api
from figure import Figure
from timing import Took, in_turns

CONSOLE = (str(Path(sys.executable).with_name("carla-console")),)
"""The command as it is installed."""
PASS = (sys.executable, "-c", "pass")
LINE = "carla-console status --"
DOOR = {
    "carla-console --version": (*CONSOLE, "--version"),
    "carla-console --help": (*CONSOLE, "--help"),
    "carla-console completion bash": (*CONSOLE, "completion", "bash"),
    "a Tab after a flag": (*CONSOLE, "__complete", "bash", "=:", LINE),
    "a Tab after a name": (*CONSOLE, "__complete", "bash", "=:", "carla-console status "),
}
SIZES = (5, 2000)
HEARD = """
import sys, time
from console import wiring
recorder = wiring.recorder_process(wiring.WantedCluster(kubeconfig=sys.argv[1]))
while (told := recorder.listed(recorder.where.namespace)) is None or told.unheard:
    time.sleep(0.5)
"""
"""Waits until the recorder has the whole list; a list asks the cluster before."""


def figures() -> Iterator[Figure]:
    yield from _door()
    for count in SIZES:
        yield from _lists(count)


def _door() -> Iterator[Figure]:
    took = in_turns({"python -c pass": PASS, **DOOR})
    bare = took["python -c pass"]
    yield Figure("python -c pass", str(bare), "-")
    aim = Took(2 * bare.wall + 60, 2 * bare.cpu + 60)
    for name in DOOR:
        yield against(name, took[name], aim, "2 x pass + 60 ms")


def against(what: str, took: Took, aim: Took, of: str) -> Figure:
    """Kept where the CPU time is: the wall's is the sum of all that this machine does."""
    words = f"<= {aim.wall:,.0f} ms, CPU {aim.cpu:,.0f} ms ({of})"
    return Figure(what, str(took), words, took.cpu <= aim.cpu)


def _lists(count: int) -> Iterator[Figure]:
    """Asked of the cluster, and of a recorder that has followed it for a while."""
    with tempfile.TemporaryDirectory() as folder, served(count) as url:
        flags = ("--kubeconfig", kubeconfig(Path(folder), url))
        ours = (*CONSOLE, *flags, "list")
        commands: dict[str, Sequence[str]] = {"carla-console list": ours}
        if kubectl := shutil.which("kubectl"):
            commands["kubectl get jobs"] = (kubectl, *flags, "--cache-dir", folder, "get", "jobs")
        state = {"CARLA_CONSOLE_STATE_DIR": folder, "CARLA_CONSOLE_RECORDER": "on"}
        asking = in_turns(commands, environment=state)
        with recording(flags, state):
            heard = (sys.executable, "-c", HEARD, flags[1])
            subprocess.run(heard, env={**os.environ, **state}, check=True)
            remembered = in_turns({"carla-console list": ours}, environment=state)
    peer = asking.get("kubectl get jobs")
    if peer:
        yield Figure(f"kubectl get jobs of {count:,}", str(peer), "-")
    for name, took in (("asking the cluster", asking), ("from a recorder", remembered)):
        what = f"carla-console list of {count:,}, {name}"
        told = took["carla-console list"]
        if peer:
            yield against(what, told, Took(3 * peer.wall, 3 * peer.cpu), "3 x kubectl")
        else:
            yield Figure(what, str(told), "3 x kubectl, which is not installed")


@contextlib.contextmanager
def recording(flags: tuple[str, ...], state: dict[str, str]) -> Iterator[None]:
    environment = {**os.environ, **state, "CARLA_CONSOLE_RECORDER": "on"}
    quiet = {"env": environment, "check": True, "capture_output": True}
    subprocess.run((*CONSOLE, *flags, "record", "start"), **quiet)  # type: ignore[call-overload]
    try:
        yield
    finally:
        subprocess.run((*CONSOLE, *flags, "record", "stop"), **quiet)  # type: ignore[call-overload]


@contextlib.contextmanager
def served(count: int) -> Iterator[str]:
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


def kubeconfig(folder: Path, url: str) -> str:
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
