"""Nine streams at a million lines a second from a server over HTTP to disk, the log view following.

Recorded by a recorder process while a console looks on, as a user has it, and by the console alone.
What kubectl's and a bare loop's own figures are stands beside.
"""

from __future__ import annotations

import contextlib
import json
import os
import pty
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import flood_console
import flood_server
from door_figures import CONSOLE, kubeconfig
from figure import Figure, at_most
from first_paint_figures import environment

GIGABYTES = flood_server.LINES * flood_server.LINE_BYTES / 1e9
PATIENCE = 120.0
LOOK = 0.1
TICK = os.sysconf("SC_CLK_TCK")


class Spent(NamedTuple):
    """What one process has used."""

    cpu: float
    megabytes: float
    """The most at once, in memory."""


class Flooded(NamedTuple):
    lost: int
    """Logs that are not, byte for byte, what was sent."""
    seconds: float
    recorder: Spent
    console: dict[str, Any]
    bare: dict[str, Any]


def figures() -> Iterator[Figure]:
    if kubectl := shutil.which("kubectl"):
        spent, seconds = _by_kubectl(kubectl)
        yield Figure(
            "nine times kubectl logs -f", f"{spent / GIGABYTES:.1f} CPU s/GB in {seconds:.0f} s"
        )
    yield from _told("recorder beside", _flooded("on"))
    yield from _told("one process", _flooded("off"))


def _told(how: str, of: Flooded) -> Iterator[Figure]:
    sent = f"{flood_server.LINES:,} lines"
    told = f"{of.lost} of 9 logs differ" if of.lost else "all of it on disk"
    yield Figure(f"{how}: {sent} of nine streams", told, "each byte as it was sent", not of.lost)
    rate = flood_server.LINES / of.seconds / 1e6
    yield Figure(f"{how}: on disk", f"{rate:.2f} million lines/s", "sent at 1.0")
    cpu = of.recorder.cpu / GIGABYTES
    yield at_most(f"{how}: the recording process", cpu, 2, "CPU s/GB")
    yield at_most(f"{how}: its memory", of.recorder.megabytes, 200, "MB")
    bare = f"a bare loop: {_at(of.bare['late'], 0.99):.1f} ms"
    late = of.console["late"]
    yield at_most(f"{how}: UI loop late, p99", _at(late, 0.99), 10, "ms", of=bare)
    yield Figure(f"{how}: UI loop late, worst", f"{late[-1] * 1e3:.0f} ms")
    ticks = of.console["ticks"]
    yield at_most(f"{how}: tick of the log screen, p50", _at(ticks, 0.5), 5, "ms CPU")
    yield Figure(f"{how}: the same, p95", f"{_at(ticks, 0.95):.1f} ms CPU, of {len(ticks)}")
    share = of.console["thread"] / of.console["wall"]
    whole = of.console["process"] / of.console["wall"]
    yield Figure(
        f"{how}: the screens' thread", f"{share:.0%} of a core, {whole:.0%} with its process"
    )


def _at(ordered: list[float], share: float) -> float:
    """Milliseconds."""
    return ordered[int(len(ordered) * share)] * 1e3


def _flooded(recorder: str) -> Flooded:
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        server, url = stack.enter_context(_served())
        config, state = kubeconfig(Path(folder), url), Path(folder) / "state"
        own = environment(str(state)) | {"CARLA_CONSOLE_RECORDER": recorder}
        bare = stack.enter_context(_looking_on("", Path(folder) / "bare.json", own))
        pid = 0
        if recorder == "on":
            pid = stack.enter_context(_recording(config, own)).pid
            _wait_for_asked(server)
        shown = stack.enter_context(_looking_on(config, Path(folder) / "console.json", own))
        if recorder == "off":
            pid = shown.pid
            _wait_for_asked(server)
        return _measured(server, state, pid, shown, bare)


