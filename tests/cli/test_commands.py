"""The commands as a user runs them: real processes against an embedded cluster of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

Run = Callable[..., subprocess.CompletedProcess[str]]
PROGRAM = [sys.executable, "-m", "console"]
QUICK = ["--set", "submission.submitted_image_uri=console.local/team-agent:quick"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """`run("list", ...)` with a state directory that the module's tests share."""
    place = tmp_path_factory.mktemp("cli")
    env = {k: v for k, v in os.environ.items() if not k.startswith(("KUBE", "CARLA_CONSOLE"))}
    env |= {"HOME": str(place), "CARLA_CONSOLE_STATE_DIR": str(place / "state")}
    env |= {"CARLA_CONSOLE_RECORDER": "off"}

    def call(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*PROGRAM, *arguments],
            capture_output=True,
            text=True,
            env=env | more,
            timeout=120,
            check=False,
        )

    up = call("local", "up", "--time-factor", "0.1")
    assert up.returncode == 0, up.stderr
    yield call
    down = call("local", "down")
    assert down.returncode == 0, down.stderr


@pytest.fixture(scope="module")
def finished(run: Run) -> str:
    """A submission that was launched with --wait and has its result."""
    done = run("launch", "--local", *QUICK, "--set", "submission.name=finished", "--wait")
    assert done.returncode == 0, done.stderr
    assert "FINAL" in done.stdout
    assert "routes 20/20" in done.stderr
    return "finished"


def test_a_waited_launch_prints_the_final_results(run: Run, finished: str) -> None:
    view = json.loads(run("results", "--local", finished, "-o", "json").stdout)
    assert view["final"] is True
    assert len({record["routeId"] for record in view["records"]}) == 20


def test_a_preflight_prints_a_checklist_and_leaves_nothing(run: Run) -> None:
    told = run("preflight", "--local", *QUICK)
    assert told.returncode == 0, told.stdout
    assert "✓ GPUs       4 for 4 pairs" in told.stdout
    assert "marked ✗" not in told.stderr
    lacking = ("--set", "cluster.simulator_image=console.local/carla-simulator:no-town13")
    found = run("preflight", "--local", *QUICK, *lacking, "-o", "json")
    document = json.loads(found.stdout)
    assert (found.returncode, document["fails"]) == (1, True)
    (town,) = [each for each in document["findings"] if each["topic"] == "towns"]
    assert town["verdict"] == "fails"
    assert "Town13 (8 routes)" in town["text"]
    assert run("status", "--local", document["job"]).returncode == 5
    assert "preflight" not in run("list", "--local").stdout


def test_a_preflight_says_which_value_is_wrong_and_sends_nothing(run: Run) -> None:
    told = run("preflight", "--local", "--limit", "0")
    assert (told.returncode, "--limit" in told.stderr) == (2, True)
    told = run("preflight", "--local", "--routes", "/nowhere.xml")
    assert (told.returncode, "/nowhere.xml" in told.stderr) == (2, True)
    told = run("preflight", "--local", "--set", "cluster.gpus=some")
    assert (told.returncode, "cluster.gpus" in told.stderr) == (2, True)


def test_the_list_shows_status_routes_restarts_and_score(run: Run, finished: str) -> None:
    rows = json.loads(run("list", "--local", "-o", "json").stdout)
    row = next(row for row in rows if row["name"] == finished)
    assert (row["status"], row["routes"]) == ("Complete", {"done": 20, "total": 20})
    assert row["restarts"] == 0
    assert row["drivingScore"] is not None
    assert "COMPLETE" in run("list", "--local").stdout.upper()
    assert f"job.batch/{finished}" in run("list", "--local", "-o", "name").stdout.split()


def test_a_status_names_each_pair_with_its_gpu_port_and_routes(run: Run, finished: str) -> None:
    board = json.loads(run("status", "--local", f"job/{finished}", "-o", "json").stdout)
    assert [(p["gpu"], p["carlaPort"], p["trafficManagerPort"]) for p in board["pairs"]] == [
        (0, 2000, 2010),
        (1, 2100, 2110),
        (2, 2200, 2210),
        (3, 2300, 2310),
    ]
    assert all(pair["routes"] == {"done": 5, "total": 5} for pair in board["pairs"])
    assert [pair["over"] for pair in board["time"]["pairs"]] == [True] * 4
    assert "pair 4" in run("status", "--local", finished).stdout


