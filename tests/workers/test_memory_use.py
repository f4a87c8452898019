"""What a pair's server holds, from /proc to the board of a console; garbage tells nothing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pair_bench import SHELLS, shell_command
from test_gpu_use_told import read, snapshot
from test_gpu_use_told import say as say_gpu

from console.domain.progress import MemoryUse
from console.workers.memory_use import MemoryReading, memory_reading

WORKERS = Path(__file__).parents[2] / "console" / "workers"
PARTS = "container_shell pair_clock pair_status pair_processes memory_use"
HOLDS = "held = bytearray({} << 20); print(len(held), flush=True); input()"


def say(folder: Path, words: str, pair: int = 1) -> None:
    say_gpu(folder, pair=pair)
    (folder / f"pair-{pair}.simulator.memory").write_text(words)


@pytest.mark.parametrize("shell", list(SHELLS))
def test_a_server_that_grows_is_told_with_what_it_began_with(shell: str, tmp_path: Path) -> None:
    servers = [
        subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", HOLDS.format(size)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for size in (1, 60)
    ]
    for each in servers:
        assert each.stdout is not None
        each.stdout.readline()
    sources = "".join(f'. "{WORKERS}/{part}.sh"; ' for part in PARTS.split())
    first, both = f"{servers[0].pid}", f"{servers[0].pid} {servers[1].pid}"
    script = f"""set -u
    STATUS_DIR="{tmp_path}" PAIR=2 role=simulator
    {sources}
    find_victims() {{ victims=$held; }}
    attempt=3 phase=ready clock=0 memory_period=10 memory_worth=20
    held="{first}"; watch_memory
    clock=5 held="{both}"; watch_memory; tell_last_memory
    clock=10; watch_memory; clock=20; watch_memory; tell_last_memory
    """
    done = subprocess.run([*shell_command(shell), "-c", script], capture_output=True, text=True)
    for each in servers:
        each.communicate(b"\n")
    assert done.stderr == ""
    told = (tmp_path / "pair-2.simulator.memory").read_text()
    figures = re.fullmatch(r"attempt=3 t=1\d{9} used=(\d+) first=(\d+)\n", told)
    assert figures
    assert int(figures[1]) - int(figures[2]) >= 60
    words = f"it held {figures[1]} MiB at the last look, {figures[2]} MiB when it began\n"
    line = f"[pair-2 simulator attempt 3] the server's memory: {words}"
    assert done.stdout == line * 2, "when it had doubled, and when it had ended"


@pytest.mark.parametrize(
    "text",
    ["", "attempt=1 t=1 used=-1 first=1", "attempt=1 t=1 used=1", "attempt=2 t=1 used=1 first=1"],
)
def test_what_is_no_figure_or_of_another_attempt_is_nothing(text: str) -> None:
    assert memory_reading(text, 1) is None
    assert memory_reading("attempt=1 t=5 used=7 first=3\n", 1) == MemoryReading(5, 7, 3)


def test_the_board_keeps_the_last_look_of_a_server_that_runs(tmp_path: Path) -> None:
    say(tmp_path, "attempt=1 t=1700000000 used=29120 first=3210\n")
    say(tmp_path, "attempt=1 t=1700000000 used=1 first=1\n", pair=3)
    (tmp_path / "pair-3.simulator.done").touch()
    told = snapshot(tmp_path)
    assert json.dumps(told["memory"]) == (
        '[{"t": 1700000000, "used": 29120, "first": 3210, "pair": 1}]'
    )
    board = read([told])
    held = MemoryUse(datetime.fromtimestamp(1_700_000_000, UTC), 29120, 3210)
    assert [pair.memory for pair in board.pairs[:2]] == [held, None]
