"""`rerun`: what is replaced is said first, all else stays, and the result says what it is."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from fakes.documents import merged_lines, record

from console.operations.ports.cluster import Kind
from console.results.leaderboard import named
from console.results.partial_document import left_behind
from console.specs.again_annotation import AGAIN_ANNOTATION

COMPLETE = {"conditions": [{"type": "Complete", "status": "True"}]}
CRASHED = {6: "Failed - Simulation crashed", 16: "Failed - Agent crashed"}
AGENTS = {3: "Failed - Agent got blocked"}


def stored(stage: Any, name: str) -> dict[str, Any]:
    return asyncio.run(stage.cluster.read(Kind.JOB, "races", name))


def drives() -> list[dict[str, Any]]:
    rows = [record("2.0", route, 0, route, 100.0) for route in range(20)]
    for route, status in (CRASHED | AGENTS).items():
        rows[route] |= {"status": status}
        rows[route]["scores"] = {"score_route": 20.0, "score_penalty": 1.0, "score_composed": 20.0}
        if route in AGENTS:
            rows[route]["infractions"]["vehicle_blocked"] = [
                "Agent got blocked at (x=1.0, y=2.0, z=0.0)"
            ]
            rows[route]["num_infractions"] = 1
    return rows


@pytest.fixture
def ended(stage: Any) -> Any:
    """All twenty are there: a crash has ended two, and its agent one."""
    recording = stage.launch()
    document = left_behind(named("2.0"), drives(), 20, ["carla_camera"])
    lines = merged_lines(named("2.0").text(document))
    stage.record(recording, "logcopy", *(line.encode() for line in lines))
    stage.cluster.put({**stored(stage, "demo"), "status": COMPLETE})
    return recording


def subsets(job: dict[str, Any]) -> list[str]:
    containers = job["spec"]["template"]["spec"]["containers"]
    return [
        variable["value"]
        for each in containers
        for variable in each["env"]
        if variable["name"] == "ROUTES_SUBSET"
    ]


def logcopys(job: dict[str, Any], name: str) -> str | None:
    (logcopy,) = (
        e for e in job["spec"]["template"]["spec"]["containers"] if e["name"] == "logcopy"
    )
    return next((each["value"] for each in logcopy["env"] if each["name"] == name), None)


def test_what_crashes_have_ended_is_driven_again_and_the_others_stay(
    stage: Any, ended: Any
) -> None:
    before = stored(stage, "demo")
    ran = stage.run("rerun", "demo", "--yes")
    assert (ran.code, ran.out) == (0, "job.batch/demo-2 created\n"), ran.told
    said = "RouteScenario_6_rep0 is driven again (a crash ended it): it was Failed - Simulation"
    assert f"- {said} crashed, 20.00 in demo." in ran.told
    assert "- 18 of 20 drives stay as they are." in ran.told
    assert "demo-2 goes on from demo: 18 of 20 drives stay" in ran.told
    job = stored(stage, "demo-2")
    asked = subsets(job)
    assert asked[2:] == ["6", "16"]
    assert not {"6", "16"} & set(f"{asked[0]},{asked[1]}".split(","))
    assert logcopys(job, "ROUTES_SUBSETS") == ";".join(asked)
    assert logcopys(job, "CHOSEN_AGAIN") is None
    assert stored(stage, "demo") == before


def test_what_is_replaced_stands_on_the_new_job_and_in_its_result(stage: Any, ended: Any) -> None:
    stage.run("rerun", "demo", "--yes")
    told = json.loads(stored(stage, "demo-2")["metadata"]["annotations"][AGAIN_ANNOTATION])
    assert told == [
        ["RouteScenario_6", 0, "Failed - Simulation crashed", 20.0, "crashed", "demo"],
        ["RouteScenario_16", 0, "Failed - Agent crashed", 20.0, "crashed", "demo"],
    ]
    document = json.loads(stage.run("results", "demo-2", "-o", "json").out)
    assert [each["route"] for each in document["drivenAgain"]] == [
        "RouteScenario_6", "RouteScenario_16",
    ]  # fmt: skip
    shown = stage.run("results", "demo-2").out
    assert "DRIVEN AGAIN" in shown
    assert "Failed - Agent crashed" in shown
    assert "a crash ended it" in stage.run("results", "demo-2", "-o", "markdown").out


def test_what_its_agent_ended_is_driven_again_only_when_that_is_said_and_then_does_not_count(
    stage: Any, ended: Any
) -> None:
    refused = stage.run("rerun", "demo", "--routes", "3", "--yes")
    assert refused.code == 6
    assert "RouteScenario_3_rep0: Failed - Agent got blocked, 20.00" in refused.told
    assert "--finished-too" in refused.told
    ran = stage.run("rerun", "demo", "--routes", "3", "--finished-too", "--yes")
    assert ran.code == 0
    assert "The result will not count" in ran.told
    told = logcopys(stored(stage, "demo-2"), "CHOSEN_AGAIN")
    assert told is not None
    assert told.startswith("RouteScenario_3_rep0 ended by the agent's own doing")


def test_the_results_say_what_can_be_driven_again(stage: Any, ended: Any) -> None:
    told = "`carla-console rerun demo` drives again what a crash has ended: 2 of 20 drives"
    assert told in stage.run("results", "demo").out
    assert "drives again" not in stage.run("results", "demo", "-o", "csv").out


def test_nothing_is_sent_before_a_yes(stage: Any, ended: Any) -> None:
    ran = stage.run("rerun", "demo")
    assert (ran.code, "Repeat with --yes" in ran.told) == (2, True)
    assert "RouteScenario_6_rep0 is driven again" in ran.told
    assert len([kind for kind, _, _ in stage.cluster.objects if kind is Kind.JOB]) == 1


def test_what_cannot_be_driven_again_is_said(stage: Any, ended: Any) -> None:
    empty = stage.run("rerun", "demo", "--routes", "", "--yes")
    assert (empty.code, "--routes is empty" in empty.told) == (2, True)
    unknown = stage.run("rerun", "demo", "--routes", "77", "--yes")
    assert (unknown.code, "route 77 is not in" in unknown.told) == (2, True)
    everything = stage.run("rerun", "demo", "--routes", "0-19", "--finished-too", "--yes")
    assert (everything.code, "Nothing of demo would stay" in everything.told) == (6, True)


def test_as_json_what_is_driven_again_is_told(stage: Any, ended: Any) -> None:
    document = json.loads(stage.run("rerun", "demo", "--yes", "-o", "json").out)
    assert (document["name"], document["resumes"]) == ("demo-2", "demo")
    assert [each["why"] for each in document["drivenAgain"]] == ["crashed", "crashed"]


def test_one_that_the_cluster_has_forgotten_is_driven_again_from_its_recording(
    stage: Any, ended: Any
) -> None:
    stage.run("status", "demo")
    stage.forget()
    ran = stage.run("rerun", "demo", "--yes", "--as", "later")
    assert (ran.code, "18 of 20 drives stay" in ran.told) == (0, True), ran.told
