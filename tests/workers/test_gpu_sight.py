"""What each half says of its GPU, what its server is told, and which GPUs no pair drives on."""

import os
import sys
from pathlib import Path

import pytest
from fakes.sweeps import sweep
from gpu_node import DRIVER, HANGING, NAME, container, program, uuid
from pair_bench import SHELLS, Bench, eventually, exit_of, shell_command, some_shell

from console.workers import status_files
from console.workers.gpu_faults import gpu_faults


@pytest.fixture(params=sweep(SHELLS, "busybox"))
def every_shell(request, tmp_path):
    pod = Bench(tmp_path, shell_command(request.param))
    yield pod
    pod.clean_up()


@pytest.fixture
def bench(request, tmp_path):
    pod = Bench(tmp_path, some_shell(request.node.nodeid))
    yield pod
    pod.clean_up()


def in_container(env: dict[str, str], **more: str) -> dict[str, str]:
    programs = f"{env['PATH_BEFORE']}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {**env, "PATH": programs, **more}


def start_halves(bench: Bench, simulator: dict, agent: dict, pair: int = 1):
    """Each half in a container of its own."""
    options = {"pids": bench.root / f"server-pids-{pair}"}
    server = bench.start("simulator", pair=pair, env=simulator, **options)
    driven = bench.root / f"driven-{pair}"
    return server, bench.start("agent", pair=pair, env=agent, driven=driven)


def said(bench: Bench, half: str, pair: int = 1) -> dict[str, str]:
    path = bench.status / f"pair-{pair}.{half}.gpu"
    words, _, name = eventually(path.exists and path.read_text, f"{half} told").partition(" name=")
    return {**dict(word.split("=", 1) for word in words.split()), "name": name.strip()}


def look(bench: Bench, env: dict[str, str], **more: str) -> tuple[dict[str, str], str]:
    """What a simulator says of its GPU, and the adapter that its server is told."""
    note = bench.root / "adapter"
    text = 'echo "$GRAPHICS_ADAPTER" >"$NOTE"; exec sleep 30'
    half = bench.start("simulator", text=text, env=in_container(env, NOTE=str(note), **more))
    eventually(
        lambda: (note.exists() and note.read_text()) or half.poll() is not None,
        f"it started or ended:\n{bench.output('simulator')}",
    )
    adapter = note.read_text().strip() if note.exists() else ""
    half.terminate()
    exit_of(half)
    return said(bench, "simulator"), adapter


def test_a_half_that_sees_one_gpu_names_it_by_its_number_on_the_node(every_shell):
    """nvidia-smi calls the only GPU of a container 0, whichever it is; Vulkan does too."""
    env = container(every_shell.root / "c", sees=[2])
    told, adapter = look(every_shell, env, NVIDIA_VISIBLE_DEVICES="2")
    assert told == {
        "attempt": "1",
        "gpus": "1",
        "index": "2",
        "uuid": uuid(2),
        "driver": DRIVER,
        "told": "2",
        "shared": "no",
        "name": NAME,
    }
    assert adapter == "0"


@pytest.mark.parametrize("word", ["5", uuid(5), uuid(5)[:12]])
def test_of_several_gpus_ours_is_the_one_that_the_runtime_was_told(bench, word):
    """A privileged container sees all of the node."""
    env = container(bench.root / "c", sees=range(8))
    told, adapter = look(bench, env, NVIDIA_VISIBLE_DEVICES=word)
    assert (told["gpus"], told["index"], told["uuid"], adapter) == ("8", "5", uuid(5), "5")


def test_the_adapter_counts_what_the_container_sees_not_what_the_node_has(bench):
    env = container(bench.root / "c", sees=[3, 6])
    told, adapter = look(bench, env, NVIDIA_VISIBLE_DEVICES=uuid(6))
    assert (told["index"], adapter) == ("6", "1")


