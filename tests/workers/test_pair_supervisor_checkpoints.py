"""What the agent's supervisor takes for a result, what it resumes from, and where it runs.

Each test runs in one of the shells.
"""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from fakes.sweeps import sweep
from pair_bench import (
    SCRIPT,
    Bench,
    assert_nothing_runs,
    eventually,
    exit_of,
    is_alive,
    some_shell,
    start_pair,
)

from console.workers import status_files

NEEDED = ("sleep", "mv", "rm", "cat", "ls", "sh")
RECORD = {"index": 0, "route_id": "RouteScenario_0_rep0"}


@pytest.fixture
def bench(request, tmp_path):
    """A pod whose supervisors run in one of the shells."""
    pod = Bench(tmp_path, some_shell(request.node.name))
    yield pod
    pod.clean_up()


@pytest.fixture(params=sweep(["python3", "bare"], "bare"))
def judge(request, bench):
    """The environment of an image with python3 on its path, and of one with it on the team's."""
    if request.param == "python3":
        return {}
    return bare_image(bench)


def bare_image(bench: Bench) -> dict[str, str]:
    """Nothing but what is needed; only the team's files know of a Python."""
    team = bench.root / "team-bin"
    team.mkdir()
    (team / "python3").symlink_to(sys.executable)
    (bench.home / "agent_sources.sh").write_text(f"PATH=$PATH:{shlex.quote(str(team))}\n")
    folder = bench.root / "bin"
    folder.mkdir()
    for name in NEEDED:
        (folder / name).symlink_to(shutil.which(name))
    bench.shell = [shutil.which(bench.shell[0]), *bench.shell[1:]]
    return {"PATH": str(folder)}


def checkpoint(records=(), global_record=None, status="Started") -> dict:
    inner = {"global_record": global_record or {}, "progress": [len(records), 3]}
    return {"_checkpoint": {**inner, "records": list(records)}, "entry_status": status}


def leave(bench: Bench, text: str, status: int = 0) -> str:
    """An evaluator that leaves this text as its checkpoint and exits with that status."""
    (bench.root / "left").write_text(text)
    return f'cat {shlex.quote(str(bench.root / "left"))} >"$CHECKPOINT"; exit {status}'


@pytest.mark.slow
@pytest.mark.parametrize("indent", sweep([None, 4], 4))
def test_a_global_record_is_success_whatever_the_exit_status_and_spacing(bench, judge, indent):
    text = json.dumps(checkpoint([RECORD], {"index": -1}, "Finished"), indent=indent)
    simulator = bench.start("simulator")
    agent = bench.start("agent", text=leave(bench, text, 255), env=judge)
    assert (exit_of(agent), exit_of(simulator)) == (0, 0)
    assert bench.reasons(1) == ("done", "done")


@pytest.mark.parametrize(
    "text",
    [
        "",
        pytest.param(json.dumps(checkpoint([RECORD]), indent=4), marks=pytest.mark.thorough),
        json.dumps(checkpoint([RECORD])),
        json.dumps(checkpoint([RECORD], {"index": -1}), indent=4)[:-3],
        pytest.param("[]", marks=pytest.mark.thorough),
    ],
    ids=["zero-bytes", "unfinished", "unfinished-one-line", "cut", "no-checkpoint"],
)
def test_anything_else_is_no_success_even_with_exit_status_zero(bench, judge, text):
    bench.start("simulator")
    assert exit_of(bench.start("agent", text=leave(bench, text), env=judge)) == 1
    assert bench.ended("agent", 1)["reason"] == "crashed"


@pytest.mark.slow
def test_rejected_sensors_are_named_as_an_invalid_setup(bench, judge):
    text = json.dumps(checkpoint([RECORD], status="Rejected"), indent=4)
    bench.start("simulator")
    assert exit_of(bench.start("agent", text=leave(bench, text, 255), env=judge)) == 1
    assert bench.ended("agent", 1)["reason"] == "invalid-setup"


@pytest.mark.slow
@pytest.mark.parametrize("given", sweep(["", "1"], "1"))
def test_without_a_usable_checkpoint_resume_stays_as_the_job_gave_it(bench, given):
    bench.start("simulator")
    text = 'echo "resume [$RESUME] attempt $ATTEMPT"; exit 3'
    assert exit_of(bench.start("agent", text=text, env={"RESUME": given})) == 1
    assert f"resume [{given}] attempt 1" in bench.output("agent")


def test_a_finished_checkpoint_needs_no_evaluator_and_no_server(bench):
    text = json.dumps(checkpoint([RECORD], {"index": -1}, "Finished"), indent=4)
    bench.checkpoint().write_text(text)
    assert exit_of(bench.start("agent", starts=bench.root / "starts")) == 0
    assert bench.lines("starts") == []
    assert bench.checkpoint().read_text() == text


@pytest.mark.slow
def test_a_server_lost_just_after_the_result_does_not_undo_it(bench):
    simulator = bench.start("simulator", pids=bench.root / "server-pids")
    text = leave(bench, json.dumps(checkpoint([RECORD], {"index": -1}), indent=4))
    agent = bench.start("agent", text=f"{text.removesuffix('; exit 0')}; sleep 30")
    eventually(
        lambda: bench.checkpoint().exists() and bench.checkpoint().stat().st_size, "a result"
    )
    os.kill(bench.pids("server-pids")[0], signal.SIGKILL)
    assert (exit_of(agent), exit_of(simulator)) == (0, 1)
    assert bench.reasons(1) == ("crashed", "done")
    assert exit_of(bench.start("simulator")) == 0


