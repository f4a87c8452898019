"""What `inspect` says of failures that stand-ins really have: who, why, whose it is, on which route.

One submission of four pairs, each of which fails in a way of its own and then goes on.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytestmark = pytest.mark.slow

PROGRAM = [sys.executable, "-m", "console"]
FAILURES = """\
pair_seconds: 4
tick_seconds: 0.25
client_timeout: 2
routes:
  0: [{attempts: [1], ending: sim_run, at: 0.5, server: crash}, {outcome: completed}]
  5: [{attempts: [1], ending: sim_run, at: 0.5, server: hang}, {outcome: completed}]
  10: [{attempts: [1], ending: sim_load, server: none}, {outcome: completed}]
  15: [{ending: agent_run, at: 0.5, message: index 4 is out of bounds}]
"""
SET_UP = """\
pair_seconds: 4
tick_seconds: 0.25
client_timeout: 2
routes:
  0: [{attempts: [1], ending: agent_setup, message: no such backbone}, {outcome: completed}]
  5: [{attempts: [1], ending: agent_setup_timeout}, {outcome: completed}]
  10: [{attempts: [1], ending: watchdog, at: 0.5}, {outcome: completed}]
  15: [{attempts: [1], ending: exit, at: 0.5}, {outcome: completed}]
"""
KILLED = """\
pair_seconds: 4
tick_seconds: 0.25
client_timeout: 2
routes:
  0: [{attempts: [1], ending: kill, at: 0.5}, {outcome: completed}]
  5: [{attempts: [1], ending: stop_raises, at: 0.5}, {outcome: completed}]
  10: [{attempts: [1], ending: sim_load, server: crash}, {outcome: completed}]
  15: [{attempts: [1], ending: sim_run, server: refuse, at: 0.5}, {outcome: completed}]
"""
SCENARIOS = {"failing": FAILURES, "set-up": SET_UP, "killed": KILLED}
HUNG_TOO = "simulator-hung"
"""Of pair 2: so where its server's supervisor notices it before it hears of the evaluator's end."""
HUNG_TOO_IN_WORDS = (
    "the simulator hung (certain;",
    "the evaluator waited for the simulator in vain (possible;",
)
Run = Callable[..., str]


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """The console on an embedded cluster that is up."""
    place = tmp_path_factory.mktemp("inspected")
    scenarios = place / "state/scenarios"
    scenarios.mkdir(parents=True)
    for name, text in SCENARIOS.items():
        (scenarios / f"{name}.yaml").write_text(text)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("KUBE", "CARLA_CONSOLE"))}
    env |= {"HOME": str(place), "CARLA_CONSOLE_STATE_DIR": str(place / "state")}
    env |= {"CARLA_CONSOLE_RECORDER": "off"}

    def call(*arguments: str, codes: tuple[int, ...] = (0,)) -> str:
        ran = subprocess.run([*PROGRAM, *arguments], capture_output=True, text=True, env=env)
        assert ran.returncode in codes, ran.stderr
        return ran.stdout

    call("local", "up", "--time-factor", "0.1")
    try:
        yield call
    finally:
        call("local", "down")


def launched(console: Run, name: str, image: str = "") -> Run:
    """`launched(...)("-o", "json")` inspects that submission, which has ended."""
    image = image or f"console.local/team-agent:{name}"
    values = (
        "--set",
        f"submission.submitted_image_uri={image}",
        "--set",
        f"submission.name={name}",
    )
    # Some spend the whole budget.
    console("launch", "--local", *values, "--wait", codes=(0, 7))
    return lambda *flags: console("inspect", "--local", name, *flags)


@pytest.fixture(scope="module")
def inspected(console: Run) -> Run:
    """Of a submission whose pairs fail in four ways."""
    return launched(console, "failing")


def verdicts(inspected: Run) -> dict[int, dict[str, Any]]:
    document = json.loads(inspected("-o", "json"))
    return {each["pair"]: each["verdict"] for each in document["pairs"]}


def test_each_failure_has_its_cause_its_owner_and_its_route(inspected: Run) -> None:
    found = verdicts(inspected)
    told = {n: (each["cause"], each["owner"], each["route"]) for n, each in found.items()}
    if told[2][0] == HUNG_TOO:
        told[2] = ("simulator-timeout", *told[2][1:])
    assert told == {
        1: ("simulator-segfault", "simulator", "RouteScenario_0_rep0"),
        2: ("simulator-timeout", "simulator", "RouteScenario_5_rep0"),
        3: ("scenario-not-built", "leaderboard", "RouteScenario_10_rep0"),
        4: ("agent-raised", "agent", "RouteScenario_15"),
    }
    assert found[1]["diedFirst"] == "simulator"
    assert all(each["against"] == [] for each in found.values())


def test_the_first_lines_tell_an_operator_what_failed_and_whose_it_is(inspected: Run) -> None:
    lines = inspected().replace(*HUNG_TOO_IN_WORDS).splitlines()
    assert lines[2:6] == [
        "pair 1: the simulator crashed (signal 11) (certain; the simulator)",
        "pair 2: the evaluator waited for the simulator in vain (possible; the simulator)",
        "pair 3: a scenario could not be built (possible; the Leaderboard)",
        "pair 4: the agent's code raised an error (likely; the team's agent)",
    ]


def test_what_the_agent_raised_is_told_in_its_own_words(inspected: Run) -> None:
    assert "index 4 is out of bounds" in verdicts(inspected)[4]["what"]


def test_a_set_up_that_fails_a_slow_one_and_a_slow_step_are_told_apart(console: Run) -> None:
    found = verdicts(launched(console, "set-up"))
    assert [each["cause"] for each in found.values()] == [
        "agent-set-up-failed", "agent-set-up-slow", "agent-too-slow", None,
    ]  # fmt: skip
    assert "no such backbone" in found[1]["what"]
    assert (found[4]["confidence"], found[4]["owner"]) == ("not sure", None)


def test_an_end_without_a_word_is_no_fault_of_anybody_for_certain(console: Run) -> None:
    found = verdicts(launched(console, "killed"))
    told = [(each["cause"], each["confidence"]) for each in found.values()]
    assert told == [
        ("agent-killed", "possible"),
        ("evaluator-assertion", "possible"),
        ("simulator-segfault", "certain"),
        ("simulator-hung", "certain"),
    ]


def test_sensors_that_are_not_allowed_are_one_answer_for_every_pair(console: Run) -> None:
    first = launched(console, "invalid-sensors")().splitlines()[2]
    assert first == (
        "pairs 1, 2, 3 and 4: the agent's sensors are not allowed (certain; the team's agent); "
        "it comes again until that is mended"
    )


def test_what_keeps_it_from_starting_is_named_while_it_waits(console: Run) -> None:
    image = "submission.submitted_image_uri=registry.example/none:1"
    console("launch", "--local", "--set", image, "--set", "submission.name=waiting")
    deadline = time.monotonic() + 60
    told = ""
    while "pairs 1, 2, 3 and 4: the image is not there (certain;" not in told:
        assert time.monotonic() < deadline, told
        told = console("inspect", "--local", "waiting")
    assert "next    Push the image, or launch again with the right name and tag." in told
