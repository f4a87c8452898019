"""What `inspect` says of failures that stand-ins really have: who, why, whose it is, on which route.

One submission of four pairs, each of which fails in a way of its own and then goes on.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
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
HUNG_TOO = "simulator-hung"
"""Of pair 2: so where its server's supervisor notices it before it hears of the evaluator's end."""
HUNG_TOO_IN_WORDS = (
    "the simulator hung (certain;",
    "the evaluator waited for the simulator in vain (possible;",
)
Run = Callable[..., str]


@pytest.fixture(scope="module")
def inspected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """`inspected("-o", "json")` of a submission that has ended."""
    place = tmp_path_factory.mktemp("inspected")
    scenarios = place / "state/scenarios"
    scenarios.mkdir(parents=True)
    (scenarios / "failing.yaml").write_text(FAILURES)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("KUBE", "CARLA_CONSOLE"))}
    env |= {"HOME": str(place), "CARLA_CONSOLE_STATE_DIR": str(place / "state")}
    env |= {"CARLA_CONSOLE_RECORDER": "off"}

    def call(*arguments: str) -> str:
        ran = subprocess.run([*PROGRAM, *arguments], capture_output=True, text=True, env=env)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    image = "submission.submitted_image_uri=console.local/team-agent:failing"
    call("local", "up", "--time-factor", "0.1")
    try:
        call("launch", "--local", "--set", image, "--set", "submission.name=failing", "--wait")
        yield lambda *flags: call("inspect", "--local", "failing", *flags)
    finally:
        call("local", "down")


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
