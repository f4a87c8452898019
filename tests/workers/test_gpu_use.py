"""How busy a pair's GPU is, as nvidia-smi tells it to the simulator's half; garbage tells nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from fakes.sweeps import sweep
from gpu_node import container, program, uuid
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

from console.workers import status_files
from console.workers.gpu_faults import gpu_faults

WORKERS = Path(__file__).parents[2] / "console" / "workers"
PARTS = "container_shell gpu_sight pair_clock pair_status pair_processes gpu_use"
OWN = uuid(2)
BUS = {minor: f"00000000:00:{minor:02X}.0" for minor in range(8)}


def figures(minor: int = 2, told: str = "87, 9318, 23028, 64, 151.22, Disabled") -> str:
    return f"{uuid(minor)}, {BUS[minor]}, {told}\n"


class Taken:
    """What the half says of its GPU after an answer, without its moment; its output where nothing."""

    def __init__(self, folder: Path, shell: list[str]) -> None:
        self.folder, self.shell = folder, shell

    def __call__(self, answer: str, more: str = "take_figures", told: str = "") -> str:
        (self.folder / "answer").write_bytes(answer.encode("utf-8", "surrogateescape"))
        sources = "".join(f'. "{WORKERS}/{part}.sh"; ' for part in PARTS.split())
        script = f"""set -u
        STATUS_DIR="{self.folder}" PAIR=2 role=simulator told="{told}" gpus=1 gpu_uuid={OWN}
        {sources}
        attempt=3 use_period=1500 use_answer="{self.folder}/answer" use_mig=
        {more}
        """
        command = [*self.shell, "-c", script]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
        assert done.stderr == ""
        path = self.folder / "pair-2.simulator.gpu-use"
        if not path.exists():
            return done.stdout
        words = re.fullmatch(r"attempt=3 t=1\d{9} (.*)\n", path.read_text())
        assert words
        path.unlink()
        return words[1]


@pytest.fixture(params=list(SHELLS))
def taken(request, tmp_path):
    return Taken(tmp_path, shell_command(request.param))


def test_the_half_tells_load_memory_heat_and_power_of_its_own_gpu(taken: Taken) -> None:
    answer = figures(1, "99, 1, 2, 3, 4, Disabled") + figures()
    told = "util=87 used=9318 total=23028 temp=64 power=151 idle=0 elsewhere=-"
    assert taken(answer) == told
    assert taken(answer.rstrip("\n")) == told, "also of a last line that does not end"


@pytest.mark.parametrize(
    "told",
    [
        "[N/A], [N/A], [N/A], [N/A], [N/A], [N/A]",
        "[Not Supported], [Unknown Error], ERR!, [GPU requires reset], N/A, x",
        "-1, -5, -23028, -40, -7, Disabled",
        "101, 99999999999999999999, 23028, 9999, 1e9, Disabled",
        "0x57, 0777, $(reboot), `id`, *, Disabled",
        "\x1b[31m87\x1b[0m, \x1b]0;x\x07, \r, \t, \x7f, Disabled",
        ", , , , , ",
        "",
    ],
)
def test_what_is_no_plain_number_in_its_bounds_is_not_told(taken: Taken, told: str) -> None:
    assert taken(figures(told=told)) == ""


def test_one_figure_that_is_not_told_leaves_the_others(taken: Taken) -> None:
    assert taken(figures(told="[N/A], 9318, 23028, 64, [N/A], [N/A]")) == (
        "util=- used=9318 total=23028 temp=64 power=- idle=- elsewhere=-"
    )
    assert taken(figures(told="7, 9, 8, 64, 30, [N/A]")) == (
        "util=7 used=- total=- temp=64 power=30 idle=0 elsewhere=-"
    ), "more memory used than there is"


@pytest.mark.parametrize(
    "answer",
    [
        "No devices were found\n",
        "Unable to determine the device handle for GPU 0000:00:1E.0: GPU is lost.\n",
        figures(5),
        f"{OWN[:12]}, x, 1, 2, 3, 4, 5, Disabled\n",
        "\x00" * 4000 + "\n",
        "x" * 40_000,
        ",,,,,,,,,,\n" * 2_000,
        "\udcff\udcfe, \udc80\n",
        "",
    ],
)
def test_an_answer_about_nobody_or_another_gpu_tells_nothing(taken: Taken, answer: str) -> None:
    assert taken(answer) == "", "no file, and no line in each period"


def test_a_slice_of_a_card_is_not_told_the_whole_cards_load(taken: Taken) -> None:
    slices = "util=- used=- total=- temp=64 power=151 idle=- elsewhere=-"
    assert taken(figures(told="87, 9318, 23028, 64, 151.22, Enabled")) == slices
    assert taken(figures(), told="MIG-GPU-00000002/1/0") == slices


def test_an_old_driver_that_knows_no_slices_is_asked_without_them(taken: Taken) -> None:
    refusal = 'Field "mig.mode.current" is not a valid field to query.\n'
    ask = 'use_mig=,mig.mode.current; ask_figures() { echo "asked with <$use_mig>"; }; take_figures'
    assert taken(refusal, ask) == "asked with <>\n"


def test_idleness_is_counted_from_the_first_look_that_found_it(taken: Taken) -> None:
    idle = figures(told="0, 312, 23028, 41, 24.9, Disabled")
    again = f"""clock=1000; take_figures
    printf '%s' '{idle}' >"$use_answer"; clock=7500; take_figures"""
    assert " idle=65 " in taken(idle, again)
    busy = f"""clock=1000; take_figures; printf '%s' '{figures()}' >"$use_answer"; clock=2500
    take_figures; printf '%s' '{idle}' >"$use_answer"; clock=9000; take_figures"""
    assert " idle=0 " in taken(idle, busy)


def test_who_tells_nothing_is_asked_ever_more_rarely(taken: Taken) -> None:
    ask = (
        'for each in 1 2 3 4 5 6; do clock=0; take_figures; echo "$use_due"; : >"$use_answer"; done'
    )
    assert taken("", ask).split() == ["3000", "6000", "12000", "24000", "24000", "24000"]


PIDS = """
==============NVSMI LOG==============