def test_a_watched_status_ends_with_the_run(run: Run, finished: str) -> None:
    lines = run("status", "--local", finished, "-w", "-o", "json").stdout.splitlines()
    assert json.loads(lines[-1])["status"] == "Complete"


def test_logs_come_from_the_cluster_or_from_the_recording(run: Run, finished: str) -> None:
    live = run("logs", "--local", finished, "-c", "agent-1").stdout
    assert "Preparing RouteScenario_0" in live
    recorded = run("logs", "--local", finished, "-c", "agent-1", "--recorded").stdout
    assert recorded.count("Preparing RouteScenario_") == live.count("Preparing RouteScenario_") == 5
    stamped = run("logs", "--local", finished, "-c", "logcopy", "--tail", "1", "--timestamps")
    assert stamped.stdout[:4].isdigit()
    everything = run("logs", "--local", finished, "--all-containers", "--prefix").stdout
    assert {line.split(" ")[0] for line in everything.splitlines()} >= {"simulator-4", "logcopy"}


def test_a_wrong_container_is_answered_with_the_right_ones(run: Run, finished: str) -> None:
    wrong = run("logs", "--local", finished, "-c", "simulator-9")
    assert wrong.returncode == 2
    assert "simulator-4" in wrong.stderr
    assert wrong.stdout == ""


def test_the_published_merged_file_is_what_upstream_tools_read(run: Run, finished: str) -> None:
    merged = json.loads(run("results", "--local", finished, "-o", "merged").stdout)
    assert merged["entry_status"] == "Finished"
    assert merged["_checkpoint"]["progress"] == [20, 20]


def test_an_unknown_submission_is_not_found(run: Run) -> None:
    for command in ("status", "results", "logs"):
        missing = run(command, "--local", "nobody")
        assert missing.returncode == 5, missing.stderr
        assert "nobody" in missing.stderr
        assert "Traceback" not in missing.stderr


def test_a_dry_run_on_the_server_keeps_nothing(run: Run) -> None:
    tried = run("launch", "--local", "--dry-run", "server", "--set", "submission.name=tried")
    assert tried.returncode == 0, tried.stderr
    assert "would be accepted" in tried.stdout
    assert run("status", "--local", "tried").returncode == 5


def test_a_name_that_is_taken_is_a_conflict(run: Run, finished: str) -> None:
    again = run("launch", "--local", "--set", f"submission.name={finished}")
    assert again.returncode == 6
    assert "already" in again.stderr


def test_a_wrong_value_names_the_field_and_sends_nothing(run: Run) -> None:
    wrong = run("launch", "--local", "--set", "submission.nam=x")
    assert wrong.returncode == 2
    assert "submission.name" in wrong.stderr
    upper = run("launch", "--local", "--set", "submission.name=Upper_Case")
    assert upper.returncode == 2
    assert "name" in upper.stderr


def test_a_cancelled_submission_keeps_its_finished_routes(run: Run) -> None:
    run("launch", "--local", "--set", "submission.name=cut")
    deadline = time.monotonic() + 40
    while not json.loads(run("status", "--local", "cut", "-o", "json").stdout)["routes"]["done"]:
        assert time.monotonic() < deadline
    refused = run("cancel", "--local", "cut")
    assert refused.returncode == 2
    assert "--yes" in refused.stderr
    assert run("cancel", "--local", "cut", "--yes").returncode == 0
    while json.loads(run("status", "--local", "cut", "-o", "json").stdout)["podPhase"] == "Running":
        assert time.monotonic() < deadline
    assert json.loads(run("status", "--local", "cut", "-o", "json").stdout)["status"] == "Cancelled"
    gone = run("delete", "--local", "cut", "-y")
    assert gone.returncode == 0
    assert "the recorded logs of logcopy stay here." in gone.stderr
    left = run("status", "--local", "cut", "-o", "json")
    assert "There is no Job default/cut; this is what this console recorded" in left.stderr
    board = json.loads(left.stdout)
    assert (board["recorded"], board["live"], board["status"]) == (True, False, "Cancelled")


def test_the_embedded_cluster_says_what_it_is(run: Run) -> None:
    status = json.loads(run("local", "status", "-o", "json").stdout)
    assert status["running"] is True
    kubeconfig = Path(run("local", "kubeconfig").stdout.strip())
    assert kubeconfig.stat().st_mode & 0o777 == 0o600
    assert "do not survive" in run("local", "status").stdout