@pytest.mark.slow
def test_the_teams_files_cannot_end_the_supervisor_but_reach_the_evaluator(bench):
    (bench.home / ".bashrc").write_text("export FROM_BASHRC='b c'\nfalse\n")
    (bench.home / "agent_sources.sh").write_text(
        "set -eu\nexport FROM_TEAM=\"t 'x'\"\nfalse\ntrap : TERM\n"
    )
    bench.start("simulator")
    text = 'false; echo "got [$FROM_BASHRC] [$FROM_TEAM] [$#]"; exit 7'
    assert exit_of(bench.start("agent", text=text)) == 1
    assert bench.ended("agent", 1)["exit"] == "7"
    assert "got [b c] [t 'x'] [0]" in bench.output("agent")


@pytest.mark.slow
def test_a_half_written_checkpoint_falls_back_to_its_last_good_copy(bench, judge):
    simulator, agent = start_pair(bench, env=judge, torn="1:2")
    assert (exit_of(simulator), exit_of(agent)) == (1, 1)
    with pytest.raises(ValueError):
        bench.document()
    simulator, agent = start_pair(bench, env=judge)
    assert (exit_of(agent), exit_of(simulator)) == (0, 0)
    assert bench.lines("driven") == ["0", "1", "2"]
    assert bench.lines("starts") == ["1 - -", "2 1 -"]


@pytest.mark.slow
def test_an_image_with_nothing_but_the_needed_tools_drives_and_recovers(bench):
    env = bare_image(bench)
    simulator, agent = start_pair(bench, env=env, hang="1:1", escape="yes")
    eventually(lambda: "RouteScenario_1 " in bench.output("agent"), "it is at the second route")
    os.kill(bench.pids("server-pids")[0], signal.SIGKILL)
    assert (exit_of(simulator), exit_of(agent)) == (1, 1)
    assert bench.reasons(1) == ("crashed", "lost-partner")
    assert_nothing_runs(bench)
    simulator, agent = start_pair(bench, env=env)
    assert (exit_of(agent), exit_of(simulator)) == (0, 0)
    assert "no leaderboard.log" in bench.output("agent")


def test_logcopy_understands_every_status_file(bench):
    simulator, agent = start_pair(bench, crash="1:1")
    assert (exit_of(simulator), exit_of(agent)) == (1, 1)
    status = status_files.read(str(bench.status), 4)
    crash, loss = status.half(1, "agent").ended[0], status.half(1, "simulator").ended[0]
    assert (crash.reason, crash.exit, crash.signal) == ("crashed", 1, 0)
    assert crash.route == "RouteScenario_1_rep0"
    assert (loss.reason, loss.exit, loss.signal) == ("lost-partner", -1, 0)
    assert status.half(1, "agent").phase == "stopping"


def test_a_status_directory_that_cannot_be_written_begins_no_attempt(bench):
    bench.status.rmdir()
    assert exit_of(bench.start("simulator", pids=bench.root / "pids")) == 1
    assert "no attempt can be counted" in bench.output("simulator")
    assert bench.pids("pids") == []


def test_a_limit_that_is_no_number_falls_back_to_the_default_and_says_so(bench):
    bench.start("simulator", env={"BOOT_LIMIT": "soon"})
    bench.wait_for_phase("simulator", "ready")
    assert "BOOT_LIMIT is no number of seconds: using 600" in bench.output("simulator")


@pytest.mark.parametrize("words", [[], ["agent"], ["driver", "true"]])
def test_wrong_arguments_are_refused_with_the_usage(bench, words):
    result = subprocess.run(
        [*bench.shell, str(SCRIPT), *words], capture_output=True, text=True, check=False, timeout=10
    )
    assert result.returncode == 2
    assert "usage: pair_supervisor.sh" in result.stderr


def test_as_the_first_process_of_a_container_it_stops_on_sigterm_and_leaves_nothing(bench):
    outer = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
    if subprocess.run([*outer, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no right to make a PID namespace here")
    inner, bench.shell = bench.shell, [*outer, *bench.shell]
    bench.start("simulator", escape="yes")
    bench.shell = inner
    bench.wait_for_phase("simulator", "ready")
    supervisor = int(
        Path(f"/proc/{bench.started[0].pid}/task/{bench.started[0].pid}/children").read_text()
    )
    os.kill(supervisor, signal.SIGTERM)
    assert exit_of(bench.started[0], 5) in (143, 128 + 15)
    assert bench.ended("simulator", 1)["reason"] == "terminated"
    assert not is_alive(supervisor)


def test_a_team_s_umask_does_not_hide_the_checkpoint_from_logcopy(bench):
    """logcopy is another user and has no privilege to read what is not for everybody."""
    notes = {name: bench.root / name for name in ("pids", "starts", "driven")}
    text = f"umask 077; {bench.text_of('agent', notes | {'hang': '1:1'})}"
    start_pair(bench, text=text)
    checkpoint = bench.checkpoint()
    eventually(checkpoint.exists, "there is a checkpoint")
    eventually(lambda: checkpoint.stat().st_mode & 0o004, "everybody may read it")


@pytest.mark.slow
def test_a_progress_ahead_of_its_records_does_not_end_the_evaluator_of_the_2_0_image(bench):
    """It fails at every resume of what a route leaves that could not be stopped."""
    left = checkpoint([RECORD])
    left["_checkpoint"]["progress"] = [2, 3]
    bench.checkpoint().parent.mkdir(parents=True, exist_ok=True)
    bench.checkpoint().write_text(json.dumps(left))
    simulator, agent = start_pair(bench, repeats="last")
    assert (exit_of(agent), exit_of(simulator)) == (0, 0)
    assert bench.lines("driven") == ["0", "1", "2"]
