"""Every failure of the contract, by route and attempt: the record, the status, what goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.sweeps import sweep, sweep_rows
from standin_bench import Bench, Finished, until

SUBSET = "--routes-subset=5-7"


@pytest.fixture(params=sweep(["1.0", "2.0"], "2.0"))
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path, request.param)
    bench.start_server()
    yield bench
    bench.stop_server()


def _with(bench: Bench, case: dict[str, Any], **more: Any) -> Finished:
    """Routes 5 to 7, of which 6 has the case in its first attempt."""
    bench.scenario({"routes": {"6": [{"attempts": [1], **case}]}, "seed": 5, **more})
    return bench.run(SUBSET)


def _statuses(run: Finished) -> list[str]:
    return [record["status"] for record in run.last["_checkpoint"]["records"]]


def _resume(bench: Bench) -> Finished:
    bench.start_server()
    return bench.run(SUBSET, attempt=2, resume="1")


def _undisturbed(bench: Bench) -> list[dict[str, Any]]:
    bench.scenario({"seed": 5})
    run = bench.run(SUBSET)
    assert run.exit_code == 0
    return run.last["_checkpoint"]["records"]


STOPPING = [
    ({"ending": "sim_load", "server": "none"}, "Failed - Simulation crashed", "Crashed"),
    ({"ending": "sim_run", "server": "crash", "at": 0.5}, "Failed - Simulation crashed", "Crashed"),
    ({"ending": "sim_run", "server": "refuse"}, "", "Crashed"),
    ({"ending": "watchdog", "at": 0.5}, "Failed - Simulation crashed", "Crashed"),
    ({"ending": "sensors"}, "Failed - Agent's sensors were invalid", "Rejected"),
]


@pytest.mark.parametrize(
    ("case", "status", "entry"), sweep_rows(STOPPING, STOPPING[1], STOPPING[-1])
)
def test_a_crash_stops_the_run_with_a_record(
    bench: Bench, case: dict[str, Any], status: str, entry: str
) -> None:
    """Exit 255; 2.x counts the route as done, 1.0 does not; completion wins over the reason."""
    run = _with(bench, {"outcome": "completed", **case})
    assert run.exit_code == 255
    assert run.last["entry_status"] == entry
    assert run.last["eligible"] is False
    done = 1 if bench.version == "1.0" else 2
    assert run.last["_checkpoint"]["progress"] == [done, 3]
    assert _statuses(run)[1:] == [status or "Completed"]
    assert run.last["_checkpoint"]["global_record"] == {}


CONTINUING = [
    ({"ending": "agent_setup"}, "Failed - Agent couldn't be set up"),
    ({"ending": "agent_setup_timeout"}, "Failed - Agent couldn't be set up"),
    ({"ending": "agent_run", "at": 0.5}, "Failed - Agent crashed"),
    ({"outcome": "blocked"}, "Failed - Agent got blocked"),
    ({"outcome": "deviated"}, "Failed - Agent deviated from the route"),
    ({"outcome": "timed_out"}, "Failed - Agent timed out"),
    ({"outcome": "never_moved"}, "Failed"),
    ({"outcome": "failed"}, "Failed"),
    ({"outcome": "completed", "infractions": {"red_light": 1}}, "Completed"),
]


@pytest.mark.parametrize(("case", "status"), sweep_rows(CONTINUING, *CONTINUING[2:9:3]))
def test_an_agents_failure_ends_its_route_only(
    bench: Bench, case: dict[str, Any], status: str
) -> None:
    run = _with(bench, case)
    assert run.exit_code == 0
    assert _statuses(run)[1] == status
    assert len(_statuses(run)) == 3
    assert run.last["eligible"] is True
    failed = bench.version == "1.0" and "Agent" in status
    assert run.last["entry_status"] == ("Finished with agent errors" if failed else "Finished")


CHAINED = [
    "Traceback (most recent call last):",
    "RuntimeError: the wheel came off",
    "",
    "During handling of the above exception, another exception occurred:",
    "",
    "Traceback (most recent call last):",
    "leaderboard.autoagents.agent_wrapper.AgentError: the wheel came off",
]


def _told(run: Finished, heading: str) -> list[str]:
    """What a failure printed from its red heading on, without the frames."""
    lines = run.stdout.splitlines()
    start = lines.index("\x1b[91m" + heading)
    return [line for line in lines[start + 1 :] if not line.startswith("  ")]


def test_an_agents_crash_prints_its_own_exception_and_the_leaderboards(bench: Bench) -> None:
    """2.x puts the colour's end behind the traceback, 1.0 behind the text before it."""
    run = _with(bench, {"ending": "agent_run", "message": "the wheel came off"})
    told = _told(run, "Stopping the route, the agent has crashed:")
    if bench.version == "1.0":
        assert told[:10] == [
            "> the wheel came off\x1b[0m", "", *CHAINED, "\x1b[1m> Stopping the route\x1b[0m",
        ]  # fmt: skip
    else:
        assert told[:10] == ["", *CHAINED, "\x1b[0m", "\x1b[1m> Stopping the route\x1b[0m"]


