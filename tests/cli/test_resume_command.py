"""`resume`: what stays and what it goes on from is said, the old one is left as it is."""

from __future__ import annotations

import asyncio
import json

import pytest
from fakes.documents import record
from fakes.evalai_user import set_up

from console.operations.ports.cluster import Kind
from console.workers import protocol

FAILED = {"conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]}


def drive(route: int) -> bytes:
    """logcopy's line of a finished drive of pair 1."""
    payload = protocol.record_payload(1, record("2.0", route, 0, route, 100.0))
    return protocol.format_line("n0nce", route + 1, "record", payload).encode()


def stored(stage, name: str) -> dict:
    return asyncio.run(stage.cluster.read(Kind.JOB, "races", name))


@pytest.fixture
def failed(stage) -> dict:
    """Two of its drives were recorded before it failed."""
    recording = stage.launch()
    stage.record(recording, "logcopy", drive(0), drive(1))
    stage.cluster.put({**stored(stage, "demo"), "status": FAILED})
    return stored(stage, "demo")


def test_the_new_one_has_a_free_name_and_keeps_what_is_finished(stage, failed) -> None:
    ran = stage.run("resume", "demo")
    assert (ran.code, ran.out) == (0, "job.batch/demo-2 created\n")
    assert "demo-2 goes on from demo: 2 of 20 drives stay" in ran.told
    annotations = stored(stage, "demo-2")["metadata"]["annotations"]
    assert annotations["leaderboard.carla.org/resumes"] == "demo"


def test_the_old_one_stays_as_it_is(stage, failed) -> None:
    stage.run("resume", "demo")
    assert stored(stage, "demo") == failed


def test_a_name_and_a_budget_of_ones_own(stage, failed) -> None:
    ran = stage.run("resume", "demo", "--as", "again", "--resumes", "1", "-o", "name")
    assert ran.out == "job.batch/again\n"
    assert stored(stage, "again")["spec"]["backoffLimit"] == 3


def test_as_json_both_names_are_told(stage, failed) -> None:
    document = json.loads(stage.run("resume", "demo", "-o", "json").out)
    assert document == {"name": "demo-2", "resumes": "demo"}


def test_one_that_the_cluster_has_forgotten_goes_on_from_its_recording(stage) -> None:
    recording = stage.launch()
    stage.record(recording, "logcopy", drive(0))
    stage.forget()
    ran = stage.run("resume", "demo", "--as", "later")
    assert (ran.code, "1 of 20 drives stay" in ran.told) == (0, True)
    assert "note: " in ran.told


def test_one_that_still_runs_is_not_gone_on_from(stage) -> None:
    stage.launch()
    ran = stage.run("resume", "demo")
    assert (ran.code, ran.stdout) == (6, b"")


@pytest.mark.parametrize("flags", [("--resumes", "-1"), ("--as", "Not A Name")])
def test_what_cannot_be_meant_is_refused(stage, failed, flags: tuple[str, ...]) -> None:
    assert stage.run("resume", "demo", *flags).code == 2
    assert len([kind for kind, _, _ in stage.cluster.objects if kind is Kind.JOB]) == 1


def test_a_name_that_is_taken_is_a_conflict(stage, failed) -> None:
    stage.launch("taken")
    assert stage.run("resume", "demo", "--as", "taken").code == 6


def test_what_evalai_shows_of_it_is_said_before_it_goes_on(stage, failed, there) -> None:
    """A recorder obeys a cancel there, but for one that it has sent itself."""
    set_up(there.url)
    there.rules.add(1, "cancelled", phase=1)
    ran = stage.run("resume", "demo")
    assert "note: EvalAI shows submission 1: team 4 (The Team), phase 1, cancelled." in ran.told
    warning = "warning: It is cancelled there: the recorder will end this launch at once,"
    assert warning in ran.told
    assert ran.told.index(warning) < ran.told.index("demo-2 goes on from demo")
    assert "note: The recorder sends results to EvalAI's submission 1" in ran.told
