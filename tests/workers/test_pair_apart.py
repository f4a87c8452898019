"""A pair in a pod of its own, as real processes: which it is, its one attempt, and who ends last."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.sweeps import sweep
from pair_bench import (
    SHELLS,
    Bench,
    assert_nothing_runs,
    eventually,
    exit_of,
    is_alive,
    killed,
    shell_command,
)

INDEX = {"PAIR": "", "JOB_COMPLETION_INDEX": "2", "ROUTES_SUBSETS": "0-4;5-9;10,12;13"}


@pytest.fixture(params=sweep(SHELLS, "busybox"))
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    pod = Bench(tmp_path, shell_command(request.param))
    yield pod
    pod.clean_up()


def start(bench: Bench, half: str, *, before: str = "", env: Any = None, **options: Any) -> Any:
    """One half of pair 3 in its pod, whose first folder is its own."""
    told = {**INDEX, "ATTEMPTS_BEFORE": before, **(env or {})}
    notes: dict[str, Any] = {"pids": bench.root / "server-pids", "boot": "0"}
    if half == "agent":
        notes = {name: bench.root / name for name in ("pids", "starts", "driven")}
    text = (
        f'echo "$PAIR $ROUTES_SUBSET" >>"$STATUS_DIR/told"; {bench.text_of(half, notes | options)}'
    )
    return bench.start(
        half, pair=3, text=text if half == "agent" else "", env=told, **(notes | options)
    )


def test_its_index_says_its_number_and_its_routes_and_the_agent_ends_first(bench: Bench) -> None:
    simulator, agent = start(bench, "simulator"), start(bench, "agent")
    assert exit_of(agent) == 0
    assert (bench.status / "told").read_text() == "3 10,12\n"
    eventually(lambda: bench.ended("simulator", 1, 3), "the server is ended")
    assert bench.reasons(1, 3) == ("done", "done")
    assert simulator.poll() is None
    assert_nothing_runs(bench)
    simulator.terminate()
    assert exit_of(simulator) == 0


@pytest.mark.slow
def test_what_ends_its_attempt_is_the_pods_end_and_the_next_pod_counts_on(bench: Bench) -> None:
    simulator, agent = (
        start(bench, "simulator", before="2"),
        start(bench, "agent", before="2", hang="3:1"),
    )
    bench.wait_for_phase("agent", "driving", 3, 3)
    os.kill(bench.pids("server-pids")[0], signal.SIGKILL)
    assert exit_of(agent) == 1
    assert bench.reasons(3, 3) == ("crashed", "lost-partner")
    assert (bench.attempts("simulator", 3), bench.attempts("agent", 3)) == ([3], [3])
    assert simulator.poll() is None
    simulator.terminate()
    assert exit_of(simulator) == 1


@pytest.mark.slow
def test_a_simulator_that_comes_again_in_its_pod_begins_nothing_and_the_agent_ends_it(bench):
    simulator, agent = start(bench, "simulator"), start(bench, "agent", pace="30")
    bench.wait_for_phase("agent", "driving", 3)
    killed(simulator)
    server = bench.pids("server-pids")[0]
    simulator = start(bench, "simulator")
    assert exit_of(agent) == 1
    assert bench.reasons(1, 3) == ("vanished", "lost-partner")
    assert bench.attempts("simulator", 3) == [1]
    eventually(lambda: not is_alive(server), "the server of its earlier life is gone")
    assert bench.pids("server-pids") == [server]
    simulator.terminate()
    assert exit_of(simulator) == 1


@pytest.mark.slow
@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGKILL])
def test_a_pod_that_is_ended_has_two_halves_that_say_how(bench: Bench, asked: int) -> None:
    """The kubelet asks the simulator when the agent is over, also when that was killed."""
    simulator, agent = start(bench, "simulator"), start(bench, "agent", pace="30")
    bench.wait_for_phase("agent", "driving", 3)
    agent.send_signal(asked)
    assert exit_of(agent) in (143, -9)
    simulator.terminate()
    assert exit_of(simulator) == 0
    own = "terminated" if asked == signal.SIGTERM else None
    assert bench.reasons(1, 3) == ("lost-partner", own)


def test_without_routes_of_its_own_it_drives_nothing(bench: Bench) -> None:
    agent = start(bench, "agent", env={"JOB_COMPLETION_INDEX": "4"})
    assert exit_of(agent) == 1
    assert "no routes for pair 5" in bench.output("agent", 3)


GPUS = """#!/bin/sh
for number in {numbers}; do echo "$number, GPU-{{number}}, 535.1, NVIDIA A10G" | sed "s/{{number}}/$number/"; done
"""


def smi(bench: Bench, name: str, numbers: str) -> dict[str, str]:
    """A container whose nvidia-smi sees these GPUs."""
    folder = bench.root / name
    folder.mkdir()
    (folder / "nvidia-smi").write_text(GPUS.format(numbers=numbers))
    (folder / "nvidia-smi").chmod(0o755)
    return {"PATH": f"{folder}:{Path(sys.executable).parent}:{os.environ['PATH']}"}


@pytest.mark.slow
def test_an_agent_that_sees_every_gpu_takes_the_one_of_its_simulator(bench: Bench) -> None:
    start(bench, "simulator", env={**smi(bench, "one", "2"), "NVIDIA_VISIBLE_DEVICES": "GPU-2"})
    note = shlex.quote(str(bench.root / "cuda"))
    follows = {"NVIDIA_VISIBLE_DEVICES": "all", "GPU_OF_PARTNER": "1"}
    agent = bench.start(
        "agent",
        pair=3,
        text=f'echo "$CUDA_VISIBLE_DEVICES" >{note}; {bench.text_of("agent", {})}',
        env={**INDEX, **smi(bench, "all", "0 1 2 3"), **follows},
    )
    assert exit_of(agent) == 0
    assert (bench.root / "cuda").read_text() == "GPU-2\n"
    assert "uuid=GPU-2" in (bench.status / "pair-3.agent.gpu").read_text()


def test_a_wrong_gpu_costs_the_pod_and_not_the_pair(bench: Bench) -> None:
    start(bench, "simulator", env={**smi(bench, "one", "2"), "NVIDIA_VISIBLE_DEVICES": "GPU-2"})
    agent = start(bench, "agent", env=smi(bench, "other", "1"))
    assert exit_of(agent) == 1
    assert bench.ended("agent", 1, 3)["reason"] == "wrong-gpu"
    assert not (bench.status / "pair-3.agent.done").exists()
