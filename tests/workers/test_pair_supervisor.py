"""The pair supervisor as real processes in every shell: how a pair drives, fails, meets and ends."""

import os
import signal
import time
from pathlib import Path

import pytest
from fakes.sweeps import sweep
from pair_bench import (
    HALVES,
    SHELLS,
    Bench,
    assert_nothing_runs,
    eventually,
    exit_of,
    shell_command,
    start_pair,
)
from pair_rules import Event, Half, Phase, Reason, Running, advance, next_attempt


@pytest.fixture(params=sweep(SHELLS, "dash"))
def bench(request, tmp_path):
    """A pod whose supervisors run in that shell."""
    pod = Bench(tmp_path, shell_command(request.param))
    yield pod
    pod.clean_up()


def test_a_pair_that_drives_all_its_routes_leaves_with_zero_and_no_process(bench):
    simulator, agent = start_pair(bench, boot="0.2")
    assert (exit_of(agent), exit_of(simulator)) == (0, 0)
    assert bench.reasons(1) == ("done", "done")
    assert all((bench.status / f"pair-1.{half}.done").exists() for half in HALVES)
    assert bench.lines("driven") == ["0", "1", "2"]
    assert abs(int(bench.ended("agent", 1)["t"]) - time.time()) < 60
    assert "Preparing RouteScenario_2" in (bench.agent_dir() / "leaderboard.log").read_text()
    assert "Preparing RouteScenario_2" in bench.output("agent")
    assert_nothing_runs(bench)


def test_a_killed_server_resets_both_and_the_resume_drives_no_route_twice(bench):
    simulator, agent = start_pair(bench, hang="1:1")
    eventually(lambda: "RouteScenario_1 " in bench.output("agent"), "it is at the second route")
    os.kill(bench.pids("server-pids")[0], signal.SIGKILL)
    assert (exit_of(simulator), exit_of(agent)) == (1, 1)
    assert bench.reasons(1) == ("crashed", "lost-partner")
    assert bench.ended("simulator", 1)["signal"] == "9"
    assert bench.ended("simulator", 1)["exit"] == "137"
    assert bench.ended("agent", 1)["route"] == "RouteScenario_1_rep0"
    assert_nothing_runs(bench)
    simulator, agent = start_pair(bench)
    assert (exit_of(agent), exit_of(simulator)) == (0, 0)
    assert bench.lines("starts") == ["1 - -", "2 1 -"]
    assert bench.lines("driven") == ["0", "1", "2"]
    log = (bench.agent_dir() / "leaderboard.log").read_text()
    assert log.index("attempt 1,") < log.index("RouteScenario_0") < log.index("attempt 2,")


@pytest.mark.slow
def test_sigterm_stops_the_workload_within_three_seconds(bench):
    simulator, agent = start_pair(bench, pace="30")
    bench.wait_for_phase("agent", "driving")
    agent.terminate()
    assert exit_of(agent) == 143
    assert exit_of(simulator) == 1
    assert bench.reasons(1) == ("lost-partner", "terminated")
    assert_nothing_runs(bench)


@pytest.mark.slow
def test_processes_that_escape_into_other_sessions_are_killed_too(bench):
    simulator = bench.start("simulator", escape="yes", pids=bench.root / "server-pids")
    agent = bench.start("agent", escape="yes", crash="1:0", pids=bench.root / "pids")
    assert (exit_of(agent), exit_of(simulator)) == (1, 1)
    assert len(bench.pids("pids")) == 3
    assert len(bench.pids("server-pids")) == 2
    assert_nothing_runs(bench)


def test_the_scripts_rules_are_the_domains_rules(bench):
    """Every half, phase and event, and every count of attempts within a bound."""
    questions, answers = [], []
    for half, phase, event in ((h, p, e) for h in Half for p in Phase for e in Event):
        if (half is Half.SIMULATOR) == (phase in (Phase.BOOTING, Phase.READY)):
            questions.append(f"decide {half} {phase} {event}")
            answers.append(wording(Running(half, 1, phase), event))
    for own, partner in ((o, p) for o in range(5) for p in range(5)):
        for ended in (False, True):
            questions.append(f"attempt {own} {partner} {'yes' if ended else 'no'}")
            answers.append(str(next_attempt(own, partner, ended)))
    assert ask(bench, questions) == answers


def wording(running: Running, event: Event) -> str:
    after = advance(running, event)
    if after == running:
        return "none"
    if isinstance(after, Running):
        return f"phase {after.phase}"
    return f"end {after.reason} {after.reason.exit_status}"


def ask(bench: Bench, questions: list[str]) -> list[str]:
    path: Path = bench.root / "questions"
    path.write_text("\n".join(questions) + "\n")
    return bench.answers(path).splitlines()


def test_every_reason_that_a_life_can_end_with_is_told_by_the_script(bench):
    questions = [
        f"decide {half} {phase} {event}" for half in Half for phase in Phase for event in Event
    ]
    told = {line.split()[1] for line in ask(bench, questions) if line.startswith("end")}
    assert told == set(Reason) - {Reason.VANISHED}
