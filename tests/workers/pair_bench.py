"""Two real supervisors in a temporary pod: directories, a loopback address, restarts on demand."""

from __future__ import annotations

import json
import os
import random
import shlex
import shutil
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from fakes.measuring import measured

SCRIPT = Path(__file__).parents[2] / "console" / "workers" / "pair_supervisor.sh"
PROGRAMS = Path(__file__).parent / "programs"
SHELLS = {"dash": ["dash"], "bash": ["bash"], "busybox": ["busybox", "sh"]}
PACKAGES = {"dash": "dash", "bash": "bash", "busybox": "busybox-static"}
HALVES = ("simulator", "agent")
Value = TypeVar("Value")


def shell_command(name: str) -> list[str]:
    """The words that start this shell; skips the test where the shell is not installed."""
    if shutil.which(SHELLS[name][0]) is None:
        pytest.skip(f"no {name} here: install the package {PACKAGES[name]}")
    return SHELLS[name]


def some_shell(test: str) -> list[str]:
    """One shell, always the same for the same test: for rules in which the shells do not differ."""
    names = [name for name in SHELLS if shutil.which(SHELLS[name][0])]
    return SHELLS[names[zlib.crc32(test.encode()) % len(names)]]


def eventually(condition: Callable[[], Value], what: str, seconds: float = 60.0) -> Value:
    """Waits until `condition()` is true and returns its value; fails with `what` otherwise."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.02)
    return value


def is_alive(pid: int) -> bool:
    """True for a process that exists and is no zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(") ")[2][0] not in "ZX"


class Bench:
    """One pod: status files, agent folders, and the supervisors started in it."""

    def __init__(self, root: Path, shell: list[str]) -> None:
        self.root = root / 'pod "of" one\'s'  # every path a shell can get wrong
        root = self.root
        root.mkdir()
        self.shell = shell
        self.status = root / "status"
        self.status.mkdir()
        self.home = root / "home"
        self.home.mkdir()
        self.host = (
            f"127.{random.randint(1, 250)}.{random.randint(0, 250)}.{random.randint(1, 250)}"
        )
        self.started: list[subprocess.Popen[bytes]] = []

    def agent_dir(self, pair: int = 1) -> Path:
        folder = self.root / f"agent{pair}"
        folder.mkdir(exist_ok=True)
        return folder

    def checkpoint(self, pair: int = 1) -> Path:
        return self.agent_dir(pair) / "agent_results.json"

    def document(self, pair: int = 1) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.checkpoint(pair).read_text())
        return found

    def text_of(self, half: str, options: dict[str, object]) -> str:
        program = PROGRAMS / ("fake_server.py" if half == "simulator" else "fake_evaluator.py")
        words = " ".join(shlex.quote(f"{key}={value}") for key, value in options.items())
        return f'exec "{sys.executable}" -S -u "{program}" {words}'

    def environment(self, pair: int, extra: dict[str, str]) -> dict[str, str]:
        return {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "PAIR": str(pair),
            "STATUS_DIR": str(self.status),
            "AGENT_DIR": str(self.agent_dir(pair)),
            "CHECKPOINT": str(self.checkpoint(pair)),
            "CARLA_HOST": self.host,
            "CARLA_PORT": str(2000 + 100 * (pair - 1)),
            "RESUME": "",
            "POLL": "0.05",
            **measured(),
            **extra,
        }

    def start(
        self,
        half: str,
        *,
        pair: int = 1,
        text: str = "",
        env: dict[str, str] | None = None,
        **options: object,
    ) -> subprocess.Popen[bytes]:
        """Starts one half as its container would: a process of its own session, output to a file."""
        command = [*self.shell, str(SCRIPT), half, text or self.text_of(half, options)]
        with open(self.root / f"{half}-{pair}.out", "ab") as out:
            process = subprocess.Popen(
                command,
                env=self.environment(pair, env or {}),
                cwd=self.root,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def answers(self, questions: Path) -> str:
        """What the script's own rules say to each line of that file."""
        with open(questions) as lines:
            return subprocess.run(
                [*self.shell, str(SCRIPT), "rules"],
                stdin=lines,
                capture_output=True,
                text=True,
                check=True,
            ).stdout

    def output(self, half: str, pair: int = 1) -> str:
        return (self.root / f"{half}-{pair}.out").read_text(errors="replace")

    def ended(self, half: str, attempt: int, pair: int = 1) -> dict[str, str]:
        """The words of an `ended` file; empty when there is none."""
        path = self.status / f"pair-{pair}.{half}.ended-{attempt}"
        if not path.exists():
            return {}
        return dict(word.split("=", 1) for word in path.read_text().split())

    def reasons(self, attempt: int, pair: int = 1) -> tuple[str | None, str | None]:
        """(simulator's, agent's) reason for the end of this attempt."""
        simulator, agent = (self.ended(half, attempt, pair).get("reason") for half in HALVES)
        return simulator, agent

    def attempts(self, half: str, pair: int = 1) -> list[int]:
        files = self.status.glob(f"pair-{pair}.{half}.attempt-*")
        return sorted(int(path.name.rpartition("-")[2]) for path in files)

    def heartbeat(self, half: str, pair: int = 1) -> list[str]:
        try:
            return (self.status / f"pair-{pair}.{half}.heartbeat").read_text().split()
        except FileNotFoundError:
            return []

    def wait_for_phase(
        self, half: str, phase: str, pair: int = 1, attempt: int | None = None
    ) -> None:
        def reached() -> bool:
            beat = self.heartbeat(half, pair)
            return len(beat) == 3 and beat[2] == phase and (attempt or int(beat[0])) == int(beat[0])

        eventually(reached, f"{half} is {phase}; it said:\n{self.output(half, pair)}")

    def pids(self, name: str) -> list[int]:
        path = self.root / name
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    def lines(self, name: str) -> list[str]:
        path = self.root / name
        return path.read_text().splitlines() if path.exists() else []

    def cancel(self) -> None:
        (self.status / "simulation.cancel").touch()

    def clean_up(self) -> None:
        """Kills what a failed test left, found by the pod's directory in the environment."""
        wanted = str(self.root).encode()
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                if wanted in path.read_bytes() and int(path.parent.name) != os.getpid():
                    os.kill(int(path.parent.name), signal.SIGKILL)
            except OSError:
                continue
        for process in self.started:
            process.wait()


def killed(process: subprocess.Popen[bytes]) -> None:
    """Dies without a word, to the last: a container comes again only when its last life is over,
    and whoever is an orphan of that one has its new parent then."""
    process.kill()
    process.wait()


def start_pair(
    bench: Bench, *, boot: str = "0", env: dict[str, str] | None = None, **options: Any
) -> tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]]:
    """Both halves of pair 1; the options are the evaluator's."""
    simulator = bench.start("simulator", boot=boot, env=env, pids=bench.root / "server-pids")
    notes: dict[str, Any] = {name: bench.root / name for name in ("pids", "starts", "driven")}
    return simulator, bench.start("agent", env=env, **notes, **options)


def assert_nothing_runs(bench: Bench) -> None:
    """No process of either workload is alive."""
    left = [pid for name in ("pids", "server-pids") for pid in bench.pids(name) if is_alive(pid)]
    assert left == []


def exit_of(process: subprocess.Popen[bytes], seconds: float = 60.0) -> int:
    """The exit status. `seconds` is for a half that hangs; how soon it ends is no test's word."""
    return process.wait(timeout=seconds)
