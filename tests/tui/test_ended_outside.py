"""A console that something else ends: it leaves the terminal as it found it, and says by what."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from fakes.sweeps import sweep

PATIENCE_SECONDS = 60
SIGNALS = ("SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT")
RUN = "import sys; from console.cli.main import main; sys.exit(main([]))"
PREPARED = "import os, signal, time; import console.tui.ended_outside as outside; "
ASKS = r"\x1b\[\?(\d+(?:;\d+)*)([hl])|\x1b\[([<>])\d*u"
ON_AT_FIRST = {7: True, 25: True}
"""Wrapping and the cursor; every other mode is off in a fresh terminal."""


class Terminal:
    """A console behind a terminal whose every byte and mode is seen."""

    def __init__(self, folder: Path, code: str, *, parent: bool = False) -> None:
        self.drawn = b""
        self._ours, self._theirs = pty.openpty()
        self.modes_before = self.modes()
        command = [sys.executable, "-c", code]
        deaf = (
            "import signal, subprocess, sys; signal.signal(signal.SIGHUP, lambda *_: None); "
            "sys.exit(subprocess.call(sys.argv[1:]))"
        )
        ours = {k: v for k, v in os.environ.items() if not k.startswith("KUBE")}
        self.process = subprocess.Popen(
            [sys.executable, "-c", deaf, *command] if parent else command,
            stdin=self._theirs,
            stdout=self._theirs,
            stderr=self._theirs,
            start_new_session=True,
            env={**ours, "HOME": str(folder), "TERM": "xterm-256color"},
        )
        os.set_blocking(self._ours, False)

    def modes(self) -> list[Any]:
        """Echo, line editing and the like, as `stty` sees them."""
        return termios.tcgetattr(self._theirs)

    def read(self) -> bytes:
        with suppress(BlockingIOError):
            while chunk := os.read(self._ours, 65536):
                self.drawn += chunk
        return self.drawn

    def until(self, true: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not true():
            self.read()
            assert time.monotonic() < deadline, f"{what}; drawn: {self.drawn[-2000:]!r}"
            time.sleep(0.02)

    def shows(self, text: bytes) -> None:
        self.until(lambda: text in self.read(), f"the console shows {text!r}")

    def send(self, name: str) -> None:
        self.process.send_signal(signal.Signals[name])

    def type(self, keys: bytes) -> None:
        os.write(self._ours, keys)

    def code(self) -> int:
        self.until(lambda: self.process.poll() is not None, "the console ends")
        self.read()
        return self.process.returncode

    def remaining(self) -> dict[object, bool]:
        """Terminal modes that are not as in a fresh terminal."""
        now: dict[object, bool] = {}
        for numbers, switch, keyboard in re.findall(ASKS, self.drawn.decode(errors="replace")):
            for number in filter(None, numbers.split(";")):
                now[int(number)] = switch == "h"
            if keyboard:
                now["keyboard"] = keyboard == ">"
        return {mode: on for mode, on in now.items() if on != ON_AT_FIRST.get(mode, False)}

    def close_window(self) -> None:
        os.close(self._theirs)
        os.close(self._ours)
        self._ours = self._theirs = -1

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        if self._ours >= 0:
            self.close_window()


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    made: list[Terminal] = []

    def begin(code: str = RUN, *, parent: bool = False) -> Terminal:
        made.append(Terminal(tmp_path, code, parent=parent))
        return made[-1]

    yield begin
    for each in made:
        each.close()


def is_as_before(terminal: Terminal) -> bool:
    """Nothing that the console switched on or off is left, in the terminal or in its line."""
    assert b"\x1b[?1049h" in terminal.drawn, "it never drew"
    assert terminal.remaining() == {}
    assert terminal.modes() == terminal.modes_before
    return b"Traceback" not in terminal.drawn


@pytest.mark.parametrize("name", sweep(SIGNALS, "SIGTERM"))
def test_a_signal_ends_the_console_and_leaves_the_terminal_as_it_was(
    opened: Callable[..., Terminal], name: str
) -> None:
    terminal = opened()
    terminal.shows(b"embedded")
    assert terminal.modes() != terminal.modes_before
    terminal.send(name)
    assert terminal.code() == 128 + signal.Signals[name]
    assert is_as_before(terminal)


@pytest.mark.parametrize("name", sweep(["SIGTERM", "SIGINT"], "SIGTERM"))
def test_so_it_is_for_one_that_comes_with_the_first_byte(
    opened: Callable[..., Terminal], name: str
) -> None:
    terminal = opened()
    terminal.shows(b"\x1b[?1049h")
    terminal.send(name)
    assert terminal.code() == 128 + signal.Signals[name]
    assert is_as_before(terminal)


def test_a_signal_before_the_first_byte_lets_nothing_be_drawn(
    opened: Callable[..., Terminal],
) -> None:
    code = (
        "outside.SECONDS_TO_LEAVE = 60; import console.tui.remembered as kept; "
        "known = kept.last_known; "
        "kept.last_known = lambda wanted, local: "
        "(os.kill(os.getpid(), 15), time.sleep(0.5), known(wanted, local=local))[2]; "
    )
    terminal = opened(PREPARED + code + RUN)
    assert terminal.code() == 128 + signal.SIGTERM
    assert terminal.drawn == b""
    assert terminal.modes() == terminal.modes_before


def test_a_signal_while_the_app_is_loaded_takes_the_first_frame_away(
    opened: Callable[..., Terminal],
) -> None:
    code = (
        "import os, time; import console.tui.theming as theming; load = theming.load; "
        "theming.load = lambda file: (os.kill(os.getpid(), 15), time.sleep(0.5), load(file))[2]; "
    )
    terminal = opened(code + RUN)
    assert terminal.code() == 128 + signal.SIGTERM
    assert b"Submissions" in terminal.drawn
    assert terminal.remaining() == {}
    assert terminal.modes() == terminal.modes_before


@pytest.mark.slow
@pytest.mark.parametrize("times", sweep([1, 2], 1))
def test_a_signal_while_it_leaves_counts_too(opened: Callable[..., Terminal], times: int) -> None:
    slow = (
        "from console.tui.live import LiveBackend; outside.SECONDS_TO_LEAVE = 2.0; "
        "LiveBackend.close = lambda self: time.sleep(600); "
    )
    terminal = opened(PREPARED + slow + RUN)
    terminal.shows(b"embedded")
    terminal.type(b"q")
    terminal.until(lambda: b"\x1b[?1000l" in terminal.read(), "it leaves")
    for _ in range(times):
        terminal.send("SIGTERM")
    assert terminal.code() == 128 + signal.SIGTERM
    assert is_as_before(terminal)


@pytest.mark.slow
@pytest.mark.parametrize("name", sweep(SIGNALS, "SIGHUP"))
def test_a_console_that_is_stuck_is_ended_all_the_same(
    opened: Callable[..., Terminal], name: str
) -> None:
    stuck = (
        "outside.SECONDS_TO_LEAVE = 0.3; from console.tui.screens.start import StartScreen; "
        "StartScreen.action_command = lambda *_: time.sleep(600); "
    )
    terminal = opened(PREPARED + stuck + RUN)
    terminal.shows(b"embedded")
    terminal.type(b"r")
    terminal.send(name)
    assert terminal.code() == 128 + signal.Signals[name]
    assert is_as_before(terminal)


@pytest.mark.slow
def test_what_was_ignored_stays_ignored(opened: Callable[..., Terminal]) -> None:
    terminal = opened("import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); " + RUN)
    terminal.shows(b"embedded")
    terminal.send("SIGHUP")
    terminal.send("SIGTERM")
    assert terminal.code() == 128 + signal.SIGTERM


@pytest.mark.slow
def test_an_error_of_the_program_leaves_the_terminal_as_it_was(
    opened: Callable[..., Terminal],
) -> None:
    terminal = opened(
        "from console.tui.screens.start import StartScreen; "
        "StartScreen.tick = lambda self: 1 / 0; " + RUN
    )
    assert terminal.code() == 1
    assert is_as_before(terminal)
    assert b"Something went wrong inside the console." in terminal.drawn


@pytest.mark.slow
def test_an_error_in_the_app_itself_is_told_as_calmly(opened: Callable[..., Terminal]) -> None:
    terminal = opened(
        "from console.tui.app import ConsoleApp; "
        "ConsoleApp.on_event = lambda self, event: 1 / 0; " + RUN
    )
    assert terminal.code() == 1
    assert is_as_before(terminal)
    assert b"Something went wrong inside the console." in terminal.drawn


def test_a_console_that_is_killed_leaves_a_screen_that_can_be_read(
    opened: Callable[..., Terminal],
) -> None:
    terminal = opened()
    terminal.shows(b"embedded")
    terminal.send("SIGKILL")
    terminal.shows(b"The console was killed.")
    assert terminal.remaining() == {}
    terminal.until(lambda: terminal.modes() == terminal.modes_before, "what is typed is echoed")


@pytest.mark.slow
def test_a_console_leaves_when_its_terminal_is_closed_whoever_started_it(
    opened: Callable[..., Terminal],
) -> None:
    terminal = opened(parent=True)
    terminal.shows(b"embedded")
    terminal.close_window()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while terminal.process.poll() is None:
        assert time.monotonic() < deadline, "the console ends"
        time.sleep(0.05)
    assert terminal.process.returncode == 128 + signal.SIGHUP
