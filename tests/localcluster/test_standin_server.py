"""The stand-in of a CARLA server: ports, boot, ticks by the client, and ways to fail."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from standin_bench import Bench, ask, listening, until


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path, "2.0")
    yield bench
    bench.stop_server()


def test_it_listens_on_its_port_and_the_two_above_and_says_what_it_is(bench: Bench) -> None:
    bench.start_server()
    assert all(listening(bench.port + offset) for offset in range(3))
    assert ask(bench.port, {"do": "status"})["stand_in"] is True
    lines = bench.stop_server().splitlines()
    assert lines[0].startswith("[stand-in]")
    assert lines[1].startswith("4.26.2-0+++UE4+Release-4.26")
    assert lines[2] == "Disabling core dumps."


def test_its_command_line_carries_the_name_a_supervisor_looks_for(bench: Bench) -> None:
    server = bench.start_server()
    command = Path(f"/proc/{server.pid}/cmdline")
    if not command.exists():
        pytest.skip("this system has no /proc to read a command line from")
    assert b"CarlaUE4-Linux-Shipping" in command.read_bytes()


def test_time_passes_only_when_a_client_ticks(bench: Bench) -> None:
    bench.start_server()
    ask(bench.port, {"do": "load_world", "town": "Town01"})
    assert ask(bench.port, {"do": "tick", "frames": 7})["frame"] == 7
    assert ask(bench.port, {"do": "status"})["frame"] == 7
    assert ask(bench.port, {"do": "load_world", "town": "Town02"})["frame"] == 0


def test_told_to_crash_it_dies_of_a_segmentation_fault(bench: Bench) -> None:
    server = bench.start_server()
    assert ask(bench.port, {"do": "fault", "kind": "crash"}) == {}
    output, _ = server.communicate(timeout=10)
    assert "Signal 11 caught." in output
    assert server.returncode == -signal.SIGSEGV
    assert not listening(bench.port)


def test_told_to_hang_it_lives_but_answers_nobody(bench: Bench) -> None:
    server = bench.start_server()
    with pytest.raises(TimeoutError):
        ask(bench.port, {"do": "fault", "kind": "hang"}, timeout=0.3)
    with pytest.raises(TimeoutError):
        ask(bench.port, {"do": "status"}, timeout=0.3)
    assert server.poll() is None


def test_told_to_refuse_it_lives_and_closes_its_ports(bench: Bench) -> None:
    server = bench.start_server()
    assert ask(bench.port, {"do": "fault", "kind": "refuse"}) == {}
    until(lambda: not any(listening(bench.port + offset) for offset in range(3)), "ports close")
    assert server.poll() is None


def test_nonsense_from_a_client_ends_that_connection_only(bench: Bench) -> None:
    bench.start_server()
    assert ask(bench.port, {"do": "tick", "frames": []}) == {}
    assert ask(bench.port, {"no": "request"}) == {}
    assert ask(bench.port, {"do": "dance"})["ok"] is False
    assert ask(bench.port, {"do": "status"})["ok"] is True


def test_it_writes_its_log_into_the_saved_folder_and_nothing_else(bench: Bench) -> None:
    saved = bench.folder / "saved"
    saved.mkdir()
    bench.start_server(CARLA_SAVED_DIR=str(saved))
    output = bench.stop_server()
    written = [path for path in saved.rglob("*") if path.is_file()]
    assert written == [saved / "Logs/CarlaUE4.log"]
    assert written[0].read_text() == output


def test_a_taken_port_ends_it_with_an_error(bench: Bench) -> None:
    first = bench.start_server()
    bench.server = None
    second = bench.start_server()
    assert second.wait(timeout=10) == 1
    assert "Error" in bench.stop_server()
    first.kill()
    first.communicate()


def test_it_uses_no_processor_time_when_nobody_ticks(bench: Bench) -> None:
    server = bench.start_server()
    stat = Path(f"/proc/{server.pid}/stat")
    if not stat.exists():
        pytest.skip("this system has no /proc to read processor time from")

    def used() -> int:
        return sum(int(word) for word in stat.read_text().rsplit(")", 1)[1].split()[11:13])

    before, end = used(), time.monotonic() + 0.5
    until(lambda: time.monotonic() > end, "half a second passes")
    assert used() - before <= 2
