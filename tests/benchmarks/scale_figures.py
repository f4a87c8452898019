"""A day of a big team: 5,000 submissions with 20,000 pods, 1,000 new ones a day, on 100 nodes.

A recorder process and a fleet view beside it, both over HTTP from one simulated API server. A day's
arrivals are pressed into less time; what is told of an hour counts each by itself: what comes with
a submission by their number, the rest by the clock. Takes four minutes.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import scale_server
from door_figures import CONSOLE
from figure import Figure
from first_paint_figures import environment

JOBS, RUNNING, A_DAY = 5000, 100, 1000
EVERY = 2.0
"""Seconds between two arrivals; a day of 1,000 has one each 86 s."""
QUIET, BUSY = 30.0, 40.0
"""Seconds that are measured without arrivals, and with them."""
CALM = 20.0
"""Seconds without a question after which a start is over."""
KEPT_UP = {"get version", "watch jobs", "watch pods", "watch events"}
"""Asked now and then by whoever watches a cluster on which nothing happens."""
PATIENCE = 600.0
TICK = os.sysconf("SC_CLK_TCK")
MB = 1e6
SIZE = struct.pack("HHHH", 40, 160, 0, 0)


class Spent(NamedTuple):
    """What one process has used until now."""

    cpu: float
    memory: float
    """MB at that moment."""
    most: float
    """MB at once."""


class Served:
    """The simulated server."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.url = self._line()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def say(self, words: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{words}\n")
        self._process.stdin.flush()

    def told(self, who: str) -> dict[str, int]:
        """What that one has asked since the last time that anybody's was told."""
        self.say("tell")
        counted: dict[str, int] = json.loads(self._line())
        mine = {key: count for key, count in counted.items() if key.startswith(f"{who} ")}
        return {key.removeprefix(f"{who} "): count for key, count in mine.items()}


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        server = Served(stack.enter_context(_serving()))
        config, state = _login(Path(folder), server.url), Path(folder) / "state"
        own = {**os.environ, **environment(str(state)), "CARLA_CONSOLE_RECORDER": "on"}
        flags = ("--kubeconfig", config)
        recorder = stack.enter_context(_recording(flags, own, _named(folder, "recorder")))
        yield from _begun("recorder", server, recorder)
        yield from _measured("recorder", server, recorder, state)
        console = stack.enter_context(_fleet_view(flags, own, _named(folder, "fleet-view")))
        yield from _begun("fleet view", server, console)
        yield from _measured("fleet view", server, console, None)


def _login(folder: Path, url: str) -> str:
    """One for all programs; each has its token in the folder in which it was started."""
    user = {"tokenFile": "/proc/self/cwd/token"}
    config = {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": url}}],
        "users": [{"name": "u", "user": user}],
    }
    path = folder / "config"
    path.write_text(json.dumps(config))
    return str(path)


def _named(folder: str, name: str) -> Path:
    """A folder to start that program in."""
    made = Path(folder) / name
    made.mkdir()
    (made / "token").write_text(name)
    return made


def _begun(who: str, server: Served, pid: int) -> Iterator[Figure]:
    """From its start until it has asked for nothing new for a while."""
    name, began = who.replace(" ", "-"), time.perf_counter()
    asked: dict[str, int] = {}
    busy_at, files = began, 0
    while "watch pods" not in asked or time.perf_counter() - busy_at < CALM:
        time.sleep(1)
        news, files = server.told(name), max(files, _open_files(pid))
        if {what for what in news if what != "bytes"} - KEPT_UP:
            busy_at = time.perf_counter()
        for what, count in news.items():
            asked[what] = asked.get(what, 0) + count
        if time.perf_counter() - began > PATIENCE:
            raise TimeoutError(who)
    spent = spent_by(pid)
    yield Figure(f"{who}: {JOBS:,} Jobs, 4 pods of each, heard", f"{busy_at - began:.0f} s")
    yield Figure(f"{who}: asked for it", _requests(asked))
    told = f"{asked.get('bytes', 0) / MB:,.0f} MB, {spent.cpu:.0f} s of CPU"
    yield Figure(f"{who}: bytes in, and CPU", told)
    memory = f"{spent.memory:.0f} MB, {spent.most:.0f} at most"
    yield Figure(f"{who}: memory, and open files at most", f"{memory}, {files:,}")


