"""Who runs in which container, told by the process table alone.

Every process of the embedded cluster carries CARLA_CONSOLE_CONTAINER (its container's run) and a
HOME below `pods/<uid>/containers/<name>`. Signals go only to processes found that way.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MARK = b"CARLA_CONSOLE_CONTAINER="
SANDBOX = b"CARLA_CONSOLE_SANDBOX="
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Process:
    """A living process of a container; `started` (ticks after boot) tells it from a successor."""

    pid: int
    started: int
    session: int
    run: str
    pod: str
    container: str
    role: str
    """simulator, agent, logcopy (first processes), server, evaluator, copier, sandbox (which is
    in no container), or empty."""

    @property
    def pair(self) -> int:
        """1 to 4, 0 for a container of no pair."""
        tail = self.container.rpartition("-")[2]
        return int(tail) if tail.isdigit() else 0

    @property
    def alive(self) -> bool:
        found = _stat(self.pid)
        return found is not None and found[1] == self.started

    def send(self, number: signal.Signals) -> bool:
        """False when it is gone already."""
        if not self.alive:
            return False
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)
            return True
        return False


class Census:
    """Looks at the process table; remembers what it has read of processes that still live."""

    def __init__(self, cluster: Path) -> None:
        self._below = str(cluster).encode()
        self._known: dict[tuple[int, int], tuple[str, str, str] | None] = {}

    def take(self, pod: str = "") -> list[Process]:
        """Every process of this cluster's containers, or of one pod (its uid)."""
        found, seen = [], {}
        for name in os.listdir("/proc"):
            stat = _stat(int(name)) if name.isdigit() else None
            if stat is None:
                continue
            pid, (session, started) = int(name), stat
            key = (pid, started)
            place = self._known.get(key) or self._place(pid)
            seen[key] = place
            if place is None or (pod and place[1] != pod):
                continue
            role = _role(pid, session, place[2])
            found.append(Process(pid, started, session, *place, role))
        self._known = seen
        return found

    def _place(self, pid: int) -> tuple[str, str, str] | None:
        """(container run, pod uid, container name)"""
        try:
            values = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:
            return None
        run = next((v[len(MARK) :] for v in values if v.startswith(MARK)), None)
        home = next((v[5:] for v in values if v.startswith(b"HOME=")), b"")
        pod = next((v[len(SANDBOX) :] for v in values if v.startswith(SANDBOX)), None)
        if run is not None and pod is not None and home.startswith(self._below):
            return run.decode(), pod.decode(), "sandbox"
        if run is None or not home.startswith(self._below):
            return None
        parts = home.decode().split("/")
        return run.decode(), parts[-4], parts[-2]


def role_of(found: Iterable[Process], role: str, pair: int = 0) -> Process | None:
    """The one process of a role (and pair)."""
    return next((p for p in found if p.role == role and p.pair == pair), None)


def cpu_seconds(pid: int) -> float | None:
    """User and system time so far; None when it is gone."""
    with suppress(OSError, ValueError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS
    return None


def peak_kilobytes(pid: int) -> int:
    """The largest resident size so far."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0


def _stat(pid: int) -> tuple[int, int] | None:
    """(session, started) of a process that is no zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    fields = text.rpartition(") ")[2].split()
    return None if fields[0] in "ZX" else (int(fields[3]), int(fields[19]))


def _role(pid: int, session: int, container: str) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return ""
    line = b" ".join(words)
    if container == "sandbox":
        return "sandbox"
    if container == "logcopy":
        return "logcopy" if b"console.workers.logcopy" in line else ""
    if session == pid and len(words) > 2 and words[1].endswith(b"pair_supervisor.sh"):
        return container.partition("-")[0]
    if b"CarlaUE4-Linux-Shipping" in line:
        return "server"
    if b"python" in words[0] and b"leaderboard_evaluator.py" in line:
        return "evaluator"
    return "copier" if words[0].endswith(b"tee") else ""
