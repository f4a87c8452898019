"""Starts the stand-ins as real processes for tests, and records every state of a checkpoint."""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from console import paths
from console.localcluster.images.catalogue import pull

DEADLINE_SECONDS = 20.0
HOST = f"127.{secrets.randbelow(200) + 16}.{secrets.randbelow(256)}.{secrets.randbelow(254) + 1}"
"""Of this process alone: tests run side by side."""
_TRACER = """
import builtins, itertools, os
_open, _numbers, _path = builtins.open, itertools.count(), os.environ["TRACED_CHECKPOINT"]
class _Traced:
    def __init__(self, opened): self._opened = opened
    def __enter__(self): return self
    def write(self, text): self._opened.write(text)
    def __exit__(self, *_):
        self._opened.close()
        name = os.path.join(os.environ["TRACE_FOLDER"], "%04d" % next(_numbers))
        with _open(_path) as source, _open(name, "w") as target: target.write(source.read())
def _traced_open(file, mode="r", *rest, **more):
    opened = _open(file, mode, *rest, **more)
    return _Traced(opened) if file == _path and mode == "w" else opened
builtins.open = _traced_open
"""
_FRAMES = re.compile(r"Traceback \(most recent call last\):\n(?:  .*\n)+")


def free_port() -> int:
    """A port whose two neighbours are free too, on the bench's own address."""
    for port in range(21000, 60000, 3):
        if all(_free(port + offset) for offset in range(3)):
            return port
    raise AssertionError("no three free ports")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def ask(port: int, request: dict[str, Any], timeout: float = 5.0) -> dict[str, Any]:
    with socket.create_connection((HOST, port), timeout) as connection:
        connection.sendall((json.dumps(request) + "\n").encode())
        answer = connection.makefile().readline()
    return json.loads(answer) if answer else {}


def listening(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), 1).close()
    except OSError:
        return False
    return True


def until(condition: Any, what: str) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"not in time: {what}"
        time.sleep(0.02)


@dataclass
class Finished:
    """One run of the evaluator."""

    exit_code: int
    stdout: str
    states: list[str]

    @property
    def last(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self.states[-1])
        return state


@dataclass
class Bench:
    """A server and evaluators over one checkpoint file, all below one folder."""

    folder: Path
    version: str
    python: str = "python3"
    port: int = field(default_factory=free_port)
    server: subprocess.Popen[str] | None = None
    runs: int = 0

    def __post_init__(self) -> None:
        self.checkpoint = self.folder / "agent_results.json"
        self.leaderboard = pull(f"console.local/leaderboard:{self.version}", self.store)
        (self.folder / "tracer").mkdir()
        (self.folder / "tracer/sitecustomize.py").write_text(_TRACER)

    @property
    def store(self) -> Path:
        """One for all tests of a process: an image is unpacked, and its Python compiled, once."""
        return self.folder.parent / "store"

    @property
    def workspace(self) -> Path:
        return self.leaderboard.root / "workspace/leaderboard"

    def start_server(self, **env: str) -> subprocess.Popen[str]:
        self.stop_server()
        image = pull("console.local/carla-simulator:0.9.15", self.store)
        command = ["/bin/sh", str(image.root / "home/carla/CarlaUE4.sh"), "-opengl"]
        self.server = subprocess.Popen(
            [*command, f"-carla-rpc-port={self.port}"],
            env=self._env(CARLA_HOST=HOST, STANDIN_BOOT_SECONDS="0", **env),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        until(lambda: listening(self.port), "the server listens")
        return self.server

    def stop_server(self) -> str:
        """Kill the server; what it printed."""
        if self.server is None:
            return ""
        self.server.kill()
        output, _ = self.server.communicate()
        self.server = None
        return output

    def scenario(self, document: dict[str, Any]) -> None:
        folder = paths.state() / "scenarios"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "test.yaml").write_text(json.dumps({"pair_seconds": 0, **document}))

    def run(self, *flags: str, attempt: int = 1, resume: str = "") -> Finished:
        process = self.start(*flags, attempt=attempt, resume=resume)
        stdout, _ = process.communicate(timeout=DEADLINE_SECONDS)
        return Finished(process.returncode, stdout, self.states())

    def start(self, *flags: str, attempt: int = 1, resume: str = "") -> subprocess.Popen[str]:
        self.runs += 1
        trace = self.folder / f"trace-{self.runs}"
        trace.mkdir()
        env = self._env(
            ATTEMPT=str(attempt),
            TZ="UTC",
            PYTHONPATH=self.python_path(),
            TRACE_FOLDER=str(trace),
            TRACED_CHECKPOINT=str(self.checkpoint),
            STANDIN_CONNECT_SECONDS="0.3",
        )
        return subprocess.Popen(
            [*self._command(resume), *flags],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def python_path(self) -> str:
        """As upstream's launcher sets it, with the team's packages and our tracer."""
        team = pull("console.local/team-agent:test", self.store).root
        api = self.leaderboard.root / "workspace/CARLA/PythonAPI/carla"
        folders = [
            self.folder / "tracer",
            api / "dist/carla-leaderboard-py3x.egg",
            api,
            self.leaderboard.root / "workspace/scenario_runner",
            self.workspace,
            team / "opt/team/site-packages",
        ]
        return ":".join(str(folder) for folder in folders)

    def states(self) -> list[str]:
        """Every state the last run gave the checkpoint, in order; "" is a truncation."""
        trace = self.folder / f"trace-{self.runs}"
        return [path.read_text() for path in sorted(trace.iterdir())]

    def _command(self, resume: str) -> list[str]:
        team = pull("console.local/team-agent:test", self.store).root / "workspace/team_code"
        scenarios = self.workspace / "data/all_towns_traffic_scenarios_private.json"
        return [
            self.python,
            "-u",
            str(self.workspace / "leaderboard/leaderboard_evaluator.py"),
            f"--host={HOST}",
            f"--port={self.port}",
            "--timeout=300",
            f"--routes={self.workspace / 'data/routes_testing.xml'}",
            *([f"--scenarios={scenarios}"] if self.version == "1.0" else []),
            f"--agent={team / 'agent.py'}",
            f"--agent-config={team / 'scenario.json'}",
            f"--checkpoint={self.checkpoint}",
            f"--resume={resume}",
        ]

    def _env(self, **more: str) -> dict[str, str]:
        path = f"{self.leaderboard.root}/usr/local/bin:{os.environ['PATH']}"
        return {"PATH": path, **more}

    def told(self, stdout: str) -> str:
        """stdout as a recording has it: without our first line, frames and address."""
        introduction, _, rest = stdout.partition("\n")
        assert introduction.startswith("[stand-in]")
        elided = "Traceback (most recent call last):\n  [frames elided]\n"
        return _FRAMES.sub(elided, rest).replace(f"{HOST}:{self.port}", "localhost:2000")
