"""One more process in a running container: with pipes, or on a terminal of its own.

It has the environment and the directory of the container's first process, and its marker: whatever
is left of it ends with the container. Real paths stand for the container's in the words that were
given; what is typed afterwards sees the host's, for nothing is isolated.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import shutil
import signal
import struct
import sys
import termios
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress

from console.localcluster.api.ports import Send, StartFailed
from console.localcluster.node.processes import MARKER, Launch, start_refusal

STDOUT, STDERR = 1, 2
LAST_WORDS_SECONDS = 0.5
"""What a process left behind may hold its output open; nobody waits for that one."""

_PIECE = 32 * 1024
_TAKE_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    " os.execv(sys.argv[1], sys.argv[2:])"
)
"""In the process itself, before its program: who starts it has threads, and cannot."""


class ExecutedProcess:
    """A `PodSession` of the API. Belongs to the event loop that started it."""

    def __init__(
        self,
        process: Process,
        outputs: Sequence[tuple[int, asyncio.StreamReader]],
        entry: asyncio.StreamWriter | None,
        terminal: int | None = None,
    ) -> None:
        self._process, self._outputs, self._input = process, outputs, entry
        self._terminal = terminal

    async def run(self, send: Send) -> int:
        """Pass on what it says until it ends; its exit code, 128 + n for signal n."""
        pumps = [asyncio.create_task(_pump(*output, send)) for output in self._outputs]
        try:
            code = await self._process.wait()
            await asyncio.wait(pumps, timeout=LAST_WORDS_SECONDS)
        finally:
            for pump in pumps:
                pump.cancel()
        return 128 - code if code < 0 else code

    async def write(self, data: bytes) -> None:
        """Into its input; one that reads no more has no use for it."""
        if self._input is not None:
            with suppress(OSError):
                self._input.write(data)
                await self._input.drain()

    def close_input(self) -> None:
        """The end of its input; on a terminal that is typed, and this is nothing."""
        if self._input is not None and self._terminal is None:
            self._input.close()

    def resize(self, columns: int, rows: int) -> None:
        """Its terminal has that size from now on, and it is told so."""
        if self._terminal is not None and self._process.returncode is None:
            with suppress(OSError):
                _set_size(self._terminal, columns, rows)

    def hang_up(self) -> None:
        """Nobody is at the other end any more: it is told so as by a terminal that closes."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGHUP)
        if self._input is not None:
            self._input.close()
        if self._terminal is not None:
            os.close(self._terminal)
            self._terminal = None


async def execute(
    launch: Launch, words: Sequence[str], *, tty: bool, stdin: bool
) -> ExecutedProcess:
    """Start it beside the process of that launch. Raises StartFailed."""
    argv = [launch.real(word) for word in words]
    env = {**({"TERM": "xterm"} if tty else {}), **launch.env, MARKER: launch.container_id}
    program = shutil.which(
        launch.directory / argv[0] if "/" in argv[0] else argv[0], path=env.get("PATH")
    )
    if program is None:
        raise StartFailed(start_refusal(words[0], FileNotFoundError()))
    begin = _on_terminal if tty else _on_pipes
    try:
        return await begin([program, *argv], env, str(launch.directory), stdin)
    except (OSError, ValueError) as failure:
        raise StartFailed(start_refusal(words[0], failure)) from failure


async def _on_pipes(
    argv: Sequence[str], env: dict[str, str], directory: str, stdin: bool
) -> ExecutedProcess:
    process = await asyncio.create_subprocess_exec(
        *argv[1:],
        executable=argv[0],
        env=env,
        cwd=directory,
        stdin=PIPE if stdin else DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    return ExecutedProcess(
        process, ((STDOUT, process.stdout), (STDERR, process.stderr)), process.stdin
    )


async def _on_terminal(
    argv: Sequence[str], env: dict[str, str], directory: str, stdin: bool
) -> ExecutedProcess:
    """On a terminal all output is one."""
    master, slave = pty.openpty()
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-IS", "-c", _TAKE_TERMINAL, *argv),
            env=env,
            cwd=directory,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
    except (OSError, ValueError):
        os.close(master)
        raise
    finally:
        os.close(slave)
    entry = await _typing(master) if stdin else None
    return ExecutedProcess(process, ((STDOUT, await _said(master)),), entry, master)


async def _said(master: int) -> asyncio.StreamReader:
    """A terminal's other end, to read."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await loop.connect_read_pipe(lambda: protocol, os.fdopen(os.dup(master), "rb", buffering=0))
    return reader


async def _typing(master: int) -> asyncio.StreamWriter:
    """The same, to write."""
    loop = asyncio.get_running_loop()
    flow = asyncio.StreamReaderProtocol(asyncio.StreamReader())
    pipe = os.fdopen(os.dup(master), "wb", buffering=0)
    transport, _ = await loop.connect_write_pipe(lambda: flow, pipe)
    return asyncio.StreamWriter(transport, flow, None, loop)


async def _pump(channel: int, reader: asyncio.StreamReader, send: Send) -> None:
    # A terminal's end is an error of its reader.
    with suppress(OSError):
        while piece := await reader.read(_PIECE):
            await send(channel, piece)


def _set_size(terminal: int, columns: int, rows: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