Attached GPUs                             : 2
GPU {own}
    Processes
        GPU instance ID                   : N/A
        Process ID                        : 4242
            Type                          : G
            Name                          : /home/carla/CarlaUE4-Linux-Shipping
            Used GPU Memory               : {here} MiB
GPU {other}
    Processes
        GPU instance ID                   : N/A
        Process ID                        : {pid}
            Type                          : C+G
            Name                          : {name}
            Used GPU Memory               : {there} MiB
"""


def drawn(taken: Taken, *, pid: str = "$$", name: str = "", here: int = 0, there: str = "3456"):
    """What is told after that list; the workload is the process 4242 and this very shell."""
    words = {"own": BUS[2], "other": BUS[6], "here": here, "there": there}
    listed = PIDS.format(pid=pid, name=name or f"/bin/{taken.shell[0]}", **words)
    script = f"""
    find_victims() {{ victims=" 4242 $$"; }}
    use_buses='{BUS[2]} {OWN}
{BUS[6]} {uuid(6)}
' use_bus={BUS[2]} use_told="t=1700000000 util=1" use_answer="$STATUS_DIR/processes"
    cat >"$use_answer" <<END
{listed}
END
    take_processes
    """
    return taken("", script).partition(" elsewhere=")[2]


def test_a_server_that_draws_on_another_gpu_is_told_with_that_gpu(taken: Taken) -> None:
    assert drawn(taken) == uuid(6)


def test_who_uses_its_own_gpu_more_only_touches_the_other(taken: Taken) -> None:
    """The driver keeps a little of every process on each GPU that it opens."""
    assert drawn(taken, there="99") == "-"
    assert drawn(taken, pid="4242") == "-", "no such process: its name cannot be the same"


@pytest.mark.parametrize(
    "case",
    [
        {"pid": "1"},
        {"name": "/usr/bin/Xorg"},
        {"name": "[Insufficient Permissions]"},
        {"name": " "},
        {"there": "N/A"},
        {"there": "-3456"},
        {"there": "99999999999999999999"},
        {"pid": "-"},
        {"pid": "$$ 4242"},
    ],
    ids=str,
)
def test_a_process_that_may_not_be_ours_is_nobodys_fault(taken: Taken, case: dict) -> None:
    """A node's number for a process of another container can be the number of one of ours."""
    assert drawn(taken, **case) == "-"


SMI = """#!/bin/sh
echo "$*" >>"$ASKED"
case $* in *utilization*) cat "$FIGURES" ;; *) cat "$SMI_ANSWER" ;; esac
"""
HANGS_LATER = """#!/bin/sh
case $* in *utilization*) ;; *) cat "$SMI_ANSWER"; exit ;; esac
echo $$ >>"$ASKED"
sleep 300 &
echo $! >>"$ASKED"
wait
"""


@pytest.fixture(params=sweep(SHELLS, "busybox"))
def bench(request, tmp_path):
    pod = Bench(tmp_path, shell_command(request.param))
    yield pod
    pod.clean_up()


