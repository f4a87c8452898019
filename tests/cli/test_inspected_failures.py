"""What `inspect` says of every ending that stand-ins have: who, why, whose it is, on which route.

Of both Leaderboards, live and once the Job is deleted. A pair fails at each of its routes in another
way and goes on; what ends no attempt has a submission of its own.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from fakes.real_console import RealConsole, real_console

from console import paths

pytestmark = pytest.mark.slow

CRASHING = """\
pair_seconds: 3
tick_seconds: 0.25
client_timeout: 2
routes:
  0: [{attempts: [1], ending: sim_load, server: crash}, {outcome: completed}]
  1: [{attempts: [2], ending: sim_load, server: hang}, {outcome: completed}]
  2: [{attempts: [3], ending: sim_load, server: refuse}, {outcome: completed}]
  3: [{attempts: [4], ending: sim_load, server: none}, {outcome: completed}]
  5: [{attempts: [1], ending: sim_run, at: 0.5, server: crash}, {outcome: completed}]
  6: [{attempts: [2], ending: sim_run, at: 0.5, server: hang}, {outcome: completed}]
  7: [{attempts: [3], ending: sim_run, at: 0.5, server: refuse}, {outcome: completed}]
  8: [{attempts: [4], ending: sim_run, at: 0.5, server: none}, {outcome: completed}]
  10: [{attempts: [1], ending: watchdog, at: 0.5}, {outcome: completed}]
  11: [{attempts: [2], ending: stop_raises, at: 0.5}, {outcome: completed}]
  12: [{attempts: [3], ending: kill, at: 0.5}, {outcome: completed}]
  13: [{attempts: [4], ending: torn, at: 0.5}, {outcome: completed}]
  15: [{attempts: [1], ending: silent, at: 0.5}, {outcome: completed}]
  16: [{attempts: [2], ending: exit, at: 0.5}, {outcome: completed}]
"""
FAILING = """\
pair_seconds: 2
tick_seconds: 0.25
routes:
  0: [{ending: agent_run, at: 0.5, message: index 4 is out of bounds}]
  5: [{ending: agent_setup, message: no such backbone}]
  10: [{ending: agent_setup_timeout}]
  15: [{ending: sensors}]