@pytest.mark.parametrize(
    ("ending", "heading", "text"),
    sweep_rows(
        [
            ("agent_setup", "Could not set up the required agent:", "no wheel"),
            ("agent_setup_timeout", "Could not set up the required agent:", "no wheel"),
            ("sim_load", "The scenario could not be loaded:", "no world"),
            ("watchdog", "Error during the simulation:", "no frame"),
            (
                "stop_raises",
                "Failed to stop the scenario, the statistics might be empty:",
                "no brake",
            ),
        ],
        ("watchdog", "Error during the simulation:", "no frame"),
    ),
)
def test_every_other_failure_prints_one_traceback(
    bench: Bench, ending: str, heading: str, text: str
) -> None:
    run = _with(bench, {"ending": ending, "message": text, "server": "none"})
    told = _told(run, heading)
    traceback = ["Traceback (most recent call last):", f"RuntimeError: {text}"]
    if bench.version == "1.0":
        assert told[:4] == [f"> {text}\x1b[0m", "", *traceback]
    else:
        assert told[:4] == ["", *traceback, "\x1b[0m"]


def test_rejected_sensors_print_a_traceback_in_1_0_only(bench: Bench) -> None:
    run = _with(bench, {"ending": "sensors", "message": "no lidar"})
    told = _told(run, "The sensor's configuration used is invalid:")
    if bench.version == "1.0":
        name = "leaderboard.envs.sensor_interface.SensorConfigurationInvalid"
        traceback = ["Traceback (most recent call last):", f"{name}: no lidar"]
        assert told[:4] == ["> no lidar\x1b[0m", "", *traceback]
    else:
        assert told[:2] == ["no lidar\x1b[0m", ""]


def test_an_exception_while_stopping_leaves_no_record(bench: Bench) -> None:
    run = _with(bench, {"ending": "stop_raises"})
    assert run.exit_code == 255
    assert len(_statuses(run)) == 1
    assert run.last["entry_status"] == "Started"
    assert run.last["_checkpoint"]["progress"] == [1 if bench.version == "1.0" else 2, 3]
    assert "Failed to stop the scenario" in run.stdout


@pytest.mark.parametrize(
    "case", sweep([{"ending": "kill"}, {"ending": "exit"}, {"ending": "torn"}], {"ending": "torn"})
)
def test_a_run_cut_short_gives_the_same_records_after_its_resume(
    bench: Bench, case: dict[str, Any]
) -> None:
    """A torn file counts as no file; the other two go on where they were."""
    first = _with(bench, case)
    assert first.exit_code == (1 if case["ending"] == "exit" else -signal.SIGKILL)
    if case["ending"] == "torn":
        with pytest.raises(json.JSONDecodeError):
            json.loads(bench.checkpoint.read_text())
    else:
        assert len(_statuses(first)) == 1
    resumed = _resume(bench)
    assert resumed.exit_code == 0
    assert resumed.last["_checkpoint"]["records"] == _undisturbed(bench)


def test_a_crashed_route_is_driven_again_and_the_result_is_that_of_a_calm_run(bench: Bench) -> None:
    first = _with(bench, {"ending": "sim_run", "at": 0.5})
    assert "Simulation crashed" in _statuses(first)[1]
    resumed = _resume(bench)
    assert resumed.exit_code == 0
    assert "Preparing RouteScenario_5" not in resumed.stdout
    assert resumed.last["_checkpoint"]["records"] == _undisturbed(bench)