def test_a_list_that_the_runtime_got_as_files_is_read(bench):
    files = bench.root / "devices"
    (files / uuid(4)).mkdir(parents=True)
    env = container(bench.root / "c", sees=range(8))
    told, adapter = look(bench, env, NVIDIA_VISIBLE_DEVICES=str(files))
    assert (told["index"], told["told"], adapter) == ("4", uuid(4), "4")


@pytest.mark.parametrize("word", ["void", "all", "", "0,1", "none"])
def test_where_nothing_tells_which_of_several_is_ours_nobody_guesses(bench, word):
    env = container(bench.root / "c", sees=range(4))
    told, adapter = look(bench, env, NVIDIA_VISIBLE_DEVICES=word)
    assert (told["gpus"], told["index"], told["uuid"]) == ("4", "-", "-")
    assert adapter == "-1", "the engine's own choice, never a word such as void"


def test_void_beside_one_gpu_is_that_gpu(bench):
    env = container(bench.root / "c", sees=[7])
    told, adapter = look(bench, env, NVIDIA_VISIBLE_DEVICES="void")
    assert (told["index"], told["uuid"], adapter) == ("7", uuid(7), "0")


def test_without_nvidia_smi_the_drivers_files_tell_the_same(every_shell):
    env = container(every_shell.root / "c", sees=[3], smi=False)
    told, adapter = look(every_shell, env, NVIDIA_VISIBLE_DEVICES="void")
    assert (told["gpus"], told["index"], told["uuid"]) == ("1", "3", uuid(3))
    assert (told["name"], told["driver"], adapter) == (NAME, DRIVER, "0")


def test_a_half_that_cannot_tell_says_so_and_goes_on(bench):
    env = container(bench.root / "c", smi=False, driver=False)
    told, adapter = look(bench, env, NVIDIA_VISIBLE_DEVICES="2")
    assert (told["gpus"], told["index"], told["uuid"], told["name"]) == ("-", "-", "-", "-")
    assert adapter == "2", "the runtime's own word is the only one there is"
    assert "cannot tell which GPU" in bench.output("simulator")


def test_an_nvidia_smi_that_hangs_with_its_driver_holds_up_nobody_for_long(bench):
    env = container(bench.root / "c", sees=[1])
    program(Path(env["PATH_BEFORE"]), HANGING)
    told, _ = look(bench, env, GPU_LIMIT="0.3")
    assert (told["index"], told["uuid"]) == ("1", uuid(1))
    assert "nvidia-smi did not answer within 0.3 s" in bench.output("simulator")


def test_an_answer_of_another_shape_is_none(bench):
    hostile = f"0, {uuid(1)[:9]};rm -rf /, 5, N\n\x1b[31m, GPU-, , \n{'x' * 5000}\n,,,\n"
    env = container(bench.root / "c", sees=[1], answer=hostile)
    told, _ = look(bench, env)
    assert (told["gpus"], told["uuid"]) == ("1", uuid(1)), "as the driver's files say"


def ends(bench: Bench, pair: int = 1) -> tuple:
    return tuple(bench.ended(half, 1, pair).get("reason") for half in ("simulator", "agent"))


def problems(bench: Bench) -> list[str]:
    return [each.text for each in gpu_faults(status_files.read(str(bench.status), 4))]


@pytest.mark.slow
def test_a_pair_with_a_half_without_a_gpu_stops_before_it_drives_and_spends_no_restart(every_shell):
    bench = every_shell
    good = in_container(container(bench.root / "s", sees=[0]), NVIDIA_VISIBLE_DEVICES="0")
    none = in_container(container(bench.root / "a"), NVIDIA_VISIBLE_DEVICES="0")
    halves = start_halves(bench, good, none)
    assert [exit_of(half) for half in halves] == [0, 0]
    assert ends(bench) == ("wrong-gpu", "wrong-gpu")
    assert bench.lines("driven-1") == []
    assert problems(bench) == [
        "pair 1 is stopped before it drives: agent-1: no GPU: No devices were found"
    ]
    assert "sees no GPU" in bench.output("agent")


