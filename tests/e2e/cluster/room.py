"""The room from outside: open it, run programs in it, end it whatever state it is in.

Owns the record of its process 1 (HOME/room.json: number and start time, so that a number that
another process has got meanwhile is never signalled). Knows no Kubernetes.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.e2e.cluster import room_init

PATIENCE = 30.0


class RoomFailed(Exception):
    """The room did not open, or a program in it ended at once."""


class Room:
    """`home` holds everything of the room; one room a home."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._record = home / "room.json"
        self._outer: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Start process 1 in its namespaces; it outlives this process."""
        log = (self._home / "logs" / "room.log").open("wb")
        command = ["unshare", "--mount", "--pid", "--fork", "--propagation", "private"]
        command += [sys.executable, room_init.__file__, str(self._home)]
        with log:
            outer = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self._outer = outer
        number = _until(lambda: _child_of(outer.pid), outer, self._home)
        started = start_time(number)
        self._record.write_text(json.dumps({"pid": number, "started": started}))
        _until(lambda: (self._home / "room.sock").is_socket(), outer, self._home)

    def process(self) -> int | None:
        """The number of process 1 as seen from outside, or None when it has ended."""
        try:
            record = json.loads(self._record.read_text())
        except (FileNotFoundError, ValueError):
            return None
        return record["pid"] if start_time(record["pid"]) == record["started"] else None

    def start(self, name: str, program: Path | str, *arguments: str) -> None:
        """Run a program under `name`; its output is appended to logs/NAME.log."""
        command = [name, *arguments]
        self._ask({"do": "start", "name": name, "program": str(program), "command": command})

    def send(self, name: str, number: signal.Signals) -> None:
        self._ask({"do": "signal", "name": name, "signal": int(number)})

    def stop(self, name: str, number: signal.Signals = signal.SIGTERM) -> None:
        """Signal a program and wait until it has ended."""
        self.send(name, number)
        limit = time.monotonic() + PATIENCE
        while self.programs()[name] is None:
            if time.monotonic() > limit:
                self.send(name, signal.SIGKILL)
            time.sleep(0.05)

    def programs(self) -> dict[str, int | None]:
        """Exit status by name, None while running."""
        return self._ask({"do": "status"})

    def close(self) -> None:
        """Kill process 1, and so everything in the room; returns when all of it is gone."""
        for number in {self.process(), *self._unrecorded()}:
            if number is None:
                continue
            started = start_time(number)
            if started is None:
                continue
            os.kill(number, signal.SIGKILL)
            limit = time.monotonic() + PATIENCE
            while start_time(number) == started:
                if time.monotonic() > limit:
                    raise RoomFailed(f"process {number} of {self._home} does not die")
                time.sleep(0.05)
        if self._outer is not None:
            self._outer.wait(PATIENCE)

    def _unrecorded(self) -> set[int]:
        """Rooms of this home whose opener was killed before it could write down their number."""
        command = [room_init.__file__, str(self._home)]
        return {number for number, line in command_lines() if line[-2:] == command}

    def _ask(self, request: dict[str, object]) -> dict[str, int | None]:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(PATIENCE)
            client.connect(str(self._home / "room.sock"))
            client.sendall(json.dumps(request).encode() + b"\n")
            answer: dict[str, int | None] = json.loads(client.makefile("rb").readline())
            return answer


def start_time(number: int) -> str | None:
    """Start of a live process in clock ticks since boot, as the kernel tells it; None: no such."""
    try:
        text = Path(f"/proc/{number}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]


def command_lines() -> Iterator[tuple[int, list[str]]]:
    """Every process with its arguments."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                line = (entry / "cmdline").read_bytes()
            except (FileNotFoundError, ProcessLookupError):
                continue
            yield int(entry.name), line.decode(errors="replace").rstrip("\0").split("\0")


def _child_of(parent: int) -> int | None:
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                text = (entry / "stat").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if text.rpartition(")")[2].split()[1] == str(parent):
                return int(entry.name)
    return None


def _until(condition, outer: subprocess.Popen[bytes], home: Path):  # type: ignore[no-untyped-def]
    limit = time.monotonic() + PATIENCE
    while not (found := condition()):
        if outer.poll() is not None or time.monotonic() > limit:
            log = (home / "logs" / "room.log").read_text(errors="replace")
            raise RoomFailed(f"the room did not open: {log.strip()[-500:]}")
        time.sleep(0.02)
    return found
