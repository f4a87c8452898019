"""`logs` of a present container, whose node keeps less of it than is recorded."""

from __future__ import annotations

import pytest

from console.domain.facts import pod_key
from console.operations.ports.cluster import Kind

TOLD = (
    "agent-1: its node has forgotten what it said before 2026-11-22T10:00:02.000000000Z; it is "
    "recorded from 2026-11-22T10:00:00.000000000Z on: "
    "carla-console logs demo -c agent-1 --recorded"
)


@pytest.fixture
def rotated(stage):
    """A pod whose agent said three lines, of which the node has the last one."""
    recording = stage.launch()
    stage.pod(recording, agent_1=[b"one", b"two", b"three"])
    (pod,) = (each for (kind, *_), each in stage.cluster.objects.items() if kind is Kind.POD)
    uid = pod["metadata"]["uid"]
    stage.record(recording, "agent-1", b"one", b"two", pod=pod_key(uid))
    del stage.cluster.logs[uid, "agent-1", 0].lines[:2]
    return stage


def test_what_a_node_has_forgotten_is_told_with_the_way_to_it(rotated) -> None:
    ran = rotated.run("logs", "demo", "-c", "agent-1")
    assert (ran.code, ran.out) == (0, "three\n")
    assert TOLD in ran.told
    assert rotated.run("logs", "demo", "-c", "agent-1", "--recorded").out == "one\ntwo\n"


@pytest.mark.parametrize(
    ("since", "told"), [("2026-11-22T10:00:01Z", True), ("2026-11-22T10:00:02Z", False)]
)
def test_of_a_part_is_told_what_that_part_lacks(rotated, since: str, told: bool) -> None:
    ran = rotated.run("logs", "demo", "-c", "agent-1", "--since-time", since)
    assert ("recorded from 2026-11-22T10:00:01" in ran.told) is told
    assert rotated.run("logs", "demo", "-c", "agent-1", "--tail", "1").told == ""


def test_of_a_log_that_is_whole_or_recorded_later_nothing_is_forgotten(stage) -> None:
    recording = stage.launch()
    stage.pod(recording, agent_1=[b"one", b"two"])
    assert stage.run("logs", "demo", "-c", "agent-1").told == ""
    stage.record(recording, "agent-1", b"of an earlier pod", pod="other")
    assert stage.run("logs", "demo", "-c", "agent-1").told == ""


def test_of_a_log_that_begins_late_nobody_can_tell_unless_it_is_recorded(stage) -> None:
    recording = stage.launch()
    said = [b"%d" % number for number in range(12)]
    stage.pod(recording, agent_1=said, simulator_1=said)
    (pod,) = (each for (kind, *_), each in stage.cluster.objects.items() if kind is Kind.POD)
    uid = pod["metadata"]["uid"]
    for name in ("agent-1", "simulator-1"):
        del stage.cluster.logs[uid, name, 0].lines[:11]
    told = stage.run("logs", "demo", "-c", "agent-1").told
    assert "agent-1: its first line here is of 2026-11-22T10:00:11.000000000Z, 11s after" in told
    assert "nobody can tell, for nothing of that run is recorded" in told
    lines = stage.cluster.logs[uid, "simulator-1", 0].lines
    lines[:] = [lines[0].replace(b" 11", b" [pair-1 simulator attempt 1] starting the server")]
    assert stage.run("logs", "demo", "-c", "simulator-1").told == ""
    stage.record(recording, "agent-1", said[0], pod=pod_key(uid))
    assert "nobody can tell" not in stage.run("logs", "demo", "-c", "agent-1").told
