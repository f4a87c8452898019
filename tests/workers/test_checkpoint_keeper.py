"""The keeper of an agent's checkpoint, as a process beside a writer that truncates in place."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.measuring import measured
from logcopy_pod import CHECKOUT, partial
from pair_bench import eventually, is_alive

KEEPER = (sys.executable, "-m", "console.workers.checkpoint_keeper")


class Beside:
    """A keeper whose parent, as its supervisor would be, is a shell."""

    def __init__(self, folder: Path) -> None:
        self.checkpoint = folder / "agent_results.json"
        self.good = folder / "agent_results.json.good"
        self.sign = folder / "sign"
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT)}
        env |= {"CHECKPOINT": str(self.checkpoint), "KEEPER_SIGN": str(self.sign)} | measured()
        self.parent = subprocess.Popen(
            ["sh", "-c", '"$@" $$ & wait', "sh", *KEEPER], env=env, stderr=subprocess.PIPE
        )
        eventually(lambda: self.sign.exists() and self.sign.read_text().strip(), "it watches")
        self.pid = int(self.sign.read_text())

    def write(self, text: str) -> None:
        """As the evaluator does: the file is cut, then filled."""
        self.checkpoint.write_text(text)

    def holds_the_next_writer(self) -> bool:
        number = self.checkpoint.stat().st_ino
        locks = Path("/proc/locks").read_text().splitlines()
        return any("LEASE" in lock and f":{number} " in lock for lock in locks)


@pytest.fixture
def beside(tmp_path: Path) -> Iterator[Beside]:
    started = Beside(tmp_path)
    yield started
    started.parent.kill()
    started.parent.wait()
    started.parent.stderr.close()
    eventually(lambda: not is_alive(started.pid), "the keeper ends with its supervisor")


def document(done: int) -> str:
    return json.dumps(partial(2, done), indent=4)


def test_a_whole_version_is_kept_before_the_file_can_be_cut_again(beside: Beside) -> None:
    for done in (1, 2, 3, 4):
        beside.write(document(done))
        eventually(beside.holds_the_next_writer, "the kernel holds the next writer off")
        with beside.checkpoint.open("w"):
            assert json.loads(beside.good.read_text()) == partial(2, done)


def test_a_cut_version_and_a_poorer_one_replace_no_good_copy(beside: Beside) -> None:
    beside.write(document(3))
    eventually(beside.good.exists, "the copy is there")
    beside.write(document(4)[: len(document(3))])
    beside.write(document(1))
    beside.write(document(4))
    eventually(lambda: json.loads(beside.good.read_text()) == partial(2, 4), "the richer one")
    beside.write(document(1))
    beside.write(document(5)[:-40])
    eventually(beside.holds_the_next_writer, "it has looked")
    assert json.loads(beside.good.read_text()) == partial(2, 4)


def test_a_signal_to_the_whole_container_leaves_it_at_work_until_its_supervisor_ends(
    beside: Beside,
) -> None:
    os.kill(beside.pid, signal.SIGTERM)
    beside.write(document(2))
    eventually(beside.good.exists, "it still keeps")
    beside.parent.kill()
    eventually(lambda: not is_alive(beside.pid), "it is gone with its supervisor")


def test_it_needs_hardly_any_time_while_nothing_happens(beside: Beside) -> None:
    """Far less than ten looks a second, however busy the machine is."""
    beside.write(document(1))
    eventually(beside.holds_the_next_writer, "it waits for the kernel's word")

    def wake_ups() -> int:
        lines = Path(f"/proc/{beside.pid}/status").read_text().splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith("voluntary")))

    def rests() -> bool:
        """Two looks are further apart than a tenth of a second each; its last work may be late."""
        first, begun = wake_ups(), time.monotonic()
        eventually(lambda: wake_ups() >= first + 2, "it looks once a second")
        return wake_ups() - first <= 10 * (time.monotonic() - begun)

    eventually(rests, "it looks far less than ten times a second")