def _measured(who: str, server: Served, pid: int, state: Path | None) -> Iterator[Figure]:
    """First nothing happens but log lines, then submissions come and go."""
    name = who.replace(" ", "-")
    quiet, idle, still = _for(QUIET, name, server, pid, state)
    server.say(f"begin {EVERY}")
    asked, busy, grown = _for(BUSY, name, server, pid, state)
    server.say("rest")
    spent, arrivals = spent_by(pid), BUSY / EVERY
    yield Figure(f"{who}: quiet, in an hour", _requests(_times(quiet, 3600 / QUIET)))
    bytes_in = quiet.get("bytes", 0) / QUIET * 3600 / MB
    yield Figure(f"{who}: quiet, bytes in an hour, and CPU", f"{bytes_in:,.1f} MB, {idle:.1%}")
    yield Figure(f"{who}: for a submission", _requests(_times(asked, 1 / arrivals)))
    more = (asked.get("bytes", 0) - quiet.get("bytes", 0) * BUSY / QUIET) / arrivals
    cpu = max(busy - idle, 0.0) * EVERY * 1e3
    yield Figure(f"{who}: for one, bytes in, and CPU", f"{more / 1e3:,.0f} kB, {cpu:.0f} ms")
    day = (more * A_DAY + quiet.get("bytes", 0) / QUIET * 86_400) / MB
    yield Figure(f"{who}: {A_DAY:,} a day, bytes in", f"{day:,.0f} MB")
    share = idle + cpu / 1e3 * A_DAY / 86_400
    yield Figure(f"{who}: {A_DAY:,} a day, CPU", f"{share:.1%} of a core")
    yield Figure(f"{who}: memory", f"{spent.memory:.0f} MB, {spent.most:.0f} at most")
    if state is not None:
        told = f"{still / QUIET * 3600 / MB:,.0f} MB"
        yield Figure(f"{who}: quiet, disk in an hour", told)
        more = (grown - still * BUSY / QUIET) / arrivals
        yield Figure(f"{who}: for a submission, disk", f"{more / 1e3:,.0f} kB")
        kept = len({each.parent.parent for each in state.glob("recordings/*/*/*/*/*.log")})
        told = f"{kept} of {RUNNING + arrivals:.0f}"
        yield Figure(f"{who}: submissions with a log on disk", told)


def _for(
    seconds: float, name: str, server: Served, pid: int, state: Path | None
) -> tuple[dict[str, int], float, int]:
    """What was asked meanwhile, the share of a core, and by how much the disk has grown."""
    server.told(name)
    before, size, began = spent_by(pid), _size(state), time.perf_counter()
    time.sleep(seconds)
    took = time.perf_counter() - began
    share = (spent_by(pid).cpu - before.cpu) / took
    return server.told(name), share, _size(state) - size


def _times(asked: dict[str, int], factor: float) -> dict[str, float]:
    return {what: count * factor for what, count in asked.items()}


def _requests(asked: dict[str, float] | dict[str, int]) -> str:
    kinds = sorted((what, count) for what, count in asked.items() if what != "bytes")
    return (
        ", ".join(
            f"{count:,.0f} {what}" if count >= 10 else f"{count:.1f} {what}"
            for what, count in kinds
        )
        or "nothing"
    )


@contextlib.contextmanager
def _serving() -> Iterator[subprocess.Popen[str]]:
    command = (sys.executable, scale_server.__file__, str(JOBS), str(RUNNING))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as it:
        try:
            yield it
        finally:
            it.kill()


@contextlib.contextmanager
def _recording(flags: tuple[str, ...], own: dict[str, str], where: Path) -> Iterator[int]:
    command = (*CONSOLE, *flags, "record", "--foreground")
    with subprocess.Popen(command, env=own, cwd=where) as it:
        try:
            yield it.pid
        finally:
            it.kill()


@contextlib.contextmanager
def _fleet_view(flags: tuple[str, ...], own: dict[str, str], where: Path) -> Iterator[int]:
    """The list, in a terminal that takes whatever is drawn."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(where)
        fcntl.ioctl(1, termios.TIOCSWINSZ, SIZE)
        os.execve(CONSOLE[0], [*CONSOLE, *flags], own)
    threading.Thread(target=_drain, args=(terminal,), daemon=True).start()
    try:
        yield pid
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)


def _drain(terminal: int) -> None:
    with contextlib.suppress(OSError):
        while os.read(terminal, 1 << 16):
            pass


def spent_by(pid: int) -> Spent:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    status = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines()
    )
    memory, most = (int(status[key].split()[0]) / 1024 for key in ("VmRSS", "VmHWM"))
    return Spent((int(fields[11]) + int(fields[12])) / TICK, memory, most)


def _open_files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def _size(folder: Path | None) -> int:
    if folder is None:
        return 0
    found = 0
    for each in folder.rglob("*"):
        with contextlib.suppress(OSError):
            found += each.stat().st_size
    return found