@contextlib.contextmanager
def _recording(config: str, own: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A recorder in the foreground: a child of ours, on whatever share of the machine we have."""
    command = (*CONSOLE, "--kubeconfig", config, "record", "--foreground")
    with subprocess.Popen(command, env={**os.environ, **own}) as it:
        try:
            yield it
        finally:
            it.terminate()


def _measured(
    server: subprocess.Popen[str], state: Path, pid: int, shown: _Terminal, bare: _Terminal
) -> Flooded:
    shown.until_shown()
    for each in (shown, bare):
        each.begin()
    before, began = _cpu(pid), time.perf_counter()
    assert server.stdin is not None
    server.stdin.write("go\n")
    server.stdin.flush()
    _until(lambda: _size(state) >= GIGABYTES * 1e9, "all of it is on disk")
    seconds = time.perf_counter() - began
    spent = Spent(_cpu(pid) - before, _most_memory(pid))
    reports = [each.end() for each in (shown, bare)]
    return Flooded(_lost(state), seconds, spent, *reports)


@contextlib.contextmanager
def _served() -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = (sys.executable, flood_server.__file__)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as it:
        assert it.stdout is not None
        try:
            yield it, it.stdout.readline().strip()
        finally:
            it.kill()


def _wait_for_asked(server: subprocess.Popen[str]) -> None:
    assert server.stdout is not None
    server.stdout.readline()


class _Terminal:
    """`flood_console` in a terminal of its own that takes whatever is drawn."""

    def __init__(self, config: str, report: Path, own: dict[str, str]) -> None:
        self._report = report
        command = [sys.executable, flood_console.__file__, config, str(report)]
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.execve(sys.executable, command, {**os.environ, **own})
        self.drawn = b""
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self) -> None:
        with contextlib.suppress(OSError):
            while drawn := os.read(self._terminal, 1 << 16):
                self.drawn = (self.drawn + drawn)[-4096:]

    def until_shown(self) -> None:
        """Its log screen is there."""
        _until(self._report.with_suffix(".shown").exists, "the log screen")

    def begin(self) -> None:
        self._report.with_suffix(".begin").touch()

    def end(self) -> dict[str, Any]:
        """What it measured."""
        self._report.with_suffix(".end").touch()
        _until(lambda: self._report.exists() and self._report.stat().st_size, "a report")
        found: dict[str, Any] = json.loads(self._report.read_text())
        return found

    def close(self) -> None:
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)


@contextlib.contextmanager
def _looking_on(config: str, report: Path, own: dict[str, str]) -> Iterator[_Terminal]:
    terminal = _Terminal(config, report, own)
    try:
        yield terminal
    finally:
        terminal.close()


def _cpu(pid: int) -> float:
    """Seconds of a process that runs."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def _most_memory(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def _until(true: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(LOOK)


def _size(folder: Path) -> int:
    return sum(each.stat().st_size for each in _logs(folder))


def _logs(state: Path) -> list[Path]:
    return [*state.glob("recordings/*/*/*/*/*.log")]


def _lost(state: Path) -> int:
    """Logs that are not as they were sent; one that is missing too."""
    kept = {each.parent.name: each for each in _logs(state)}
    return sum(not _as_sent(kept.get(each), each) for each in flood_server.CONTAINERS)


def _as_sent(log: Path | None, container: str) -> bool:
    if log is None:
        return False
    sent = b"".join(flood_server.stretch(container))
    with log.open("rb") as kept:
        same = all(kept.read(len(sent)) == sent for _ in range(flood_server.STRETCHES))
        return same and not kept.read(1)


def _by_kubectl(kubectl: str) -> tuple[float, float]:
    """CPU seconds of all nine, and how long they took."""
    with tempfile.TemporaryDirectory() as folder, _served() as (server, url):
        flags = ("--kubeconfig", kubeconfig(Path(folder), url), "--cache-dir", folder)
        ask = (kubectl, *flags, "logs", "-f", "--timestamps", "entry-0-x7k2p", "-c")
        reading = []
        for container in flood_server.CONTAINERS:
            with (Path(folder) / f"{container}.log").open("wb") as file:
                reading.append(subprocess.Popen((*ask, container), stdout=file))
        _wait_for_asked(server)
        assert server.stdin is not None
        before, began = sum(_cpu(each.pid) for each in reading), time.perf_counter()
        server.stdin.write("go\n")
        server.stdin.flush()
        logs = [*Path(folder).glob("*.log")]
        _until(lambda: sum(e.stat().st_size for e in logs) >= GIGABYTES * 1e9, "kubectl's copy")
        seconds = time.perf_counter() - began
        spent = sum(_cpu(each.pid) for each in reading) - before
        for each in reading:
            each.kill()
            each.wait()
        return spent, seconds