"""
SEGFAULT = ("simulator-segfault", "certain", "simulator", "simulator")
CLOSED = ("simulator-hung", "likely", "simulator", "simulator")
HUNG = ("simulator-timeout", "possible", "simulator", "agent")
HUNG_TOO = CLOSED
"""So where the server's supervisor notices it before it hears of the evaluator's end."""
OWN_ERROR = ("evaluator-assertion", "possible", "leaderboard", "agent")
KILLED = ("agent-killed", "possible", "agent", "agent")
ENDINGS = {
    1: [SEGFAULT, HUNG, CLOSED, ("scenario-not-built", "possible", "leaderboard", "agent")],
    2: [SEGFAULT, HUNG, CLOSED, OWN_ERROR],
    3: [("agent-too-slow", "likely", "agent", "agent"), OWN_ERROR, KILLED, KILLED],
    4: [("agent-too-slow", "possible", "agent", "agent"), (None, "not sure", "agent", "agent")],
}
"""By pair, of attempt after attempt: the cause, how sure, whose it is, and which half died first."""
VERSIONS = ("1.0", "2.0")
SUBMISSIONS = {
    f"{name}-{version[0]}": version for name in ("crashing", "failing") for version in VERSIONS
}
FIRST_LINES = [
    "pair 1: the agent's code raised an error (likely; the team's agent)",
    "pair 2: the agent cannot be set up (likely; the team's agent); "
    "it comes again until that is mended",
    "pair 3: the agent takes too long to set up (likely; the team's agent)",
    "pair 4: the agent's sensors are not allowed (certain; the team's agent); "
    "it comes again until that is mended",
]
Told = dict[str, Any]


def impatient(place: Path, version: str) -> str:
    """The shipped template; servers boot at once, and a standing clock is seen in seconds."""
    template = yaml.safe_load((paths.job_specs() / f"leaderboard_{version}.yaml").read_text())
    for each in template["spec"]["template"]["spec"]["containers"]:
        if each["name"] != "logcopy":
            more = {"TICK_LIMIT": "4", "STANDIN_BOOT_SECONDS": "0.3"}
            each["env"] += [{"name": key, "value": value} for key, value in more.items()]
    file = place / f"impatient-{version}.yaml"
    file.write_text(yaml.safe_dump(template))
    return str(file)


def launch(console: RealConsole, name: str, version: str) -> list[str]:
    scenario = name.partition("-")[0]
    image = f"submission.submitted_image_uri=console.local/team-agent:{scenario}"
    # Rejected sensors come again until the budget is spent.
    budget = "60" if scenario == "crashing" else "2"
    spec = impatient(console.state.parent, version)
    return [
        *("launch", "--local", "--leaderboard", version, "--spec", spec, "--repetitions", "1"),
        *("--backoff-limit", budget, "--set", image, "--set", f"submission.name={name}"),
    ]


def inspected(console: RealConsole, *flags: str) -> dict[str, Told]:
    commands = [["inspect", "--local", name, "-o", "json", *flags] for name in SUBMISSIONS]
    documents = map(json.loads, console.several(commands))
    return {each["name"]: each for each in documents}


def over(told: dict[str, Told]) -> bool:
    return all(each["status"] in ("Complete", "Failed") for each in told.values())


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[dict[str, Told]]]:
    """While the Jobs are there, and after they were deleted."""
    with real_console(tmp_path_factory.mktemp("inspected"), factor="0.01") as console:
        console.scenario("crashing", CRASHING)
        console.scenario("failing", FAILING)
        console.several([launch(console, *each) for each in SUBMISSIONS.items()])
        deadline = time.monotonic() + 300
        while not (over(inspected(console, "--recorded")) and over(inspected(console))):
            assert time.monotonic() < deadline
            time.sleep(1)
        live = inspected(console)
        console.several([["delete", "--local", name, "--yes"] for name in SUBMISSIONS])
        kept = inspected(console)
        kept["text"] = {"lines": console.call("inspect", "--local", "failing-2").splitlines()}
        yield [live, kept]


def answer(verdict: Told) -> tuple[str | None, ...]:
    found = tuple(verdict[key] for key in ("cause", "confidence", "owner", "diedFirst"))
    return HUNG if found == HUNG_TOO and not verdict["consequences"] else found


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("pair", ENDINGS)
def test_each_attempt_that_failed_has_its_cause_its_owner_and_its_route(
    told: list[dict[str, Told]], version: str, pair: int
) -> None:
    for each in told:
        attempts = each[f"crashing-{version[0]}"]["pairs"][pair - 1]["attempts"]
        assert [answer(verdict) for verdict in attempts] == ENDINGS[pair]
        routes = [f"RouteScenario_{5 * (pair - 1) + n}_rep0" for n in range(len(attempts))]
        assert [verdict["route"] for verdict in attempts] == routes
        assert all(verdict["against"] == [] and verdict["next"] for verdict in attempts)


@pytest.mark.parametrize("version", VERSIONS)
def test_what_ends_a_route_and_no_attempt_is_told_by_its_record(
    told: list[dict[str, Told]], version: str
) -> None:
    for each in told:
        pairs = [pair["verdict"] for pair in each[f"failing-{version[0]}"]["pairs"]]
        assert [verdict["cause"] for verdict in pairs] == [
            "agent-raised", "agent-set-up-failed", "agent-set-up-slow", "agent-sensors-invalid",
        ]  # fmt: skip
        assert {verdict["owner"] for verdict in pairs} == {"agent"}
        assert "index 4 is out of bounds" in pairs[0]["what"]
        assert "no such backbone" in pairs[1]["what"]
        assert (pairs[3]["confidence"], pairs[3]["diedFirst"]) == ("certain", "agent")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_job_that_is_deleted_once_it_has_ended_has_failed_by_nothing_else(
    told: list[dict[str, Told]], version: str
) -> None:
    for name in (f"crashing-{version[0]}", f"failing-{version[0]}"):
        live, kept = (each[name]["answer"] for each in told)
        assert kept == live


def test_the_first_lines_tell_an_operator_what_failed_and_whose_it_is(
    told: list[dict[str, Told]],
) -> None:
    assert told[-1]["text"]["lines"][2:6] == FIRST_LINES