def test_a_driver_without_a_device_in_the_container_is_no_gpu(bench):
    """As an agent has it on a cluster with CDI: the driver's files list what it cannot use."""
    env = in_container(container(bench.root / "c", smi=False), NVIDIA_VISIBLE_DEVICES="0")
    assert exit_of(bench.start("agent", env=env)) == 0
    assert "no GPU's device is in this container" in problems(bench)[0]


def test_halves_on_different_gpus_stop_before_they_drive(every_shell):
    bench = every_shell
    halves = start_halves(
        bench,
        in_container(container(bench.root / "s", sees=[1])),
        in_container(container(bench.root / "a", sees=[2])),
    )
    assert [exit_of(half) for half in halves] == [0, 0]
    assert ends(bench) == ("wrong-gpu", "wrong-gpu")
    assert bench.lines("driven-1") == []
    (problem,) = problems(bench)
    assert "the halves are on different GPUs" in problem
    assert uuid(1) in problem
    assert uuid(2) in problem


@pytest.mark.slow
def test_a_pair_on_another_pairs_gpu_stops_and_the_other_drives(bench):
    first = in_container(container(bench.root / "one", sees=[0]))
    one = start_halves(bench, first, first)
    bench.wait_for_phase("simulator", "ready")
    second = in_container(container(bench.root / "two", sees=[0]))
    two = start_halves(bench, second, second, pair=2)
    assert [exit_of(half) for half in two] == [0, 0]
    assert ends(bench, pair=2) == ("wrong-gpu", "wrong-gpu")
    assert [exit_of(half) for half in one] == [0, 0]
    assert ends(bench) == ("done", "done")
    (problem,) = problems(bench)
    assert problem.startswith("pair 2 is stopped before it drives: ")
    assert problem.endswith(f": pair 1 is on this GPU, {uuid(0)}")


def test_a_gpu_that_the_runtime_was_told_and_that_is_not_there_stops_the_pair(bench):
    env = in_container(container(bench.root / "c", sees=[0]), NVIDIA_VISIBLE_DEVICES=uuid(4))
    assert exit_of(bench.start("simulator", env=env)) == 0
    assert f"was told GPU {uuid(4)}, but it is not among the 1" in problems(bench)[0]


@pytest.mark.slow
def test_shared_gpus_stop_nobody_and_different_ones_are_named(bench):
    env = {"GPU_SHARED": "1"}
    halves = start_halves(
        bench,
        in_container(container(bench.root / "s", sees=[1]), **env),
        in_container(container(bench.root / "a", sees=[2]), **env),
    )
    assert [exit_of(half) for half in halves] == [0, 0]
    assert ends(bench) == ("done", "done")
    assert problems(bench) == [f"pair 1: its halves are on different GPUs, {uuid(1)} and {uuid(2)}"]


def test_pairs_that_meet_on_a_gpu_while_both_drive_are_named(tmp_path):
    for pair in (1, 3):
        for half in ("simulator", "agent"):
            words = f"attempt=1 gpus=1 index=0 uuid={uuid(0)} driver=- told=- shared=no name=-"
            (tmp_path / f"pair-{pair}.{half}.gpu").write_text(words)
    (found,) = gpu_faults(status_files.read(str(tmp_path), 4))
    assert (found.pair, found.text) == (3, f"pairs 1 and 3 are on one GPU, {uuid(0)}")


@pytest.mark.slow
def test_a_stopped_pair_that_is_started_again_starts_nothing(bench):
    """As after a lost sandbox: the node starts every container of the pod again."""
    env = in_container(container(bench.root / "c"))
    assert [exit_of(half) for half in start_halves(bench, env, env)] == [0, 0]
    assert [exit_of(half) for half in start_halves(bench, env, env)] == [0, 0]
    assert bench.attempts("agent") == [1]
