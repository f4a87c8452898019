"""The live-results file of the stand-in evaluator, and what its debug level does to a record."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.sweeps import sweep
from standin_bench import Bench


@pytest.fixture(params=["2.0"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path, request.param)
    bench.start_server()
    yield bench
    bench.stop_server()


@pytest.mark.parametrize(("debug", "times"), [("0", 1), ("1", 1), ("2", 2)])
@pytest.mark.parametrize("bench", sweep(["2.0", "2.1"], "2.1"), indirect=True)
def test_live_results_list_a_route_that_ran_out_of_time_twice(
    bench: Bench, debug: str, times: int
) -> None:
    live = bench.folder / "live.txt"
    bench.scenario({"every_route": {"outcome": "timed_out", "infractions": {}}})
    run = bench.run("--routes-subset=5", f"--debug={debug}", f"--debug-checkpoint={live}")
    record = run.last["_checkpoint"]["records"][0]
    assert record["infractions"]["route_timeout"] == ["Route timeout."] * times
    assert record["num_infractions"] == times
    assert record["status"] == "Failed - Agent timed out"
    assert live.exists() is (debug == "2")


LIVE = """\
Route id: RouteScenario_5_rep0

Scores:
    Driving score:      {driving}
    Route completion:   100.000
    Infraction penalty: {penalty}

    Route length:    {length:.3f}
    Game duration:   100.000
    System duration: 200.000

Ego:
    Throttle:           0.750
    Brake:              0.000
    Steer:              0.000

    Speed:           {speed:.3f} km/h

    Location:           ({place})

Total infractions: 6
Last 5 infractions:
    VEHICLE_BLOCKED    ROUTE_DEVIATION    MIN_SPEED_INFRACTION (value: 90.5%)
    STOP_INFRACTION (penalty: {stop})
    TRAFFIC_LIGHT_INFRACTION (penalty: {light})
"""


@pytest.mark.parametrize(
    ("bench", "numbers"),
    [
        ("2.0", {"driving": "32.642", "penalty": "0.326", "stop": 0.8, "light": 0.7}),
        ("2.1", {"driving": "41.876", "penalty": "0.419", "stop": 0.25, "light": 0.4}),
    ],
    indirect=["bench"],
)
def test_the_live_results_have_no_line_break_behind_what_only_ends_a_route(
    bench: Bench, numbers: dict[str, object]
) -> None:
    """The five newest of six, the newest first."""
    types = ["COLLISION_VEHICLE", "TRAFFIC_LIGHT_INFRACTION", "STOP_INFRACTION"]
    events = [{"type": name, "message": name.lower()} for name in types]
    events.append({"type": "MIN_SPEED_INFRACTION", "message": "slow", "percentage": 90.5})
    events += [{"type": name, "message": name} for name in ("ROUTE_DEVIATION", "VEHICLE_BLOCKED")]
    case = {"outcome": "completed", "events": events, "frames": 2000, "system_seconds": 200.0}
    bench.scenario({"every_route": case})
    live = bench.folder / "live.txt"
    run = bench.run("--routes-subset=5", "--debug=2", f"--debug-checkpoint={live}")
    length = run.last["_checkpoint"]["records"][0]["meta"]["route_length"]
    route = ElementTree.parse(bench.workspace / "data/routes_testing.xml").find("route[@id='5']")
    assert route is not None
    end = list(route.iter("position"))[-1].attrib
    place = " ".join(f"{float(end[axis]):.3f}" for axis in "xyz")
    told = LIVE.format(**numbers, length=length, speed=length / 1000 / (100 / 3600), place=place)
    assert live.read_text() == told


def test_with_live_results_a_route_that_cannot_be_stopped_has_a_record(bench: Bench) -> None:
    """It is the one of the last tick; without them there is none."""
    bench.scenario({"every_route": {"ending": "stop_raises", "outcome": "failed"}})
    live = bench.folder / "live.txt"
    run = bench.run("--routes-subset=5", "--debug=2", f"--debug-checkpoint={live}")
    assert run.exit_code == 255
    assert [record["status"] for record in run.last["_checkpoint"]["records"]] == ["Failed"]


def test_live_results_that_cannot_be_written_end_the_run_as_a_crash(bench: Bench) -> None:
    bench.scenario({})
    run = bench.run("--routes-subset=5", "--debug=2", "--debug-checkpoint=/nowhere/live.txt")
    assert run.exit_code == 255
    assert run.last["entry_status"] == "Crashed"
    assert "FileNotFoundError" in run.stdout
