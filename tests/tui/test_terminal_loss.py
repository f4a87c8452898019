"""A console whose terminal goes away ends, whoever started it."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

PATIENCE_SECONDS = 30
ENDED_BY_SIGHUP = 256 - signal.SIGHUP
"""The parent's exit status for a child that a signal ended."""


def _until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def _in_terminal(code: str) -> tuple[subprocess.Popen[bytes], int]:
    """The code under a parent that swallows SIGHUP, as make does; the terminal's other end."""
    ours, theirs = pty.openpty()
    parent = (
        "import signal, subprocess, sys; signal.signal(signal.SIGHUP, lambda *_: None); "
        "sys.exit(subprocess.call(sys.argv[1:]))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", parent, sys.executable, "-c", code],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    return process, ours


def test_a_console_without_a_cluster_leaves_when_its_terminal_is_closed(tmp_path: Path) -> None:
    code = "import sys; from console.cli.main import main; sys.exit(main([]))"
    process, terminal = _in_terminal(code)
    os.set_blocking(terminal, False)
    drawn = b""

    def painted() -> bool:
        nonlocal drawn
        with suppress(BlockingIOError):
            drawn += os.read(terminal, 65536)
        return b"Start" in drawn or b"cluster" in drawn

    _until(painted, "the console draws")
    os.close(terminal)
    _until(lambda: process.poll() is not None, "the console ends")


def test_a_process_that_cannot_leave_by_itself_is_ended() -> None:
    code = (
        "import sys, time; import console.tui.terminal_loss as t; t.SECONDS_TO_LEAVE = 0.1; "
        "t.leave_with_terminal(0, lambda: None); print('up', flush=True); time.sleep(60)"
    )
    process, terminal = _in_terminal(code)
    said = b""
    while b"\n" not in said:
        said += os.read(terminal, 100)
    os.close(terminal)
    assert process.wait(PATIENCE_SECONDS) == ENDED_BY_SIGHUP
