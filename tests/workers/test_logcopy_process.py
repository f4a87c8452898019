"""logcopy as the process that it is in the pod: merging, telling, stopping, being killed."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import pytest
from fakes.sweeps import sweep
from logcopy_pod import HALVES, OLD_PYTHON, VECTORS, Pod, partial

from console.workers import protocol

EXPECTED = (VECTORS / "lb20" / "complete_r1_01" / "expected.json").read_text()
ALL_IDS = sorted(f"RouteScenario_{number}_rep0" for number in range(20))


@pytest.mark.parametrize("python", sweep([sys.executable, OLD_PYTHON], sys.executable))
def test_a_run_is_merged_while_it_drives_and_ends_complete(python: str, tmp_path: Path) -> None:
    if not Path(python).exists():
        pytest.skip(f"there is no Python 3.7 at {python}")
    with Pod(tmp_path, python) as pod:
        pod.start()
        pod.until(lambda: pod.snapshot()["done"] == 0)
        for done in (1, 3):
            for pair in range(1, 5):
                pod.write(pair, partial(pair, done))
            pod.until(lambda done=done: pod.snapshot()["done"] == 4 * done)  # type: ignore[misc]
        assert pod.merged()["_checkpoint"]["progress"] == [12, 20]
        for pair in range(1, 5):
            pod.write(pair, partial(pair))
        pod.finish_halves()
        assert pod.wait() == 0
        assert pod.snapshot()["status"] == "complete"
        assert pod.kinds() == set()
        assert sorted(pod.told_ids()) == ALL_IDS
        assert (pod.logs / "agent" / "agent_results.json").read_text() == EXPECTED
        assert (pod.logs / "evalai" / "metadata.json").read_text() == EXPECTED
        assert (pod.logs / "evalai" / "results.json").exists()
        assert (pod.status / "logcopy.done").exists()
        joiner = protocol.Joiner()
        whole = [joiner.add(line.payload) for line in pod.lines("merged")]
        assert [text for text in whole if text] == [EXPECTED]
        message = json.loads(pod.termination.read_text())
        assert message == {
            "status": "complete",
            "done": 20,
            "total": 20,
            "sha256": protocol.digest_of(EXPECTED),
            "driving_score": 27.96644,
        }
        assert len(pod.lines("plan")) == 1
        assert all(len(line) < protocol.LIMIT for line in pod.text().splitlines())


def test_leaderboard_1_0_with_repetitions_is_told_drive_by_drive(tmp_path: Path) -> None:
    with Pod(tmp_path, LEADERBOARD="1.0", REPETITIONS="5") as pod:
        for pair in range(1, 5):
            source = VECTORS / "lb10" / "complete_r5_01" / f"partial_{pair}.json"
            pod.write(pair, source.read_text())
        pod.start()
        pod.until(lambda: len(pod.lines("record")) == 100)
        pod.finish_halves()
        assert pod.wait() == 0
        assert (pod.snapshot()["status"], pod.snapshot()["done"]) == ("complete", 100)


def test_a_torn_file_costs_nothing_that_was_good(tmp_path: Path) -> None:
    with Pod(tmp_path) as pod:
        pod.write(2, partial(2, 3))
        pod.start()
        pod.until(lambda: pod.snapshot()["done"] == 3)
        pod.write(2, '{"_checkpoint": {"rec')
        pod.until(lambda: ("torn", 2) in pod.kinds())
        assert pod.snapshot()["done"] == 3
        pod.kill()
        pod.wait()
        pod.start()
        pod.until(lambda: len(pod.lines("plan")) == 2)
        pod.until(lambda: len(pod.lines("record")) == 6)
        assert pod.snapshot()["done"] == 3
        assert len(pod.merged()["_checkpoint"]["records"]) == 3
        numbers = [line.sequence for line in pod.lines("record") + pod.lines("snapshot")]
        assert len(set(numbers)) == len(numbers)
        pod.write(2, partial(2, 4))
        pod.until(lambda: pod.snapshot()["done"] == 4)
        assert ("torn", 2) not in pod.kinds()


def test_finished_records_survive_a_checkpoint_that_starts_from_zero(tmp_path: Path) -> None:
    with Pod(tmp_path) as pod:
        pod.write(1, partial(1, 4))
        pod.start()
        pod.until(lambda: pod.snapshot()["done"] == 4)
        pod.kill()
        pod.wait()
        pod.write(1, partial(1, 0))
        pod.start()
        pod.until(lambda: len(pod.lines("plan")) == 2 and ("stale", 1) in pod.kinds())
        assert pod.snapshot()["done"] == 4
        pod.write(1, partial(1, 5))
        pod.until(lambda: pod.snapshot()["done"] == 5)
        assert ("stale", 1) not in pod.kinds()


def test_all_halves_done_without_all_results_is_incomplete_and_no_failure(tmp_path: Path) -> None:
    with Pod(tmp_path) as pod:
        for pair in (1, 2, 3):
            pod.write(pair, partial(pair))
        pod.start()
        pod.until(lambda: pod.snapshot()["done"] == 15)
        pod.finish_halves()
        assert pod.wait() == 0
        assert pod.snapshot()["status"] == "incomplete"
        assert ("missing", 4) in pod.kinds()
        assert pod.merged()["entry_status"] == "Started"


def test_a_pair_s_last_route_that_crashed_is_not_final(tmp_path: Path) -> None:
    crashed = VECTORS / "lb20" / "crashed_last_01"
    with Pod(tmp_path) as pod:
        for pair in range(1, 5):
            pod.write(pair, (crashed / f"partial_{pair}.json").read_text())
        pod.start()
        pod.until(lambda: pod.snapshot()["done"] == 19)
        assert pod.lines("merged") == []
        assert pod.merged()["_checkpoint"]["global_record"] == {}


def test_sigterm_keeps_what_is_finished_and_leaves_the_rest_to_a_next_life(tmp_path: Path) -> None:
    with Pod(tmp_path, LOGS_PERIOD="30") as pod:
        pod.write(3, partial(3, 2))
        for half in HALVES:
            pod.mark(f"{half}.attempt-1", "1")
        pod.start()
        pod.until(lambda: pod.snapshot()["done"] == 2)
        pod.write(3, partial(3, 3))
        pod.kill(signal.SIGTERM)
        for half in HALVES:
            pod.mark(f"{half}.ended-1", "reason=terminated exit=-1 signal=0 route=- t=7")
        assert pod.wait() == 143
        assert not (pod.status / "simulation.cancel").exists()
        assert (pod.snapshot()["status"], pod.snapshot()["done"]) == ("incomplete", 3)
        joiner = protocol.Joiner()
        texts = [joiner.add(line.payload) for line in pod.lines("merged")]
        assert json.loads(next(text for text in texts if text))["_checkpoint"]["progress"] == [
            3,
            20,
        ]
        assert json.loads(pod.termination.read_text())["status"] == "incomplete"


def test_a_cancelled_submission_ends_with_what_it_has(tmp_path: Path) -> None:
    with Pod(tmp_path, LOGS_PERIOD="30") as pod:
        pod.write(1, partial(1, 2))
        pod.start()
        pod.until(lambda: pod.snapshot()["done"] == 2)
        pod.mark("simulation.cancel")
        assert pod.wait() == 0
        assert pod.snapshot()["status"] == "cancelled"
        assert pod.lines("merged")
        assert not (pod.status / "logcopy.done").exists()


def of_a_second_attempt(pod: Pod) -> None:
    """The status files of pair 2, whose simulator crashed and which drives again."""
    pod.mark("pair-2.simulator.attempt-1", "1")
    ended = "reason=crashed exit=139 signal=11 route=RouteScenario_7_rep0 t=1700000000"
    pod.mark("pair-2.simulator.ended-1", ended)
    for role, phase in (("simulator", "ready"), ("agent", "driving")):
        pod.mark(f"pair-2.{role}.attempt-2", "1")
        pod.mark(f"pair-2.{role}.heartbeat", f"2 17 {phase}")
    gpu = "index=1 uuid=GPU-0b driver=535.104.05 told=1 shared=no name=NVIDIA A10G"
    pod.mark("pair-2.simulator.gpu", f"attempt=2 gpus=4 {gpu}")
    pod.mark("pair-2.agent.gpu", f"attempt=2 gpus=many {gpu}")


def test_the_status_files_reach_the_snapshot(tmp_path: Path) -> None:
    with Pod(tmp_path) as pod:
        pod.write(2, partial(2, 2))
        of_a_second_attempt(pod)
        pod.start()
        pod.until(lambda: pod.snapshot()["done"] == 2)
        assert pod.snapshot()["pairs"][1] == {
            "pair": 2,
            "attempt": 2,
            "simulator": "ready",
            "agent": "driving",
            "done": 2,
            "total": 5,
            "route": "RouteScenario_7_rep0",
            "ended": [
                {
                    "attempt": 1,
                    "half": "simulator",
                    "reason": "crashed",
                    "exit": 139,
                    "signal": 11,
                    "route": "RouteScenario_7_rep0",
                    "t": 1700000000,
                }
            ],
            "gpus": {
                "simulator": {
                    "count": 4,
                    "index": 1,
                    "uuid": "GPU-0b",
                    "driver": "535.104.05",
                    "told": "1",
                    "name": "NVIDIA A10G",
                    "shared": False,
                },
                "agent": None,
            },
        }


def test_a_disk_that_takes_nothing_is_told_and_does_not_stop_the_telling(tmp_path: Path) -> None:
    with Pod(tmp_path) as pod:
        (pod.logs / "evalai").write_text("in the way")
        pod.write(1, partial(1, 2))
        pod.start()
        pod.until(lambda: "results cannot be written" in pod.text())
        pod.until(lambda: pod.snapshot()["done"] == 2)
        pod.finish_halves()
        assert pod.wait() == 0


@pytest.mark.parametrize(
    "env",
    [
        {"ROUTES": "/nowhere.xml"},
        {"ROUTES_SUBSETS": "x;y;z;9-1"},
        {"REPETITIONS": "many", "LOGS_PERIOD": "nan"},
    ],
    ids=str,
)
def test_settings_that_make_no_sense_do_not_fail_the_pod(
    env: dict[str, str], tmp_path: Path
) -> None:
    with Pod(tmp_path, **env) as pod:
        pod.start()
        pod.until(lambda: pod.snapshot()["done"] == 0)
        pod.finish_halves()
        assert pod.wait() == 0
        assert pod.snapshot()["status"] == "incomplete"


@pytest.mark.slow
def test_killed_at_any_instant_it_loses_and_doubles_nothing(tmp_path: Path) -> None:
    dice = random.Random(7)
    with Pod(tmp_path, LOGS_PERIOD="0.05") as pod:
        for done in range(1, 6):
            pod.start()
            lives = len(pod.lines("plan"))
            pod.until(lambda lives=lives: len(pod.lines("plan")) > lives)  # type: ignore[misc]
            for pair in range(1, 5):
                pod.write(pair, partial(pair, done))
            time.sleep(dice.uniform(0, 0.15))
            pod.kill()
            pod.wait()
            for path in (pod.logs / "logcopy").glob("pair-*.json"):
                json.loads(path.read_text())
            merged = pod.logs / "agent" / "agent_results.json"
            assert not merged.exists() or json.loads(merged.read_text())
        pod.start()
        pod.finish_halves()
        assert pod.wait() == 0
        assert pod.snapshot()["status"] == "complete"
        assert sorted(set(pod.told_ids())) == ALL_IDS
        ids = [row["route_id"] for row in pod.merged()["_checkpoint"]["records"]]
        assert sorted(ids) == ALL_IDS


@pytest.mark.thorough
@pytest.mark.slow
def test_it_needs_little_memory_and_hardly_any_time(tmp_path: Path) -> None:
    with Pod(tmp_path, LOGS_PERIOD="0.1") as pod:
        for pair in range(1, 5):
            pod.write(pair, partial(pair))
        pod.start()
        pod.until(lambda: pod.snapshot()["done"] == 20)
        assert pod.process is not None
        folder = Path("/proc", str(pod.process.pid))
        if not folder.exists():
            pytest.skip("this system has no /proc to measure with")
        before = _ticks(folder)
        begun = time.monotonic()
        pod.until(lambda: time.monotonic() - begun > 2.5)
        spent = (_ticks(folder) - before) / os.sysconf("SC_CLK_TCK")
        rounds = (time.monotonic() - begun) / 0.1
        peak = next(x for x in (folder / "status").read_text().splitlines() if "VmHWM" in x)
        assert int(peak.split()[1]) < 50 * 1024
        assert spent / rounds < 0.1, "more than 1% of a core at a period of 10 s"


def _ticks(folder: Path) -> int:
    fields = (folder / "stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def test_hostile_files_get_named_and_cost_neither_memory_nor_the_other_pairs(
    tmp_path: Path,
) -> None:
    with Pod(tmp_path) as pod:
        pod.write(1, partial(1, 4))
        with pod.result(2).open("wb") as sparse:
            sparse.truncate(100 * 1024 * 1024)
        os.mkfifo(pod.result(3))
        pod.write(4, '{"_checkpoint": {"progress": [NaN, 5], "records": []}}')
        pod.start()
        pod.until(lambda: pod.snapshot()["done"] == 4)
        assert {("hostile", pair) for pair in (2, 3, 4)} <= pod.kinds()
        assert pod.process is not None
        status = Path("/proc", str(pod.process.pid), "status")
        if status.exists():
            peak = next(x for x in status.read_text().splitlines() if "VmHWM" in x)
            assert int(peak.split()[1]) < 50 * 1024
        pod.result(3).unlink()
        for pair in (2, 3, 4):
            pod.write(pair, partial(pair))
        pod.write(1, partial(1))
        pod.finish_halves()
        assert pod.wait() == 0
        assert pod.snapshot()["status"] == "complete"


def test_a_file_rewritten_all_the_time_never_costs_a_finished_drive(tmp_path: Path) -> None:
    """The evaluator truncates and writes in place; every look may catch it in between."""
    with Pod(tmp_path, LOGS_PERIOD="0.05") as pod:
        pod.write(1, partial(1, 3))
        pod.start()
        pod.until(lambda: pod.snapshot()["done"] == 3)
        text = json.dumps(partial(1, 3), indent=4)
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            with pod.result(1).open("w") as opened:
                for start in range(0, len(text), 2000):
                    opened.write(text[start : start + 2000])
                    opened.flush()
        done = [line.payload["done"] for line in pod.lines("snapshot")]
        assert done[done.index(3) :] == [3] * len(done[done.index(3) :])
        assert len(pod.merged()["_checkpoint"]["records"]) == 3


def test_an_attempt_that_ends_is_told_long_before_the_next_round(
    tmp_path: Path,
) -> None:
    with Pod(tmp_path, LOGS_PERIOD="600") as pod:
        pod.start()
        pod.until(lambda: bool(pod.lines("snapshot")))
        begin = time.monotonic()
        for pair in (1, 3):
            pod.mark(f"pair-{pair}.agent.attempt-1")
            end = "reason=invalid-setup exit=255 signal=0 route=RouteScenario_0_rep0 t=100"
            pod.mark(f"pair-{pair}.agent.ended-1", end)
        pod.until(lambda: "sensors are not allowed" in str(pod.snapshot()["problems"]))
        assert time.monotonic() - begin < 60
