"""The program in a real terminal: from the first key to the results, and what it leaves behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.localcluster.lifecycle.state_folder import ClusterFolder
from console.localcluster.node.processes import MARKER, environment_of, living_processes

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed"),
    pytest.mark.skipif(sys.platform != "linux", reason="the embedded cluster needs Linux"),
]
DEADLINE = 90.0


class Terminal:
    """One tmux server with one window of 80x24 that runs the console in a shell."""

    def __init__(self, folder: Path) -> None:
        self.state = folder / "state"
        self._socket = folder / "tmux"
        env = {k: v for k, v in os.environ.items() if not k.startswith(("KUBE", "TMUX"))}
        self._env = env | {"CARLA_CONSOLE_STATE_DIR": str(self.state), "TERM": "xterm-256color"}
        program = f"stty -g; {sys.executable} -m console --local; echo left with $?; stty -g; echo told; cat"
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", program)
        self._cluster = ClusterFolder(self.state.resolve() / "local")

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-S", str(self._socket), *arguments]
        done = subprocess.run(command, env=self._env, check=True, capture_output=True, text=True)
        return done.stdout

    def press(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        self._tmux("send-keys", "-l", text)

    def text(self) -> str:
        return self._tmux("capture-pane", "-p")

    def flag(self, name: str) -> str:
        return self._tmux("display-message", "-p", f"#{{{name}}}").strip()

    def until(self, condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + DEADLINE
        while not condition():
            assert time.monotonic() < deadline, f"never happened; the terminal shows\n{self.text()}"
            time.sleep(0.05)

    def shows(self, *texts: str) -> None:
        self.until(lambda: all(text in self.text() for text in texts))

    def console(self) -> int:
        """The console's process id."""
        own = str(self.state).encode()
        pids = [each.pid for each in living_processes() if self._is_console(each.pid, own)]
        assert len(pids) == 1
        return pids[0]

    @staticmethod
    def _is_console(pid: int, state: bytes) -> bool:
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        ours = b"CARLA_CONSOLE_STATE_DIR=" + state in environment_of(pid)
        return ours and command[1:4] == [b"-m", b"console", b"--local"]

    def cluster_processes(self) -> Callable[[], list[int]]:
        """What lives of the present cluster: warden, daemon and containers, now and later."""
        identity = self._cluster.identity()
        assert identity is not None
        marker = f"{MARKER}={identity.cluster_id}".encode()
        folder = str(self._cluster.state_dir).encode()

        def living() -> list[int]:
            return [each.pid for each in living_processes() if _belongs(each.pid, marker, folder)]

        return living

    @property
    def remains(self) -> bool:
        """Whether the embedded cluster's folder is still there."""
        return self._cluster.path.exists()

    def close(self) -> None:
        subprocess.run(["tmux", "-S", str(self._socket), "kill-server"], env=self._env, check=False)


def _belongs(pid: int, marker: bytes, folder: bytes) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    started = b"console.localcluster" in command and folder in command
    return started or any(value.startswith(marker) for value in environment_of(pid))


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path)
    yield opened
    opened.close()


def launch(terminal: Terminal) -> None:
    """Make the agent the quick one in the filled-in form, and launch."""
    terminal.shows("✓ ready", "Agent image", "● live")
    terminal.press("Tab", "C-u")
    terminal.shows("Agent image is empty")
    terminal.type("console.local/team-agent:quick")
    terminal.shows("team-agent:quick", "✓ ready")
    terminal.press("C-l")
    pairs = [f"GPU {pair - 1} :{1900 + 100 * pair}" for pair in (1, 2, 3, 4)]
    terminal.shows("Monitor", "● Running", "sim ● running", *pairs)


def test_one_key_launches_and_the_run_is_watched_to_its_final_results(terminal: Terminal) -> None:
    launch(terminal)
    living = terminal.cluster_processes()
    assert living()
    terminal.press("2", "l")
    terminal.shows("Logs", "agent-2", "following", "RouteScenario_")
    terminal.press("BTab")
    terminal.shows(" simulator-2 ", "CARLA")
    terminal.press("Escape")
    terminal.shows("Monitor")
    terminal.press("r")
    terminal.shows("Results", "✓ final", "20/20 routes")
    terminal.press("Escape")
    terminal.shows("Monitor", "Complete")
    terminal.press("Escape", "Escape")
    terminal.shows("Submissions", "✓ Complete")
    terminal.press("C-c")
    terminal.shows("left with 0", "\ntold")
    before, *_, after = [line for line in terminal.text().splitlines() if line.count(":") > 10]
    assert before == after, "the terminal's modes are as they were"
    assert terminal.flag("alternate_on") == "0"
    assert terminal.flag("mouse_any_flag") == "0"
    assert terminal.flag("cursor_flag") == "1"
    terminal.until(lambda: not living() and not terminal.remains)


def test_nothing_survives_a_killed_console(terminal: Terminal) -> None:
    launch(terminal)
    living = terminal.cluster_processes()
    assert len(living()) > 10
    os.kill(terminal.console(), signal.SIGKILL)
    terminal.until(lambda: not living() and not terminal.remains)


def test_a_shell_and_an_attached_output_have_the_terminal_and_give_it_back(
    terminal: Terminal,
) -> None:
    if not shutil.which("kubectl"):
        pytest.skip("there is no kubectl on the PATH")
    terminal.shows("✓ ready", "● live")
    terminal.press("C-l")
    terminal.shows("Monitor", "● Running", "sim ● running")
    terminal.press("3", "s")
    terminal.shows("Into which container of", "agent-3 ", "kubectl exec -it")
    terminal.press("Enter")
    terminal.until(lambda: "Monitor" not in terminal.text())
    terminal.type("echo $((6 * 7)) in $HOSTNAME; false")
    terminal.press("Enter")
    terminal.shows("42 in demo-")
    terminal.press("C-d")
    terminal.shows("Monitor", "● Running")
    terminal.press("s")
    terminal.shows("Into which container of")
    terminal.press("a")
    terminal.until(lambda: "Monitor" not in terminal.text())
    terminal.press("C-c")
    terminal.shows("Monitor", "Leaderboard 2.0")
    assert terminal.flag("alternate_on") == "1"
    terminal.press("C-c")
    terminal.shows("Leave the console?")
    terminal.press("y")
    terminal.shows("left with 0")
