"""A plugin has the terminal to itself, Ctrl+C included, and the console comes back whole."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.pilots import opened, shows, until
from fakes.screens import FakeBackend

from console import paths
from console.errors import ConsoleError, NotFound
from console.tui.screens.dialogs import ErrorDialog
from console.tui.terminal_handover import hand_over, not_started

CONSOLE = """
from fakes.screens import FakeBackend
from console.tui.app import ConsoleApp
ConsoleApp(FakeBackend()).run(mouse=False)
print("left the console")
"""
PLUGINS = """
plugins:
  ask: {{shortCut: F8, description: ask, scopes: [all], command: {python},
         args: [-c, "print('asked about', '$NAME', input('who? '))"]}}
  long: {{shortCut: F9, description: long, scopes: [all], command: sh,
          args: [-c, "echo ready; exec sleep 60"]}}
  fail: {{shortCut: F6, description: fail, scopes: [all], command: sh,
          args: [-c, "echo how; read how; eval $how"]}}
  none: {{shortCut: F7, description: none, scopes: [all], command: no-such-program}}
"""
F6, F7, F8, F9 = "\x1b[17~", "\x1b[18~", "\x1b[19~", "\x1b[20~"
DEADLINE = 60.0


class Pty:
    """A program on a terminal of its own, and what it has written there since it was asked last."""

    def __init__(self, program: str) -> None:
        self.pid, self._end = pty.fork()
        if not self.pid:
            os.execv(sys.executable, [sys.executable, "-c", program])
        fcntl.ioctl(self._end, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        self._written = ""

    def type(self, keys: str) -> None:
        os.write(self._end, keys.encode())

    def shows(self, *texts: str) -> None:
        """Read until all of these were written since the last time."""
        deadline = time.monotonic() + DEADLINE
        while not all(each in self._written for each in texts):
            assert time.monotonic() < deadline, self._written[-3000:]
            if select.select([self._end], [], [], 0.1)[0]:
                try:
                    self._written += os.read(self._end, 1 << 16).decode(errors="replace")
                except OSError:  # it has ended
                    assert all(each in self._written for each in texts), self._written[-3000:]
        self._written = ""

    def close(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._end)


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pty]:
    file = paths.settings() / "plugins.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(PLUGINS.format(python=sys.executable))
    tests = Path(__file__).parents[1]
    monkeypatch.setenv("PYTHONPATH", f"{tests}:{tests.parent}")
    monkeypatch.setenv("TERM", "xterm-256color")
    terminal = Pty(CONSOLE)
    try:
        terminal.shows("baseline-nightly", "Monitor")
        yield terminal
    finally:
        terminal.close()


@pytest.mark.slow
def test_a_plugin_asks_on_the_terminal_and_the_console_is_drawn_anew(console: Pty) -> None:
    console.type(F8)
    console.shows("who? ")
    console.type("nobody\n")
    console.shows("asked about demo nobody", "baseline-nightly", "Monitor")


def test_what_fails_is_left_to_read_until_enter(console: Pty) -> None:
    for how, told in (("exit 3", "sh ended with 3"), ("kill -9 $$", "sh was ended by SIGKILL")):
        console.type(F6)
        console.shows("how")
        console.type(f"{how}\n")
        console.shows(f"{told}. Enter goes back to the console.")
        console.type("\n")
        console.shows("baseline-nightly", "Monitor")


def test_what_is_left_with_ctrl_c_gives_the_screens_back_at_once(console: Pty) -> None:
    console.type(F9)
    console.shows("ready")
    console.type("\x03")
    console.shows("baseline-nightly", "Monitor")
    console.type("q")
    console.shows("left the console")


@pytest.mark.slow
def test_a_program_that_is_not_there_is_named_and_the_console_goes_on(console: Pty) -> None:
    console.type(F7)
    console.shows("no-such-program cannot be started.", "Install it")


async def test_a_terminal_that_cannot_be_handed_over_says_so(backend: FakeBackend) -> None:
    file = paths.settings() / "plugins.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(PLUGINS.format(python=sys.executable))
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        with pytest.raises(ConsoleError, match="cannot be handed"):
            hand_over(app, ("true",), {})
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(app.screen, ErrorDialog))
        await shows(pilot, "This terminal cannot be handed to another program.")


def test_what_may_not_be_run_is_told_by_the_systems_reason() -> None:
    refused = not_started(("/etc/passwd",), PermissionError(13, "Permission denied"))
    assert (refused.what, refused.why) == ("/etc/passwd cannot be started.", "Permission denied")
    assert isinstance(not_started(("x\x1b[2J",), FileNotFoundError()), NotFound)
    assert "\x1b" not in str(not_started(("x\x1b[2J",), FileNotFoundError()))
