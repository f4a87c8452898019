"""The stand-in evaluator repeats recorded runs of the Leaderboard, state by state.

The runs of 2.0 were recorded at the head of its branch, not at the commit that the 2.0 image holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from standin_bench import Bench, Finished

TRACES = Path(__file__).resolve().parents[1] / "data" / "traces"
CASES = sorted(str(path.parent.relative_to(TRACES)) for path in TRACES.glob("*/*/meta.json"))
VERSIONS = {"lb10": "1.0", "lb20": "2.0-head"}
EXITS = {"killed": -9}
SENSORS = {"lidar1": ["carla_camera", "carla_lidar", "carla_gnss", "carla_imu"]}


def _case(attempt: int, recorded: dict[str, Any]) -> dict[str, Any]:
    """A recorded plan as a case of a scenario; the recorder waited once more for a dead server."""
    plan = dict(recorded["plan"], attempts=[attempt], repetitions=[recorded["repetition"]])
    if plan["ending"] == "sim_run":
        plan.update(server="crash", crash_wait_seconds=plan["system_seconds"])
    return plan


def _scenario(meta: dict[str, Any]) -> dict[str, Any]:
    routes: dict[str, list[dict[str, Any]]] = {}
    for attempt, run in enumerate(meta["runs"], 1):
        for recorded in run["plans"]:
            cases = routes.setdefault(recorded["route"].partition("_")[2], [])
            cases.append(_case(attempt, recorded))
    starts = [run["start_epoch"] for run in meta["runs"]]
    return {"sensors": SENSORS[meta["sensors"]], "start_epoch": starts, "routes": routes}


@pytest.fixture(params=CASES)
def trace(request: pytest.FixtureRequest) -> Path:
    return TRACES / request.param


@pytest.fixture
def replayed(trace: Path, tmp_path: Path) -> Iterator[list[Finished]]:
    meta = json.loads((trace / "meta.json").read_text())
    bench = Bench(tmp_path, VERSIONS[trace.parent.name])
    bench.scenario(_scenario(meta))
    flags = [f"--routes={trace / 'routes.xml'}", f"--routes-subset={meta['routes_subset']}"]
    flags.append(f"--repetitions={meta['repetitions']}")
    runs = []
    for attempt, recorded in enumerate(meta["runs"], 1):
        bench.start_server()
        run = bench.run(*flags, attempt=attempt, resume="1" if recorded["resume"] else "")
        run.stdout = bench.told(run.stdout)
        runs.append(run)
    yield runs
    bench.stop_server()


def test_a_recorded_run_is_repeated_to_the_byte(trace: Path, replayed: list[Finished]) -> None:
    """Exit codes, every state of the checkpoint and stdout are those of the recording."""
    meta = json.loads((trace / "meta.json").read_text())
    for number, (recorded, run) in enumerate(zip(meta["runs"], replayed, strict=True)):
        folder = trace / f"run_{number}"
        states = run.states
        if not recorded["resume"]:
            assert states[0] == ""
            states = states[1:]
        written = sorted(folder.glob("write_*.json"))
        assert len(states) == len(written)
        for state, path in zip(states, written, strict=True):
            assert state == path.read_text(), path.name
        assert run.stdout == (folder / "stdout.txt").read_text()
        assert run.exit_code == EXITS.get(recorded["exit_code"], recorded["exit_code"])
