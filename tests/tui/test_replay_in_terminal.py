"""`carla-console replay` in a real terminal: it opens, plays, and leaves the terminal as it was."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.demo_recording import unpacked
from fakes.measuring import cpu_seconds

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed"),
]
DEADLINE = cpu_seconds(60.0)


class Window:
    """One tmux server with one window that runs a shell command."""

    def __init__(self, folder: Path, command: str) -> None:
        self._socket = str(folder / "tmux")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("KUBE", "TMUX"))}
        self._environment = environment | {
            "CARLA_CONSOLE_STATE_DIR": str(folder / "state"),
            "KUBECONFIG": str(folder / "none"),
            "TERM": "xterm-256color",
        }
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "24", command)

    def tmux(self, *arguments: str) -> str:
        command = ["tmux", "-S", self._socket, *arguments]
        done = subprocess.run(
            command, env=self._environment, check=True, capture_output=True, text=True
        )
        return done.stdout

    def text(self) -> str:
        return self.tmux("capture-pane", "-p")

    def shows(self, *words: str) -> None:
        self.until(lambda: all(word in self.text() for word in words))

    def until(self, condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + DEADLINE
        while not condition():
            assert time.monotonic() < deadline, f"never happened; it shows\n{self.text()}"
            time.sleep(0.1)


def settings(window: Window) -> list[str]:
    """What `stty -g` said of the terminal, each time."""
    return [line for line in window.text().splitlines() if line.count(":") > 20]


def test_it_opens_on_the_place_plays_and_leaves_with_nothing_left_behind(tmp_path: Path) -> None:
    unpacked(tmp_path / "state" / "recordings")
    program = f"{sys.executable} -m console replay demo --speed 100 --from +42s"
    window = Window(tmp_path, f"stty -g; {program}; echo left with $?; stty -g; echo told; cat")
    try:
        window.shows("replay ", "▣ replay of", "Complete", "20/20", "■ at the end")
        window.tmux("send-keys", "Space")
        window.shows("replay ▶ 100x")
        window.tmux("send-keys", "q")
        window.shows("left with 0", "\ntold")
        window.until(lambda: len(settings(window)) == 2)
        first, last = settings(window)
        assert first == last
        assert window.tmux("display-message", "-p", "#{alternate_on}").strip() == "0"
    finally:
        window.tmux("kill-server")
    assert not [each for each in (tmp_path / "state").iterdir() if each.name == "recorders"]