def test_a_kubeconfig_of_the_embedded_cluster_is_one_like_any_other(run: Run) -> None:
    path = run("local", "kubeconfig").stdout.strip()
    assert run("list", "--kubeconfig", path).returncode == 0
    assert run("list", KUBECONFIG=path).returncode == 0
    wrong = run("list", "--kubeconfig", path, "--context", "carla-console-locl")
    assert wrong.returncode == 2
    assert "carla-console-local" in wrong.stderr


def test_without_a_cluster_the_embedded_one_is_offered(run: Run) -> None:
    nowhere = run("list")
    assert nowhere.returncode == 3
    assert "--local" in nowhere.stderr
    assert "Traceback" not in nowhere.stderr


def test_without_a_terminal_the_console_points_to_the_commands(run: Run) -> None:
    headless = run("--local")
    assert headless.returncode == 1
    assert "make demo" in headless.stderr


def test_render_prints_manifests_that_need_no_cluster(run: Run) -> None:
    rendered = run("render", "--local", "--leaderboard", "1.0", "-o", "json")
    workers, job = json.loads(rendered.stdout)["items"]
    assert (job["kind"], workers["kind"]) == ("Job", "ConfigMap")
    state = json.loads(run("render", "--step-functions").stdout)
    assert state["Parameters"]["Job"]["metadata"]["name.$"] == "$.submission.name"


def test_allowed_resumes_set_the_backoff_limit(run: Run) -> None:
    rendered = run("render", "--local", "--resumes", "5", "-o", "json")
    assert json.loads(rendered.stdout)["items"][1]["spec"]["backoffLimit"] == 11


def test_a_client_dry_run_needs_no_cluster(run: Run) -> None:
    checked = run("launch", "--profile", "embedded", "--dry-run", "client")
    assert checked.returncode == 0, checked.stderr
    assert "nothing was sent" in checked.stderr
    for note in ("Display: the servers need an X server", "Towns: ", "Privileges: "):
        assert f"note: {note}" in checked.stderr


def test_a_submission_whose_every_attempt_fails_ends_at_the_budget(run: Run) -> None:
    hopeless = ["--set", "submission.submitted_image_uri=console.local/team-agent:always-crashing"]
    done = run("launch", "--local", *hopeless, "--set", "submission.name=hopeless", "--wait")
    assert done.returncode == 7, done.stderr
    assert "NOT FINAL" in done.stdout
    board = json.loads(run("status", "--local", "hopeless", "-o", "json").stdout)
    assert board["status"] == "Failed"
    reasons = {(c["type"], c["reason"]) for c in board["conditions"] if c["status"]}
    assert {(kind, "BackoffLimitExceeded") for kind in ("FailureTarget", "Failed")} <= reasons
    events = [event["reason"] for event in board["events"] if event["about"] == "Job/hopeless"]
    assert {"SuccessfulCreate", "SuccessfulDelete", "BackoffLimitExceeded"} <= set(events)
    assert 0 < board["routes"]["done"] < 20
    recorded = run("logs", "--local", "hopeless", "-c", "simulator-3", "--recorded").stdout
    assert "attempt 4" in recorded


def test_a_deleted_submission_keeps_its_result_its_events_and_its_logs(run: Run) -> None:
    """They answer from the recording, in the same words and with the same exit codes."""
    flags = ("--local", *QUICK, "--set", "submission.name=kept")
    assert run("launch", *flags, "--wait").returncode == 0
    before = json.loads(run("results", "--local", "kept", "-o", "json").stdout)
    log = run("logs", "--local", "kept", "--recorded", "--all-containers").stdout
    gone = run("delete", "--local", "kept", "--yes")
    assert "the recorded logs and the final result stay here." in gone.stderr
    after = run("results", "--local", "kept", "-o", "json")
    assert after.returncode == 0, after.stderr
    assert json.loads(after.stdout) == before | {"recorded": True}
    assert json.loads(run("results", "--local", "kept", "-o", "merged").stdout)["eligible"]
    assert json.loads(run("status", "--local", "kept", "-o", "json").stdout)["status"] == "Complete"
    events = json.loads(run("events", "--local", "kept", "-o", "json").stdout)
    assert {"SuccessfulCreate"} <= {event["reason"] for event in events["events"]}
    assert run("logs", "--local", "kept", "--all-containers").stdout == log
    assert {line.split(" ")[0] for line in log.splitlines()} >= {"simulator-4", "logcopy"}