def test_a_server_that_hangs_costs_the_clients_time_out(bench: Bench) -> None:
    run = _with(bench, {"ending": "sim_run", "server": "hang", "at": 0.5}, client_timeout=0.4)
    assert run.exit_code == 255
    assert "time-out of 400ms while waiting for the simulator" in run.stdout
    assert _statuses(run)[1] == "Failed - Simulation crashed"


def test_a_server_killed_from_outside_shows_as_a_simulation_crash(bench: Bench) -> None:
    """Only what was driven until then is in the record."""
    bench.scenario({"pair_seconds": 15, "tick_seconds": 0.05, "kinds": ["completed"]})
    evaluator = bench.start(SUBSET)
    until(lambda: len(bench.states()) >= 3, "the checkpoint is written")
    assert evaluator.stdout is not None
    next(line for line in evaluator.stdout if "Game time = 1" in line or "Sim_time = 1" in line)
    assert bench.server is not None
    os.kill(bench.server.pid, signal.SIGKILL)
    evaluator.communicate(timeout=10)
    assert evaluator.returncode == 255
    record = json.loads(bench.checkpoint.read_text())["_checkpoint"]["records"][0]
    assert record["status"] == "Failed - Simulation crashed"
    assert 0 < record["scores"]["score_route"] < 100


def test_without_a_server_the_evaluator_ends_with_1_and_touches_no_checkpoint(bench: Bench) -> None:
    bench.stop_server()
    bench.scenario({})
    run = bench.run(SUBSET)
    assert run.exit_code == 1
    assert not bench.checkpoint.exists()


def test_a_dead_server_at_the_loading_of_a_world_skips_the_status_in_2_x(bench: Bench) -> None:
    """The clean-up raises: 1.0 has the record by then and hides it, 2.x ends with 1."""
    run = _with(bench, {"ending": "sim_load", "server": "crash"})
    first = bench.version == "1.0"
    assert run.exit_code == (0 if first else 1)
    assert len(_statuses(run)) == (2 if first else 1)
    assert run.last["_checkpoint"]["progress"] == [1, 3]


def test_too_many_sensors_are_rejected_by_counting_them(bench: Bench) -> None:
    bench.scenario({"sensors": ["carla_camera"] * 9})
    run = bench.run(SUBSET)
    assert run.exit_code == 255
    assert "Too many sensor.camera.rgb used!" in run.stdout
    assert run.last["sensors"] == []
    assert run.last["entry_status"] == "Rejected"


def test_an_idle_evaluator_prints_nothing_and_does_not_end(bench: Bench) -> None:
    bench.scenario({"routes": {"5": {"ending": "silent"}}})
    evaluator = bench.start(SUBSET)
    assert evaluator.stdout is not None
    ticks = (line for line in evaluator.stdout if "[Agent]" in line)
    assert [next(ticks), next(ticks)]
    with pytest.raises(subprocess.TimeoutExpired):
        evaluator.communicate(timeout=0.5)
    evaluator.kill()
    evaluator.communicate()


def test_a_flood_of_lines_comes_out_whole(bench: Bench) -> None:
    run = _with(bench, {"log_lines": 20_000})
    assert run.exit_code == 0
    assert run.stdout.count("[agent] frame ") == 20_000


def test_an_escaped_child_outlives_the_evaluator_with_its_command_line(bench: Bench) -> None:
    bench.scenario({"routes": {"5": {"escape_seconds": 1}}})
    evaluator = bench.start("--routes-subset=5,6")
    assert evaluator.wait(timeout=10) == 0
    output = evaluator.stdout
    assert output is not None
    if not Path("/proc/self").exists():
        pytest.skip("this system has no /proc to look for the child in")
    needle = str(bench.checkpoint).encode()
    commands = Path("/proc").glob("[0-9]*/cmdline")
    orphans = [path for path in commands if needle in _bytes(path)]
    assert len(orphans) == 1
    until(lambda: needle not in _bytes(orphans[0]), "the child ends by itself")
    output.close()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
