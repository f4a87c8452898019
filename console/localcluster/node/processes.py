"""Real processes: start one in its own session, see it end, and let nothing of it survive.

A process belongs to a container when its environment carries the container's id, when it is in
the session of the container's first process, or when it descends from it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from console.localcluster.node.log_sink import LogSink

MARKER = "CARLA_CONSOLE_CONTAINER"

_READ_BYTES = 256 * 1024
_SWEEPS = 50


@dataclass(frozen=True, slots=True)
class Launch:
    """What to start: argv, the whole environment, the directory, and the container's id.

    `real` turns the container's paths in a text into real ones.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str]
    directory: Path
    container_id: str
    real: Callable[[str], str]


class RunningContainer:
    """One run of a container. Raises OSError or ValueError (a NUL) when it cannot start."""

    def __init__(self, launch: Launch, log: LogSink) -> None:
        self.launch = launch
        self._id = launch.container_id
        self._log = log
        self._output, write_end = os.pipe()
        try:
            self._process = subprocess.Popen(
                launch.argv,
                env={**launch.env, MARKER: launch.container_id},
                cwd=launch.directory,
                stdin=subprocess.DEVNULL,
                stdout=write_end,
                stderr=write_end,
                start_new_session=True,
            )
        except (OSError, ValueError):
            os.close(self._output)
            raise
        finally:
            os.close(write_end)
        self.pid = self._process.pid
        self._loop = asyncio.get_running_loop()
        self._exit: asyncio.Future[int] = self._loop.create_future()
        self._pidfd = os.pidfd_open(self.pid)
        self._loop.add_reader(self._pidfd, self._on_exit)
        os.set_blocking(self._output, False)
        self._loop.add_reader(self._output, self._on_output)

    async def wait(self) -> int:
        """The exit code (128 + n for signal n), once every process and all output is in."""
        return await asyncio.shield(self._exit)

    def terminate(self) -> None:
        """SIGTERM to the first process, as a runtime sends it."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to every process of the container."""
        self._signal(signal.SIGKILL)
        kill_container(self._id, self.pid)

    def _signal(self, number: signal.Signals) -> None:
        if not self._exit.done():
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return

    def _on_exit(self) -> None:
        """The first process ended, so the container did: whatever is left of it is killed."""
        self._loop.remove_reader(self._pidfd)
        os.close(self._pidfd)
        kill_container(self._id, self.pid)
        code = self._process.wait()
        self._close_output()
        self._exit.set_result(128 - code if code < 0 else code)

    def _on_output(self) -> None:
        if not self._read():
            self._loop.remove_reader(self._output)

    def _read(self) -> bool:
        try:
            received = os.read(self._output, _READ_BYTES)
        except BlockingIOError:
            return True
        if received:
            self._log.write(received)
        return bool(received)

    def _close_output(self) -> None:
        self._loop.remove_reader(self._output)
        try:
            while received := os.read(self._output, _READ_BYTES):
                self._log.write(received)
        except BlockingIOError:
            pass
        os.close(self._output)
        self._log.close()


def start_refusal(command: str, failure: OSError | ValueError) -> str:
    """Why a command cannot be executed, in a runtime's words."""
    if not isinstance(failure, FileNotFoundError):
        return f'exec: "{command}": {str(getattr(failure, "strerror", failure)).lower()}'
    if "/" in command:
        return f'exec: "{command}": stat {command}: no such file or directory'
    return f'exec: "{command}": executable file not found in $PATH'


def kill_container(container_id: str, first_pid: int) -> None:
    """SIGKILL until no living process of the container is left."""
    marker = f"{MARKER}={container_id}".encode()
    for _ in range(_SWEEPS):
        found = [
            entry
            for entry in living_processes()
            if entry.session == first_pid or marker in environment_of(entry.pid)
        ]
        found = [entry for entry in found if entry.pid != first_pid]
        if not found:
            return
        for entry in found:
            kill_process(entry.pid)


@dataclass(frozen=True, slots=True)
class ProcessEntry:
    """One line of the process table."""

    pid: int
    parent: int
    session: int


def living_processes() -> list[ProcessEntry]:
    """Every process that is not a zombie."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and (entry := _entry(int(name))) is not None:
            found.append(entry)
    return found


def descendants_of(root: int) -> list[int]:
    """The living children of a process and theirs, without itself."""
    children: dict[int, list[int]] = {}
    for entry in living_processes():
        children.setdefault(entry.parent, []).append(entry.pid)
    found, waiting = [], [root]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def environment_of(pid: int) -> Sequence[bytes]:
    """The environment a process was started with; empty when it is gone or not ours to read."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return ()


def kill_process(pid: int) -> None:
    """SIGKILL; a process that is gone or another user's is left alone."""
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _entry(pid: int) -> ProcessEntry | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    state, parent, _group, session = text.rpartition(") ")[2].split()[:4]
    return None if state in "ZX" else ProcessEntry(pid, int(parent), int(session))
