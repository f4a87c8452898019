"""`inspect`: the four answers about a failure, from the cluster or from a recording."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from console.domain.events import ClusterEventSeen
from console.domain.facts import ClusterEvent
from console.errors import Forbidden
from console.operations.ports.recorder import Recording
from console.workers import protocol

AT = 1_795_341_605
"""2026-11-22T10:00:05Z."""
CRASH = {
    "half": "agent", "attempt": 1, "reason": "crashed", "exit": 1, "signal": 0,
    "route": "RouteScenario_12_rep0", "t": AT,
}  # fmt: skip
MISSING = b"ModuleNotFoundError: No module named 'timm'"


def snapshot(*ended: dict[str, Any]) -> bytes:
    pair = {
        "pair": 3, "attempt": 2, "simulator": "booting", "agent": "waiting", "done": 0, "total": 5,
        "ended": list(ended),
    }  # fmt: skip
    payload = {"v": 1, "t": AT, "status": "running", "done": 0, "total": 20, "pairs": [pair]}
    return protocol.format_line("n0nce", 1, "snapshot", payload).encode()


@pytest.fixture
def failed(stage) -> Recording:
    """Pair 3's agent lacks a module; the Job was deleted since."""
    recording = stage.launch()
    stage.record(recording, "logcopy", snapshot(CRASH))
    stage.record(recording, "agent-3", b"loading", b"import timm", MISSING)
    stage.forget()
    return recording


def test_the_four_answers_are_told_though_the_job_is_gone(stage, failed) -> None:
    ran = stage.run("inspect", "demo", "--pair", "3")
    assert ran.code == 0
    assert "pair 3  attempt 1 on RouteScenario_12_rep0  the agent died first" in ran.out
    assert "The agent cannot import timm" in ran.out
    assert "owner the team's agent" in ran.out
    assert f"proof   agent-3: {MISSING.decode()}" in ran.out
    assert "next    Tell the team" in ran.out


def test_the_document_names_cause_owner_and_the_very_line(stage, failed) -> None:
    document = json.loads(stage.run("inspect", "demo", "-o", "json").out)
    answer = document["pairs"][2]["verdict"]
    assert (answer["cause"], answer["owner"], answer["pair"]) == (
        "agent-module-missing",
        "agent",
        3,
    )
    assert (answer["confidence"], answer["diedFirst"]) == ("likely", "agent")
    said = next(each for each in answer["evidence"] if each["container"] == "agent-3")
    assert (said["line"], said["by"]) == (2, "agent")
    assert document["pairs"][2]["comesAgain"] is True
    assert document["pairs"][0]["verdict"] is None


def test_markdown_is_for_a_mail_among_operators(stage, failed) -> None:
    told = stage.run("inspect", "demo", "-o", "md").out
    assert told.startswith("# Why demo failed")
    assert "## Pair 3: The agent needs a Python module that its image lacks" in told
    assert f"- seen: `agent-3: {MISSING.decode()}`" in told


def test_of_what_did_not_fail_nothing_is_claimed(stage) -> None:
    stage.launch()
    ran = stage.run("inspect", "demo")
    assert ran.code == 0
    assert "Nothing is known of demo that failed." in ran.out


def test_a_pair_that_there_is_none_of_is_refused_by_name(stage, failed) -> None:
    ran = stage.run("inspect", "demo", "--pair", "9")
    assert ran.code == 2
    assert "--pair: demo has no pair 9." in ran.told
    assert "Choose: 1, 2, 3, 4" in ran.told


def test_without_a_recording_the_logs_of_the_node_are_read_and_it_says_so(stage) -> None:
    recording = stage.launch()
    stage.pod(recording, agent_3=[b"loading", MISSING], logcopy=[snapshot(CRASH)])
    ran = stage.run("inspect", "demo")
    assert "note: nothing of its logs is recorded here" in ran.told
    assert "The agent cannot import timm" in ran.out


def test_a_log_controls_no_terminal_through_its_verdict(stage) -> None:
    recording = stage.launch()
    stage.record(recording, "logcopy", snapshot(CRASH))
    stage.record(
        recording, "agent-3", b"\x1b]0;mine\x07ModuleNotFoundError: No module named 'a\x1b[2Jb'"
    )
    for form in ("text", "json", "md"):
        assert "\x1b" not in stage.run("inspect", "demo", "-o", form).out


OUT_OF_MEMORY = ClusterEvent(
    "oom", "Warning", "SystemOOM", "System OOM encountered, victim process: CarlaUE4", 1,
    datetime(2026, 11, 22, 10, 0, 5, tzinfo=UTC), "Node/n",
)  # fmt: skip


@pytest.fixture
def on_node(stage) -> Recording:
    """It runs, and pair 3's agent was killed."""
    recording = stage.launch()
    died = {**CRASH, "exit": 137, "reason": "vanished"}
    stage.pod(recording, logcopy=[snapshot(died)])
    return recording


def test_what_befell_its_node_answers_why(stage, on_node) -> None:
    stage.cluster.cluster_events.append(OUT_OF_MEMORY)
    ran = stage.run("inspect", "demo", "--pair", "3")
    assert ran.code == 0
    assert "The node had no memory left" in ran.out
    assert "owner the node" in ran.out
    assert "SystemOOM Node/n" in stage.run("events", "demo").out


def test_what_befell_its_node_is_known_when_the_cluster_is_gone(stage, failed) -> None:
    writer = stage.recorder.claim(failed)
    writer.note(ClusterEventSeen(OUT_OF_MEMORY.last_seen, OUT_OF_MEMORY))
    writer.release()
    assert "SystemOOM Node/n" in stage.run("events", "demo").out
    document = json.loads(stage.run("inspect", "demo", "-o", "json").out)
    assert document["answer"]["cause"] == "node-out-of-memory"


def test_that_events_of_its_node_may_not_be_read_is_said_by_inspect_alone(stage, on_node) -> None:
    stage.cluster.node_refusal = Forbidden("You may not list events in default.")
    ran = stage.run("inspect", "demo")
    assert ran.code == 0
    assert ran.told.count("what befell its node is not known: You may not list events") == 1
    for command in ("status", "events", "list"):
        told = stage.run(command, *(() if command == "list" else ("demo",))).told
        assert "default" not in told


def test_the_message_for_the_team_is_ready_to_be_sent(stage, failed) -> None:
    told = stage.run("inspect", "demo", "--pair", "3", "-o", "team").out
    assert told.startswith("Submission demo: The agent cannot import timm")
    assert "Where: route RouteScenario_12_rep0, attempt 1, the agent ended first." in told
    assert "    ModuleNotFoundError: No module named 'timm'" in told
    assert "What to change: The Python module timm is missing in the image" in told
    assert "races" not in told


def test_without_a_recording_there_is_no_message_for_a_team(stage) -> None:
    recording = stage.launch()
    stage.pod(recording, agent_3=[b"loading", MISSING], logcopy=[snapshot(CRASH)])
    ran = stage.run("inspect", "demo", "-o", "team")
    assert ran.code == 5
    assert "the platform's names are not known" in ran.told


def test_logs_that_may_not_be_read_are_said_to_lack(stage) -> None:
    recording = stage.launch()
    stage.pod(recording, agent_3=[MISSING], logcopy=[snapshot(CRASH)])
    refused = stage.cluster.log

    def log(request: Any) -> Any:
        if request.container == "agent-3":
            raise Forbidden("You may not read logs of pods in races.")
        return refused(request)

    stage.cluster.log = log
    ran = stage.run("inspect", "demo")
    assert "not all of it can be read: You may not read logs of pods in races." in ran.told
    assert "timm" not in ran.out
