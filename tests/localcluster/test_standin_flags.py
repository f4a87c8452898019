"""The evaluator's command line: subsets, repetitions, resumes and their surprises per version."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.sweeps import sweep
from standin_bench import Bench


@pytest.fixture(params=sweep(["1.0", "2.0"], "1.0"))
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path, request.param)
    bench.scenario({})
    bench.start_server()
    yield bench
    bench.stop_server()


@pytest.mark.parametrize("subset", sweep(["4-99", "7-5", "3,3", "3,", "1-2-3", "x"], "4-99", "x"))
def test_a_wrong_subset_changes_no_checkpoint(bench: Bench, subset: str) -> None:
    """1.0 hides the error behind exit status 0, 2.x does not."""
    bench.checkpoint.write_text("untouched")
    run = bench.run(f"--routes-subset={subset}")
    assert run.exit_code == (0 if bench.version == "1.0" else 1)
    assert "ValueError" in run.stdout
    assert bench.checkpoint.read_text() == "untouched"


@pytest.mark.parametrize(
    ("bench", "exit_code"),
    [("1.0", 0), ("2.0", 1), ("2.0-head", 0), ("2.1", 0)],
    indirect=["bench"],
)
def test_a_range_of_one_route_is_refused_by_1_0_and_by_the_commit_of_the_2_0_image(
    bench: Bench, exit_code: int
) -> None:
    bench.checkpoint.write_text("untouched")
    run = bench.run("--routes-subset=3-3")
    refuses = bench.version in ("1.0", "2.0")
    assert run.exit_code == exit_code
    assert ("ValueError" in run.stdout) is refuses
    assert (bench.checkpoint.read_text() == "untouched") is refuses


def test_blanks_lists_and_ranges_choose_routes_in_file_order(bench: Bench) -> None:
    run = bench.run("--routes-subset= 9, 2-3")
    chosen = [record["route_id"].split("_")[1] for record in run.last["_checkpoint"]["records"]]
    assert chosen == ["2", "3", "9"]


def test_all_twenty_routes_are_driven_without_a_subset(bench: Bench) -> None:
    run = bench.run()
    assert run.last["_checkpoint"]["progress"] == [20, 20]
    assert len(run.last["_checkpoint"]["records"]) == 20


def test_repetitions_of_a_route_come_before_the_next_route(bench: Bench) -> None:
    run = bench.run("--routes-subset=5,6", "--repetitions=2")
    ids = [record["route_id"] for record in run.last["_checkpoint"]["records"]]
    suffixes = ["", "", "", ""] if bench.version == "1.0" else ["_rep0", "_rep1"] * 2
    routes = ["RouteScenario_5"] * 2 + ["RouteScenario_6"] * 2
    assert ids == [route + suffix for route, suffix in zip(routes, suffixes, strict=True)]
    indexes = [record["index"] for record in run.last["_checkpoint"]["records"]]
    assert indexes == [0, 1, 2, 3]


@pytest.mark.parametrize("text", sweep(["0", "False"], "0"))
def test_any_text_after_resume_means_yes(bench: Bench, text: str) -> None:
    bench.run("--routes-subset=5,6")
    again = bench.run("--routes-subset=5,6", resume=text)
    assert "Preparing RouteScenario_5" not in again.stdout
    assert again.exit_code == 0


@pytest.mark.parametrize("bench", sweep(["1.0", "2.0", "2.0-head", "2.1"], "2.0"), indirect=True)
def test_a_finished_file_is_resumed_by_repeating_its_last_route_or_none(bench: Bench) -> None:
    """The later 2.x releases drive nothing, and lose the sensors."""
    bench.run("--routes-subset=5,6")
    again = bench.run("--routes-subset=5,6", resume="1")
    assert ("Preparing RouteScenario_6" in again.stdout) is (bench.version == "2.0")
    assert bool(again.last["sensors"]) is (bench.version in ("1.0", "2.0"))
    assert again.last["entry_status"] == "Finished"
    assert again.last["_checkpoint"]["progress"] == [2, 2]


def _left(bench: Bench, done: int) -> None:
    """A checkpoint of three routes whose progress says more than its two records."""
    bench.run("--routes-subset=5-7")
    document = json.loads(bench.checkpoint.read_text())
    inner = document["_checkpoint"]
    inner["records"], inner["progress"] = inner["records"][:2], [done, 3]
    document["entry_status"] = "Started"
    bench.checkpoint.write_text(json.dumps(document))


@pytest.mark.parametrize("bench", sweep(["2.0", "2.0-head"], "2.0"), indirect=True)
@pytest.mark.parametrize("done", sweep([3, 4], 3))
def test_a_record_list_shorter_than_the_progress_ends_the_commit_of_the_2_0_image(
    bench: Bench, done: int
) -> None:
    """Its checkpoint stays; the head of the branch repeats the last record."""
    _left(bench, done)
    before = bench.checkpoint.read_text()
    again = bench.run("--routes-subset=5-7", resume="1")
    raises = bench.version == "2.0"
    assert again.exit_code == raises
    assert ("IndexError" in again.stdout) is raises
    assert (bench.checkpoint.read_text() == before) is raises
    assert ("Preparing RouteScenario_6" in again.stdout) is not raises


@pytest.mark.parametrize("bench", ["2.0"], indirect=True)
def test_a_resume_of_the_2_0_image_keeps_the_old_record_until_its_agent_is_set_up(
    bench: Bench,
) -> None:
    _left(bench, 2)
    again = bench.run("--routes-subset=5-7", resume="1")
    states = [json.loads(state) for state in again.states]
    assert [state["_checkpoint"]["progress"] for state in states] == [
        [1, 3], [1, 3], [2, 3], [3, 3], [3, 3],
    ]  # fmt: skip
    assert [len(state["_checkpoint"]["records"]) for state in states] == [2, 1, 2, 3, 3]
    assert [bool(state["sensors"]) for state in states] == [False, True, True, True, True]
    assert states[-1]["entry_status"] == "Finished"


@pytest.mark.parametrize(
    ("bench", "text"), [("2.0", "0"), ("2.0-head", "0.0"), ("2.1", "0.0")], indirect=["bench"]
)
def test_off_road_is_an_integer_in_the_2_0_image_when_no_record_has_such_an_entry(
    bench: Bench, text: str
) -> None:
    bench.scenario({"kinds": ["perfect"]})
    run = bench.run("--routes-subset=5,6")
    value = run.last["_checkpoint"]["global_record"]["infractions"]["outside_route_lanes"]
    assert repr(value) == text
    assert run.last["values"][8] == text


@pytest.mark.parametrize("bench", sweep(["1.0", "2.0", "2.0-head"], "2.0"), indirect=True)
@pytest.mark.parametrize(
    "sensor", sweep(["carla_camera", "carla_lidar", "carla_radar"], "carla_lidar")
)
def test_the_2_0_image_allows_as_few_sensors_as_1_0(bench: Bench, sensor: str) -> None:
    few = {"carla_camera": 4, "carla_lidar": 1, "carla_radar": 2}[sensor]
    bench.scenario({"sensors": [sensor] * (few + 1)})
    run = bench.run("--routes-subset=5")
    assert run.exit_code == (0 if bench.version == "2.0-head" else 255)


def test_a_resume_without_a_checkpoint_starts_from_the_first_route(bench: Bench) -> None:
    """1.0 then knows no progress until the first route has ended."""
    run = bench.run("--routes-subset=5,6", resume="1")
    assert run.exit_code == 0
    assert len(run.last["_checkpoint"]["records"]) == 2
    if bench.version == "1.0":
        assert json.loads(run.states[0])["_checkpoint"]["progress"] == []
    else:
        assert "Problem reading checkpoint." in run.stdout
        assert run.states[0] == ""


def test_a_checkpoint_of_other_routes_is_not_resumed_by_2_x(bench: Bench) -> None:
    bench.run("--routes-subset=5,6")
    again = bench.run("--routes-subset=7,8", resume="1")
    assert ("Preparing RouteScenario_7" in again.stdout) is (bench.version == "2.0")


def test_an_agent_that_is_no_python_file_ends_the_evaluator_with_1(bench: Bench) -> None:
    run = bench.run("--agent=/nowhere/agent.py")
    assert run.exit_code == 1
    assert not bench.checkpoint.exists()


def test_2_1_punishes_by_a_quotient_where_2_0_multiplies(tmp_path: Path) -> None:
    bench = Bench(tmp_path, "2.1")
    case = {"outcome": "completed", "infractions": {"collisions_pedestrian": 1, "red_light": 1}}
    bench.scenario({"every_route": case})
    bench.start_server()
    run = bench.run("--routes-subset=5")
    bench.stop_server()
    scores = run.last["_checkpoint"]["records"][0]["scores"]
    assert scores["score_penalty"] == round(1 / 2.4, 6)


def _oldest_python() -> str:
    """The interpreter itself, not a launcher that needs the developer's environment."""
    found = shutil.which("python3.7")
    if found is None:
        return ""
    script = "import sys; print(sys.executable)"
    asked = subprocess.run([found, "-c", script], capture_output=True, text=True, check=False)
    return asked.stdout.strip()


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_the_oldest_python_runs_it_too(version: str, tmp_path: Path) -> None:
    oldest = _oldest_python()
    if not oldest:
        pytest.skip("there is no python3.7 on the PATH that starts")
    bench = Bench(tmp_path, version, python=oldest)
    bench.scenario({})
    bench.start_server()
    run = bench.run("--routes-subset=5")
    bench.stop_server()
    assert run.exit_code == 0
    assert run.last["entry_status"] == "Finished"