def sees(
    bench: Bench, text: str, period: str = "0.1", gpus: Sequence[int] = (2,)
) -> dict[str, str]:
    """The environment of a simulator that sees those GPUs and has that nvidia-smi."""
    env = container(bench.root / "c", sees=gpus)
    program(Path(env["PATH_BEFORE"]), text)
    (bench.root / "figures").write_text(figures())
    path = f"{env['PATH_BEFORE']}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    asked, answer = (str(bench.root / name) for name in ("asked", "figures"))
    return {**env, "PATH": path, "GPU_PERIOD": period, "ASKED": asked, "FIGURES": answer}


def told_use(bench: Bench) -> str:
    path = bench.status / "pair-1.simulator.gpu-use"
    return path.read_text() if path.exists() else ""


@pytest.mark.slow
def test_a_driving_pair_tells_its_gpus_use_again_and_again(bench: Bench) -> None:
    simulator = bench.start("simulator", env=sees(bench, SMI))
    eventually(lambda: " util=87 used=9318 total=23028 " in told_use(bench), "it told")
    (bench.root / "figures").write_text(figures(told="3, 9000, 23028, 50, 60, Disabled"))
    eventually(lambda: " util=3 used=9000 total=23028 temp=50 " in told_use(bench), "it told again")
    bench.cancel()
    assert exit_of(simulator) == 0


LISTS = """#!/bin/sh
case $* in
  *utilization*) cat "$FIGURES" ;;
  *PIDS*) read -r pid <"$SERVER_PIDS"
    printf 'GPU %s\\n    Process ID : %s\\n    Name : %s\\n    Used GPU Memory : 2900 MiB\\n' \\
      "$OTHER_BUS" "$pid" "$PROGRAM" ;;
  *) cat "$SMI_ANSWER" ;;
esac
"""


@pytest.mark.slow
def test_a_server_on_another_gpu_of_a_privileged_container_is_found_by_its_memory(
    bench: Bench,
) -> None:
    told = {"OTHER_BUS": BUS[1], "PROGRAM": sys.executable, "NVIDIA_VISIBLE_DEVICES": uuid(2)}
    env = {**sees(bench, LISTS, gpus=(1, 2)), **told, "SERVER_PIDS": str(bench.root / "pids")}
    (bench.root / "figures").write_text(figures(1) + figures(2))
    simulator = bench.start("simulator", env=env, pids=bench.root / "pids")
    eventually(lambda: f" elsewhere={uuid(1)}" in told_use(bench), "it found its server there")
    status = status_files.read(str(bench.status), 1)
    assert [problem.text for problem in gpu_faults(status)] == [
        f"pair 1: its simulator draws on another GPU than its own, {uuid(1)} instead of {uuid(2)}"
    ]
    bench.cancel()
    assert exit_of(simulator) == 0


def test_without_nvidia_smi_or_with_a_period_of_nothing_there_is_no_word_of_it(
    bench: Bench,
) -> None:
    simulator = bench.start("simulator", env=sees(bench, SMI, period="0"))
    bench.wait_for_phase("simulator", "ready")
    bench.cancel()
    assert exit_of(simulator) == 0
    assert told_use(bench) == ""
    assert not any("utilization" in line for line in bench.lines("asked"))


@pytest.mark.slow
def test_one_that_hangs_delays_no_look_and_leaves_no_process(bench: Bench) -> None:
    env = {**sees(bench, HANGS_LATER), "GPU_LIMIT": "0.3"}
    simulator = bench.start("simulator", env=env, pids=bench.root / "server-pids")
    eventually(lambda: len(bench.pids("asked")) >= 4, "it was asked, given up and asked again")
    first = bench.pids("asked")[:2]
    assert [pid for pid in first if is_alive(pid)] == []
    beats = int(bench.heartbeat("simulator")[1])
    eventually(lambda: int(bench.heartbeat("simulator")[1]) > beats + 5, "it went on looking")
    assert bench.output("simulator").count("nvidia-smi does not answer") == 1
    bench.cancel()
    assert exit_of(simulator) == 0
    assert [pid for pid in bench.pids("asked") if is_alive(pid)] == []
    assert_nothing_runs(bench)


def test_what_a_killed_life_asked_ends_with_the_next_one(bench: Bench) -> None:
    env = sees(bench, HANGS_LATER)
    simulator = bench.start("simulator", env=env, pids=bench.root / "server-pids")
    eventually(lambda: len(bench.pids("asked")) >= 2, "it was asked")
    killed(simulator)
    left = bench.pids("asked")
    bench.cancel()
    assert exit_of(bench.start("simulator", env=env)) == 0
    assert [pid for pid in left if is_alive(pid)] == []
